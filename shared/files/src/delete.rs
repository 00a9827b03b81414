//! Deletes files and images: the record becomes a tombstone at once, and the sweep removes it later.

use jiff::Timestamp;

use satchel_guard::Caller;
use satchel_model::{Error, FileId, Kind, Status, Upload, UserId};
use satchel_objects::ObjectError;
use satchel_table::StoreError;

use crate::{Disposal, Failure};

impl Disposal {
    /// Deletes an upload for its owner, gives back its reserved bytes and returns the deleted record.
    ///
    /// The record changes first, so that no record points to deleted bytes. It remains as a tombstone until no
    /// URL can write to its keys any more. The returned record may be newer than `upload`: it may have become
    /// ready and have thumbnails to delete.
    ///
    /// # Errors
    /// [`Refusal::NotFound`](satchel_model::Refusal::NotFound) if it was deleted in the meantime;
    /// [`Refusal::TokenNotValid`](satchel_model::Refusal::TokenNotValid) if the caller was signed out.
    pub async fn delete(&self, caller: &Caller, upload: Upload, now: Timestamp) -> Result<Upload, Error> {
        let delete = |upload: &Upload| Ok(upload.deleting(now));
        let deleted = self.uploads.change_for(caller, upload, None, self.days, delete).await?;
        self.delete_bytes(&deleted).await?;
        Ok(deleted)
    }

    /// Deletes an upload of any account for staff, as [`delete`](Self::delete) does for its owner.
    ///
    /// # Errors
    /// [`Refusal::NotFound`](satchel_model::Refusal::NotFound) if it was deleted in the meantime or the
    /// caller is no longer staff; [`Refusal::TokenNotValid`](satchel_model::Refusal::TokenNotValid) if the
    /// caller was signed out.
    pub async fn delete_for_staff(
        &self,
        caller: &Caller,
        upload: Upload,
        now: Timestamp,
    ) -> Result<Upload, Error> {
        if upload.owner == caller.user.id {
            // A transaction may contain a record only once, and here the caller's account is also the
            // owner's.
            return self.delete(caller, upload, now).await;
        }
        let delete = |upload: &Upload| upload.deleting(now);
        let deleted = self.uploads.change_for_staff(caller, upload, self.days, delete).await?;
        self.delete_bytes(&deleted).await?;
        Ok(deleted)
    }

    /// Deletes the bytes and thumbnails of a tombstone, all in parallel.
    ///
    /// If S3 keeps what is deleted, contents that may or may not have arrived are left to their event and to
    /// the sweep, which look first whether there are bytes to count.
    async fn delete_bytes(&self, deleted: &Upload) -> Result<(), ObjectError> {
        let versions =
            deleted.versions().filter(|version| !self.days.keeps() || deleted.has_counted(*version));
        self.objects.delete_versions(deleted, &versions.collect::<Vec<_>>()).await
    }

    /// Deletes an upload again, on a restored table, with its bytes. Returns `false` if it is deleted already, or its
    /// account is gone or being erased.
    ///
    /// If this fails after the record was deleted, the sweep deletes the bytes with the tombstone.
    ///
    /// # Errors
    /// If a service does not answer.
    pub async fn delete_again(
        &self,
        owner: UserId,
        kind: Kind,
        id: FileId,
        now: Timestamp,
    ) -> Result<bool, Failure> {
        let Some(upload) = self.uploads.get(owner, kind, id).await? else { return Ok(false) };
        let change = |found: &Upload| (found.status != Status::Deleting).then(|| found.deleting(now));
        let deleted = match self.uploads.change_keeping(&upload, self.days, change).await {
            Err(StoreError::Unowned) => None,
            changed => changed?,
        };
        if let Some(deleted) = &deleted {
            self.delete_bytes(deleted).await?;
        }
        Ok(deleted.is_some())
    }
}
