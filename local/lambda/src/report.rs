//! The lines that Lambda itself writes into a function's log.
//!
//! Those in JSON are as `LogFormat: JSON` gives them; their records are described in
//! <https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html>. All are written, as with the level
//! DEBUG of `SystemLogLevel`; a deployment may keep only those of failures (WARN).

use std::time::Duration;

use local_common::clock;
use serde_json::{Value, json};

use crate::outcome::Outcome;

/// The `platform.report` of an invocation.
pub(super) fn report(
    request_id: &str,
    outcome: &Outcome,
    duration: Duration,
    init: Option<Duration>,
    memory_mib: u32,
    peak_mib: Option<u64>,
) -> String {
    let billed = duration.as_micros().div_ceil(1000);
    let mut metrics = json!({
        "durationMs": milliseconds(duration), "billedDurationMs": billed, "memorySizeMB": memory_mib,
    });
    if let Some(peak) = peak_mib {
        metrics["maxMemoryUsedMB"] = peak.into();
    }
    if let Some(init) = init {
        metrics["initDurationMs"] = milliseconds(init).into();
    }
    let record = json!({"requestId": request_id, "metrics": metrics, "status": status(outcome)});
    line("platform.report", with_error_type(record, outcome))
}

/// The `platform.initReport` of a process that did not get as far as its first event.
pub(super) fn init_report(outcome: &Outcome, duration: Duration) -> String {
    let record = json!({
        "initializationType": "on-demand", "phase": "init", "status": status(outcome),
        "metrics": {"durationMs": milliseconds(duration)},
    });
    line("platform.initReport", with_error_type(record, outcome))
}

fn line(kind: &str, record: Value) -> String {
    json!({"time": clock::now().to_string(), "type": kind, "record": record}).to_string()
}

fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 100_000.0).round() / 100.0
}

fn status(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Answered(_) => "success",
        Outcome::TimedOut => "timeout",
        Outcome::Failed(_) | Outcome::OutOfMemory | Outcome::Crashed => "error",
    }
}

fn with_error_type(mut record: Value, outcome: &Outcome) -> Value {
    let error_type = match outcome {
        Outcome::Answered(_) | Outcome::TimedOut => None,
        Outcome::OutOfMemory => Some(Value::from("Runtime.OutOfMemory")),
        Outcome::Crashed => Some(Value::from("Runtime.ExitError")),
        Outcome::Failed(body) => {
            let body = serde_json::from_slice::<Value>(body).unwrap_or_default();
            body.get("errorType").filter(|kind| kind.is_string()).cloned()
        }
    };
    if let Some(error_type) = error_type {
        record["errorType"] = error_type;
    }
    record
}

/// The error of a runtime that used more memory than its function's `MemorySize`.
pub(super) const KILLED: &str = "Runtime exited with error: signal: killed";

/// `Task timed out after 3.00 seconds`, as the log and the error payload have it.
pub(super) fn timed_out(timeout: Duration) -> String {
    format!("Task timed out after {:.2} seconds", timeout.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Value {
        let mut line: Value = serde_json::from_str(line).unwrap();
        assert!(line["time"].take().as_str().unwrap().ends_with('Z'));
        line
    }

    #[test]
    fn a_report_is_as_lambda_writes_it() {
        let (duration, init) = (Duration::from_micros(12_341), Some(Duration::from_millis(5)));
        let answered = Outcome::Answered("{}".into());
        let metrics = json!({
            "durationMs": 12.34, "billedDurationMs": 13, "memorySizeMB": 128, "maxMemoryUsedMB": 9,
            "initDurationMs": 5.0,
        });
        assert_eq!(
            parsed(&report("id", &answered, duration, init, 128, Some(9))),
            json!({
                "time": null, "type": "platform.report",
                "record": {"requestId": "id", "metrics": metrics, "status": "success"},
            })
        );
    }

    #[test]
    fn a_failure_has_the_status_and_the_error_type_that_lambda_gives_it() {
        for (outcome, status, error_type) in [
            (Outcome::TimedOut, "timeout", Value::Null),
            (Outcome::OutOfMemory, "error", json!("Runtime.OutOfMemory")),
            (Outcome::Crashed, "error", json!("Runtime.ExitError")),
            (Outcome::Failed(r#"{"errorType":"NotAudited"}"#.into()), "error", json!("NotAudited")),
            (Outcome::Failed("no JSON".into()), "error", Value::Null),
        ] {
            let reports = [
                report("id", &outcome, Duration::ZERO, None, 128, None),
                init_report(&outcome, Duration::ZERO),
            ];
            for line in reports {
                let record = parsed(&line)["record"].take();
                assert_eq!(
                    (&record["status"], &record["errorType"]),
                    (&json!(status), &error_type),
                    "{line}"
                );
            }
        }
    }

    #[test]
    fn a_time_out_names_the_seconds_as_lambda_does() {
        assert_eq!(timed_out(Duration::from_secs(3)), "Task timed out after 3.00 seconds");
    }
}
