//! The lines that Lambda itself writes into a function's log.

use std::fmt::Write as _;
use std::time::Duration;

/// `REPORT RequestId: ...`, in Lambda's own form.
pub(super) fn report(
    request_id: &str,
    duration: Duration,
    init: Option<Duration>,
    memory_mib: u32,
    peak_mib: Option<u64>,
) -> String {
    let milliseconds = |duration: Duration| format!("{:.2} ms", duration.as_secs_f64() * 1000.0);
    let billed = duration.as_micros().div_ceil(1000);
    let mut line = format!(
        "REPORT RequestId: {request_id}\tDuration: {}\tBilled Duration: {billed} ms\tMemory Size: {memory_mib} MB",
        milliseconds(duration)
    );
    if let Some(peak) = peak_mib {
        _ = write!(line, "\tMax Memory Used: {peak} MB");
    }
    if let Some(init) = init {
        _ = write!(line, "\tInit Duration: {}", milliseconds(init));
    }
    line
}

/// The error of a runtime that used more memory than its function's `MemorySize`.
pub(super) const KILLED: &str = "Runtime exited with error: signal: killed";

/// The end of the `REPORT` line of such an invocation.
pub(super) const OUT_OF_MEMORY: &str = "\tStatus: error\tError Type: Runtime.OutOfMemory";

/// `Task timed out after 3.00 seconds`, as the log and the error payload have it.
pub(super) fn timed_out(timeout: Duration) -> String {
    format!("Task timed out after {:.2} seconds", timeout.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_reads_as_lambda_writes_it() {
        let line = report("id", Duration::from_micros(12_341), Some(Duration::from_millis(5)), 128, Some(9));
        assert_eq!(
            line,
            "REPORT RequestId: id\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\
             \tMax Memory Used: 9 MB\tInit Duration: 5.00 ms"
        );
    }

    #[test]
    fn a_time_out_names_the_seconds_as_lambda_does() {
        assert_eq!(timed_out(Duration::from_secs(3)), "Task timed out after 3.00 seconds");
    }
}
