//! Replacing the content of a file: room is reserved and the content named, then its bytes are stored, then it counts.

use jiff::Timestamp;

use satchel_api::{Announcement, FilePart};
use satchel_guard::Caller;
use satchel_model::clock::later;
use satchel_model::{Error, NewContent, Refusal, Replacement, Status, Tier, Upload, VersionId};

use crate::upload::checked;
use crate::{FormUploads, Uploads};

impl Uploads {
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

impl FormUploads {
    /// Gives a file of the caller's another content, all at once: whoever reads it gets the old one or the new one.
    /// Room is reserved and the content named before its bytes are stored, so that they are found whatever happens.
    ///
    /// # Errors
    /// As [`store_file`](Self::store_file); 404 if the file was deleted meanwhile; 409 if another request was faster.
    pub async fn replace(
        &self,
        caller: &Caller,
        tier: &Tier,
        file: Upload,
        announced: Announcement,
        part: &FilePart,
    ) -> Result<Upload, Error> {
        let announced = checked(announced, part, tier)?;
        let now = self.clock.now();
        let content = announced.into_content(VersionId::new(self.random, now));
        let until = later(now, self.lifetimes.pending);
        let replacement = Replacement { version: content.version, size: content.size, until };
        let file =
            self.uploads.await_replacement(caller, file, &replacement, tier.max_total_bytes, now).await?;
        let (key, surplus) = (file.key_of(content.version), file.surplus());
        let put = self.objects.put_content(&key, &content.content_type, part.bytes.clone());
        tokio::try_join!(put, self.objects.delete_contents(&file, &surplus))?;
        let old_until = later(now, self.read_url_seconds);
        let replaced = self.uploads.replace(&file, &content, old_until, &surplus, now).await?;
        // Its parts would take room as long as their URLs live.
        self.objects.abort_parts(&file).await?;
        Ok(replaced)
    }
}
