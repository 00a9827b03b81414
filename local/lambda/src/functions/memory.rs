//! Measures the peak memory of a process as Lambda would count it for a function's sandbox.

use std::time::Duration;

/// The most file pages that count: the size of a release binary. A development binary has several times as many, but
/// nobody deploys it.
const PROGRAM_KIB: u64 = 12 * 1024;

/// How often a busy process is measured. A peak between two measurements is still seen, because Linux keeps it; the
/// interval limits only how far a process can outgrow its limit before it is killed.
pub(super) const INTERVAL: Duration = Duration::from_millis(20);

/// The peak memory of process `pid` in KiB: its own pages, and those of its program up to the size of a release binary.
/// `None` if the system does not report it (anything but Linux), or there is no such process.
pub(super) fn peak_kib(pid: u32) -> Option<u64> {
    // Files in `/proc` are in memory: this does not block.
    counted(&std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?)
}

/// `status` is the text of `/proc/<pid>/status`.
///
/// <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>
fn counted(status: &str) -> Option<u64> {
    let of = |name: &str| -> Option<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        line.trim().strip_suffix("kB")?.trim().parse().ok()
    };
    let (peak, program) = (of("VmHWM")?, of("RssFile")?);
    Some(peak.saturating_sub(program) + program.min(PROGRAM_KIB))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(peak: u64, program: u64) -> String {
        format!(
            "Name:\tcreate-file\nVmPeak:\t  999999 kB\nVmHWM:\t  {peak} kB\nVmRSS:\t    1 kB\nRssAnon:\t    1 kB\n\
             RssFile:\t {program} kB\nThreads:\t3\n"
        )
    }

    #[test]
    fn the_program_counts_up_to_the_size_of_a_release_binary() {
        assert_eq!(counted(&status(50_000, 8_000)), Some(50_000));
        assert_eq!(counted(&status(50_000, 40_000)), Some(10_000 + 12 * 1024));
    }

    #[test]
    fn a_process_that_has_ended_has_no_memory() {
        assert_eq!(counted("Name:\tcreate-file\nState:\tZ (zombie)\n"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_peak_is_kept_when_the_memory_is_given_back() {
        let before = peak_kib(std::process::id()).unwrap();
        drop(std::hint::black_box(vec![1_u8; 100 << 20]));
        assert!(peak_kib(std::process::id()).unwrap() >= before.max(100 << 10));
    }
}
