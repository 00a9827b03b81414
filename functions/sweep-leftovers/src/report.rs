//! What a run did.

use std::ops::Add;

use serde::Serialize;

/// How many records a run looked at, and what it did to them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    pub looked_at: usize,
    /// Their bytes were there though no event had come: they are ready or rejected now.
    pub settled: usize,
    /// Nothing, or nothing whole, came in time: rejected, or the old content stays.
    pub expired: usize,
    /// Uploads whose bytes exist but could not be read for a day or longer: rejected, with the bytes kept.
    pub unreadable: usize,
    /// Bytes that nobody can ask for any more are gone.
    pub cleared: usize,
    /// Removed tombstones of uploads and of accounts, and removed records whose account is gone.
    pub removed: usize,
    /// Erasures of accounts that were started once more.
    pub erasures: usize,
    /// Left for a later run, with an error in the log.
    pub failed: usize,
    /// The run ended before its work did.
    pub more: bool,
}

impl Add for Report {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            looked_at: self.looked_at + other.looked_at,
            settled: self.settled + other.settled,
            expired: self.expired + other.expired,
            unreadable: self.unreadable + other.unreadable,
            cleared: self.cleared + other.cleared,
            removed: self.removed + other.removed,
            erasures: self.erasures + other.erasures,
            failed: self.failed + other.failed,
            more: self.more || other.more,
        }
    }
}
