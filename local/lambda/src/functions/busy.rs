//! How many invocations are running.

use std::sync::atomic::{AtomicUsize, Ordering};

use local_calls::Measures;

/// One running invocation.
pub(super) struct Busy<'a>(&'a AtomicUsize);

impl<'a> Busy<'a> {
    /// Begins one, and notes how many are running: the usage that CloudWatch compares with the account's quota.
    pub fn begin(running: &'a AtomicUsize, measures: &Measures) -> Self {
        let count = running.fetch_add(1, Ordering::SeqCst) + 1;
        let usage = [
            ("Class", "None"),
            ("Resource", "ConcurrentExecutions"),
            ("Service", "Lambda"),
            ("Type", "Resource"),
        ];
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        measures.put("AWS/Usage", "ResourceCount", &usage, count.into());
        Self(running)
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
