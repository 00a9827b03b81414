//! Contents that come in parts, or take the place of others.

use jiff::Timestamp;
use satchel_model::{Error, Refusal};
use satchel_model::{NewContent, Replacement, Status, Upload, VersionId};

use super::Uploads;
use satchel_guard::Caller;
use satchel_table::StoreError;

impl Uploads {
    /// Writes down how the store calls an upload in parts, unless another request was first. `None` if the file is not
    /// pending any more.
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

    /// Reserves the room for a content that is to take the place of the one there is, and names it, before any byte of
    /// it is stored. It gives up one that another request has named and not finished.
    ///
    /// # Errors
    /// 404 if the file was deleted meanwhile, 401 if the caller was signed out, 403 over the quota.
    pub async fn await_replacement(
        &self,
        caller: &Caller,
        file: Upload,
        replacement: &Replacement,
        max_total: u64,
        now: Timestamp,
    ) -> Result<Upload, Error> {
        self.change_for(caller, file, Some(max_total), |file| Ok(file.awaiting(replacement.clone(), now)))
            .await
    }

    /// Lets the stored content be the one that counts, and gives back what the one before had reserved. The bytes of
    /// the old versions `gone` are deleted already.
    ///
    /// # Errors
    /// 409 if another request has named its own content meanwhile; 404 if the file was deleted.
    pub async fn replace(
        &self,
        file: &Upload,
        content: &NewContent,
        old_until: Timestamp,
        gone: &[VersionId],
        now: Timestamp,
    ) -> Result<Upload, Error> {
        let is_awaited = |found: &Upload| {
            let awaited = found.replacement.as_ref().map(|replacement| replacement.version);
            found.status != Status::Deleting && awaited == Some(content.version)
        };
        let replace = |found: &Upload| found.replaced(content.clone(), old_until, gone, now);
        let replaced = self.change(file, |found| is_awaited(found).then(|| replace(found)));
        if let Some(replaced) = replaced.await? {
            return Ok(replaced);
        }
        match self.get(file.owner, file.kind, file.id).await? {
            Some(_) => Err(Refusal::ContentReplaced.into()),
            None => Err(Refusal::NotFound.into()),
        }
    }
}
