//! Changes of records by the sweep, once some part of them has expired.

use jiff::Timestamp;

use satchel_model::Upload;
use satchel_table::keys::Key;
use satchel_table::write::Write;
use satchel_table::{Outcome, StoreError};

use crate::Uploads;

impl Uploads {
    /// Abandons a replacement that took too long, and gives back its reserved bytes; its objects then belong
    /// to an old version.
    ///
    /// Returns `None` if the record has changed since it was read.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn give_up_replacement(
        &self,
        upload: &Upload,
        now: Timestamp,
    ) -> Result<Option<Upload>, StoreError> {
        self.change(upload, |found| (found.revision == upload.revision).then(|| found.given_up(now))).await
    }

    /// Removes from a record the parts that have expired and have no bytes any more.
    ///
    /// Returns `None` if the record has changed since it was read.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn tidy(&self, upload: &Upload, now: Timestamp) -> Result<Option<Upload>, StoreError> {
        self.change(upload, |found| (found.revision == upload.revision).then(|| found.tidied(now))).await
    }

    /// Removes a tombstone or an expired rejected record, unless it has changed since it was read.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn forget(&self, upload: &Upload) -> Result<(), StoreError> {
        let write = Write::delete(Key::upload(upload.owner, upload.kind, upload.id));
        let write = write
            .when("#status = :status AND #revision = :revision")
            .text(":status", upload.status.as_str())
            .number(":revision", upload.revision);
        match self.table.transact(vec![write]).await? {
            // If the transaction is cancelled, another run of the sweep was first, or the account was erased.
            Outcome::Done | Outcome::Cancelled(_) => Ok(()),
        }
    }
}
