//! Deleting a file or an image: the record becomes a tombstone at once, and the sweep removes it.

use jiff::Timestamp;

use satchel_guard::Caller;
use satchel_model::{Error, Upload};

use crate::Uploads;

impl Uploads {
    /// Deletes an upload for its owner and gives back what it had reserved. The record stays as a tombstone
    /// until no URL can write to its keys any more. Answers with the record as it was then: since it was read it
    /// may have become ready, and have thumbnails to delete.
    ///
    /// # Errors
    /// 404 if it was deleted meanwhile, 401 if the caller was signed out.
    pub async fn delete(&self, caller: &Caller, upload: Upload, now: Timestamp) -> Result<Upload, Error> {
        self.change_for(caller, upload, None, |upload| Ok(upload.deleting(now))).await
    }

    /// Deletes an upload of any account for staff, as [`delete`](Self::delete) does for its owner.
    ///
    /// # Errors
    /// 404 if it was deleted meanwhile, or the caller is no longer staff; 401 if the caller was signed out.
    pub async fn delete_for_staff(
        &self,
        caller: &Caller,
        upload: Upload,
        now: Timestamp,
    ) -> Result<Upload, Error> {
        if upload.owner == caller.user.id {
            // A transaction may not contain a record twice, and here the caller's account is the owner's.
            return self.delete(caller, upload, now).await;
        }
        self.change_for_staff(caller, upload, |upload| upload.deleting(now)).await
    }
}
