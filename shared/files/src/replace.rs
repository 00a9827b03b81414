//! Replaces the content of a file: reserves room and records the new version, then stores its bytes, then
//! makes it current.

use jiff::Timestamp;

use satchel_api::{Announcement, FilePart};
use satchel_guard::Caller;
use satchel_model::clock::later;
use satchel_model::{Error, NewContent, Refusal, Replacement, Status, Tier, Upload, VersionId};

use crate::upload::checked;
use crate::{Disposal, Failure, FormUploads, KeptDays, Uploads};

impl Uploads {
    /// Reserves the room for new content and records its version, before any of its bytes are stored.
    ///
    /// A version that another request has recorded and not completed is abandoned.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] if the file was deleted in the meantime; [`Refusal::TokenNotValid`] if the
    /// caller was signed out; [`Refusal::QuotaExceeded`].
    pub async fn await_replacement(
        &self,
        caller: &Caller,
        file: Upload,
        replacement: &Replacement,
        max_total: u64,
        now: Timestamp,
    ) -> Result<Upload, Error> {
        let await_it = |file: &Upload| Ok(file.awaiting(replacement.clone(), now));
        self.change_for(caller, file, Some(max_total), KeptDays::default(), await_it).await
    }

    /// Makes the stored content current, and gives back the bytes that the previous content had reserved. They
    /// count as kept from now on, because they are deleted when their URLs have expired.
    ///
    /// The objects of the old versions in `gone` have been deleted already.
    ///
    /// # Errors
    /// [`Refusal::ContentReplaced`] if another request has recorded its own version in the meantime;
    /// [`Refusal::NotFound`] if the file was deleted.
    pub async fn replace(
        &self,
        file: &Upload,
        content: &NewContent,
        old_until: Timestamp,
        gone: &[VersionId],
        days: KeptDays,
        now: Timestamp,
    ) -> Result<Upload, Error> {
        let is_awaited = |found: &Upload| {
            let awaited = found.replacement.as_ref().map(|replacement| replacement.version);
            found.status != Status::Deleting && awaited == Some(content.version)
        };
        let replace = |found: &Upload| found.replaced(content.clone(), old_until, gone, now);
        let replaced = self.change_keeping(file, days, |found| is_awaited(found).then(|| replace(found)));
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
    /// Replaces the content of the caller's file atomically: readers get either the old or the new content.
    ///
    /// Room is reserved and the version recorded before the bytes are stored, so that an interrupted request
    /// leaves no unknown bytes.
    ///
    /// # Errors
    /// Those of [`store_file`](Self::store_file); [`Refusal::NotFound`] if the file was deleted in the
    /// meantime; [`Refusal::ContentReplaced`] if another request was faster.
    pub async fn replace(
        &self,
        caller: &Caller,
        tier: &Tier,
        file: Upload,
        announced: Announcement,
        part: &FilePart,
        disposal: &Disposal,
    ) -> Result<Upload, Error> {
        let announced = checked(announced, part, tier)?;
        let now = self.clock.now();
        let content = announced.into_content(VersionId::new(self.random, now));
        let until = later(now, self.lifetimes.pending);
        let replacement = Replacement { version: content.version, size: content.size, until };
        let file =
            self.uploads.await_replacement(caller, file, &replacement, tier.max_total_bytes, now).await?;
        let (key, surplus) = (file.key_of(content.version), file.surplus());
        let put = async {
            let put = self.objects.put_content(&key, &content.content_type, part.bytes.clone()).await;
            put.map_err(Failure::from)
        };
        tokio::try_join!(put, disposal.discard_versions(&file, &surplus, now))?;
        let old_until = later(now, self.read_url_seconds);
        let replaced = self.uploads.replace(&file, &content, old_until, &surplus, disposal.days, now).await?;
        // The parts of the original upload would take up storage as long as their URLs are valid.
        self.objects.abort_parts(&file).await?;
        Ok(replaced)
    }
}
