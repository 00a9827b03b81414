//! The report of an audit.

use serde::Serialize;
use tracing::info;

use crate::Place;

/// What an audit checked, and what did not match the records.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Objects checked in both buckets.
    pub objects: u64,
    /// Objects without a record.
    pub orphans: u64,
    /// Their total size in bytes.
    pub orphan_bytes: u64,
    /// Multipart uploads checked.
    pub uploads_in_parts: u64,
    /// Multipart uploads that no record is waiting for.
    pub orphaned_uploads_in_parts: u64,
    /// Accounts checked. Accounts that are being erased, or that changed during each reading, are skipped.
    pub accounts: u64,
    /// Accounts of older releases that were added to the index of accounts.
    pub listed_accounts: u64,
    /// The deleted bytes of these accounts that S3 keeps.
    pub kept_bytes: u64,
    /// Accounts whose used or kept bytes differ from the sum of their records.
    pub unexplained_accounts: u64,
    /// The sum of the differences in bytes, each counted as positive.
    pub unexplained_bytes: u64,
    /// Shared copies checked.
    pub copies: u64,
    /// Shared copies that differ from their file, or whose account is gone.
    pub unexplained_copies: u64,
    /// Whether every finding was repaired.
    pub repaired: bool,
    /// Where the next audit continues, unless this one is complete.
    pub next: Option<Place>,
}

impl Report {
    /// How many things do not match the records.
    pub(crate) fn findings(&self) -> u64 {
        self.orphans + self.orphaned_uploads_in_parts + self.unexplained_accounts + self.unexplained_copies
    }

    pub(crate) fn log(&self) {
        info!(
            audit.objects = self.objects,
            audit.orphans = self.orphans,
            audit.orphan_bytes = self.orphan_bytes,
            audit.uploads_in_parts = self.uploads_in_parts,
            audit.orphaned_uploads_in_parts = self.orphaned_uploads_in_parts,
            audit.accounts = self.accounts,
            audit.listed_accounts = self.listed_accounts,
            audit.kept_bytes = self.kept_bytes,
            audit.unexplained_accounts = self.unexplained_accounts,
            audit.unexplained_bytes = self.unexplained_bytes,
            audit.copies = self.copies,
            audit.unexplained_copies = self.unexplained_copies,
            audit.repaired = self.repaired,
            audit.stopped_at = self.next.as_ref().map(Place::step),
            "audited"
        );
    }
}
