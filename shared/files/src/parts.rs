//! Multipart uploads: operations that the routes for parts share.

use jiff::Timestamp;

use satchel_model::{Multipart, Refusal, Status, Upload};
use satchel_table::StoreError;

use crate::Uploads;

/// The parts of a pending multipart upload.
///
/// # Errors
/// The refusal that states why no part of the file can be sent.
pub fn awaited_parts(file: &Upload, now: Timestamp) -> Result<&Multipart, Refusal> {
    match (file.status, &file.multipart) {
        (Status::Pending, Some(_)) if file.pending_until <= now => Err(Refusal::UploadTimeOver),
        (Status::Pending, Some(parts)) => Ok(parts),
        (Status::Pending, None) => Err(Refusal::NotInParts),
        (Status::Ready, _) => Err(Refusal::UploadComplete),
        _ => Err(Refusal::UploadRejected),
    }
}

impl Uploads {
    /// Records S3's id of a multipart upload, unless another request was first; returns the record.
    ///
    /// Returns `None` if the file is no longer pending.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn name_upload(
        &self,
        file: &Upload,
        upload_id: &str,
        now: Timestamp,
    ) -> Result<Option<Upload>, StoreError> {
        let is_named = |file: &Upload| file.multipart.as_ref().is_some_and(|parts| parts.upload_id.is_some());
        let named = self.change(file, |found| {
            let is_meant = found.status == Status::Pending && found.version == file.version;
            (is_meant && !is_named(found)).then(|| found.with_upload_id(upload_id, now))
        });
        if let Some(named) = named.await? {
            return Ok(Some(named));
        }
        let found = self.get(file.owner, file.kind, file.id).await?;
        Ok(found.filter(|found| found.status == Status::Pending && is_named(found)))
    }
}
