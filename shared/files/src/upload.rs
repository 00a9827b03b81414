//! Taking files: what the routes for forms share, and those for parts.

use crate::Uploads;
use crate::{UploadLifetimes, pending_upload};
use satchel_api::{Announcement, FilePart};
use satchel_guard::{Caller, Once};
use satchel_images::true_type;
use satchel_model::clock::{Clock, later};
use satchel_model::random::Random;
use satchel_model::{Error, SizeLimit};
use satchel_model::{Kind, MediaType, Replacement, Status, Tier, Upload, VersionId, Visibility};
use satchel_objects::Objects;
use satchel_runtime::{StartError, Wired, Wiring};

/// Stores the files of forms.
#[derive(Clone)]
pub struct FormFiles {
    uploads: Uploads,
    objects: Objects,
    lifetimes: UploadLifetimes,
    /// How long URLs that read the replaced content may stay valid, in seconds.
    read_url_seconds: i64,
    clock: Clock,
    random: Random,
}

impl Wired for FormFiles {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self {
            uploads: wiring.get()?,
            objects: wiring.get()?,
            lifetimes: wiring.get()?,
            read_url_seconds: i64::max(
                wiring.parsed("DOWNLOAD_URL_SECONDS"),
                wiring.parsed("SHARE_URL_SECONDS"),
            ),
            clock: wiring.clock(),
            random: wiring.random(),
        })
    }
}

impl FormFiles {
    /// Stores a file of the caller's, which is ready when this returns: its record first, so that bytes are found
    /// whatever happens. A repetition goes on where the first request may have died.
    ///
    /// # Errors
    /// 400 if the content contradicts its type; 413 over the tier's file size; 403 over the quota; 401 if the caller was
    /// signed out meanwhile; what a repetition may meet.
    pub async fn store(
        &self,
        caller: &Caller,
        tier: &Tier,
        announced: Announcement,
        part: &FilePart,
        once: &Once,
    ) -> Result<Upload, Error> {
        let announced = checked(announced, part, tier)?;
        let (now, private) = (self.clock.now(), Visibility::Private);
        let file =
            pending_upload(announced, Kind::File, &caller.user, private, self.lifetimes, self.random, now);
        let file = self.uploads.create(caller, file, tier.max_total_bytes, once).await?;
        if file.status != Status::Pending {
            return Ok(file);
        }
        self.objects.put_original(&file, part.bytes.clone()).await?;
        self.uploads.make_ready(&file, &file.content_type, None, None, now).await?;
        Ok(file.ready(&file.content_type, None, None, now))
    }

    /// Gives a file of the caller's another content, all at once: whoever reads it gets the old one or the new one.
    /// Room is reserved and the content named before its bytes are stored, so that they are found whatever happens.
    ///
    /// # Errors
    /// As [`store`](Self::store); 404 if the file was deleted meanwhile; 409 if another request was faster.
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

/// The announcement, with the type of the bytes if they tell it.
fn checked(announced: Announcement, part: &FilePart, tier: &Tier) -> Result<Announcement, Error> {
    announced.at_most(tier.max_file_bytes, SizeLimit::Tier)?;
    let declared = announced.content_type.as_str();
    let found = true_type(declared, &part.bytes).map(MediaType::known);
    let content_type = found
        .ok_or_else(|| Error::field(&part.name, &format!("The content of this file is not {declared}.")))?;
    Ok(Announcement { content_type, ..announced })
}
