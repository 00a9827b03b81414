//! The report of a run.

use std::ops::Add;

use serde::Serialize;

/// How many records a run processed, by result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    pub looked_at: usize,
    /// Uploads whose event was lost: they are now ready or rejected.
    pub settled: usize,
    /// Uploads and replacements that did not arrive completely in time.
    pub expired: usize,
    /// Uploads that were rejected because their bytes could not be read for a day. The bytes are kept.
    pub unreadable: usize,
    /// Records whose unused bytes were deleted.
    pub cleared: usize,
    /// Tombstones of uploads and of accounts, and records without an account, that were removed.
    pub removed: usize,
    /// Account erasures that were restarted.
    pub erasures: usize,
    /// Days and objects whose bytes were subtracted from the kept bytes of their account.
    pub subtracted: usize,
    /// Records that failed. They are logged and left for a later run.
    pub failed: usize,
    /// Whether the run ended before it had processed all records.
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
            subtracted: self.subtracted + other.subtracted,
            failed: self.failed + other.failed,
            more: self.more || other.more,
        }
    }
}
