//! What the sweep does to records of which something has expired.

use jiff::Timestamp;

use satchel_model::Upload;
use satchel_table::keys::Key;
use satchel_table::write::Write;
use satchel_table::{Outcome, StoreError};

use crate::Uploads;

impl Uploads {
    /// Gives up a content that was on its way for too long, with what it had reserved; its bytes are then those of an
    /// old version. `None` if the record was changed since it was read.
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

    /// Strikes out of a record what is over and has no bytes any more. `None` if it was changed since it was read.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn tidy(&self, upload: &Upload, now: Timestamp) -> Result<Option<Upload>, StoreError> {
        self.change(upload, |found| (found.revision == upload.revision).then(|| found.tidied(now))).await
    }

    /// Removes a tombstone, or a rejected record whose time is over, if it is unchanged since it was read.
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
            // Cancelled: another run of the sweep was first, or the account was erased.
            Outcome::Done | Outcome::Cancelled(_) => Ok(()),
        }
    }
}
