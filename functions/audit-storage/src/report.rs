//! What an audit found.

use serde::Serialize;
use tracing::info;

use crate::Place;

/// How much an audit looked at, and what of it no record explains.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Objects of both buckets that were looked at.
    pub objects: u64,
    /// Those without record.
    pub orphans: u64,
    /// What those take.
    pub orphan_bytes: u64,
    /// Uploads in parts that were looked at.
    pub uploads_in_parts: u64,
    /// Those that no record waits for.
    pub orphaned_uploads_in_parts: u64,
    /// Accounts whose quota was compared; those that are being erased, or never stood still, were not.
    pub accounts: u64,
    /// Those whose quota is not the sum of what their records have reserved.
    pub unexplained_accounts: u64,
    /// How much those are off, whether too much or too little.
    pub unexplained_bytes: u64,
    /// Copies of shared files that were checked.
    pub copies: u64,
    /// Copies that do not match their file, or whose account is gone.
    pub unexplained_copies: u64,
    /// Whether everything that was found is put right.
    pub repaired: bool,
    /// Where the next audit goes on, if this one did not come to the end.
    pub next: Option<Place>,
}

impl Report {
    pub(crate) fn log(&self) {
        info!(
            audit.objects = self.objects,
            audit.orphans = self.orphans,
            audit.orphan_bytes = self.orphan_bytes,
            audit.uploads_in_parts = self.uploads_in_parts,
            audit.orphaned_uploads_in_parts = self.orphaned_uploads_in_parts,
            audit.accounts = self.accounts,
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
