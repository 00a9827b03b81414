//! Files and images that arrive in a form: the record is written first, then the bytes, then the record
//! becomes ready.

use std::sync::Arc;

use satchel_api::{Announcement, FilePart};
use satchel_guard::{Caller, IdempotentRequest};
use satchel_images::true_type;
use satchel_model::clock::Clock;
use satchel_model::random::Random;
use satchel_model::{Error, Kind, MediaType, Reason, Refusal, SizeLimit, Status, Tier, Upload, Visibility};
use satchel_objects::Objects;
use satchel_runtime::{StartError, Wired, Wiring};

use crate::thumbnails::{self, MAX_IMAGE_BYTES, ThumbnailError};
use crate::{UploadLifetimes, Uploads, pending_upload};

const NO_IMAGE: &str =
    "Upload a valid image. The file you uploaded was either not an image or a corrupted image.";
const TOO_LARGE: &str = "The image is too large. It may have 64 megapixels, and 1,000,000 pixels on a side; a file of \
                         less than 1 MB may have fewer.";

/// Stores files and images that were uploaded in forms.
#[derive(Clone)]
pub struct FormUploads {
    pub(crate) uploads: Uploads,
    pub(crate) objects: Objects,
    pub(crate) lifetimes: UploadLifetimes,
    /// How long URLs that read the replaced content may stay valid, in seconds.
    pub(crate) read_url_seconds: i64,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
}

impl Wired for FormUploads {
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

impl FormUploads {
    /// Stores a file of the caller, which is ready when this returns.
    ///
    /// Its record is written first, so that an interrupted request leaves no unknown bytes. A repetition of
    /// an idempotent request continues where the first one was interrupted.
    ///
    /// # Errors
    /// A field error if the content contradicts its type; [`Refusal::FileTooLarge`];
    /// [`Refusal::QuotaExceeded`]; [`Refusal::TokenNotValid`] if the caller was signed out in the meantime;
    /// the errors of [`IdempotentRequest::made`].
    pub async fn store_file(
        &self,
        caller: &Caller,
        tier: &Tier,
        announced: Announcement,
        part: &FilePart,
        idempotent: &IdempotentRequest,
    ) -> Result<Upload, Error> {
        let announced = checked(announced, part, tier)?;
        let (now, private) = (self.clock.now(), Visibility::Private);
        let file =
            pending_upload(announced, Kind::File, &caller.user, private, self.lifetimes, self.random, now);
        let file = self.uploads.create(caller, file, tier.max_total_bytes, idempotent).await?;
        if file.status != Status::Pending {
            return Ok(file);
        }
        self.objects.put_original(&file, part.bytes.clone()).await?;
        self.uploads.make_ready(&file, &file.content_type, None, None, None, now).await?;
        Ok(file.ready(&file.content_type, None, None, None, now))
    }

    /// Stores an image of the caller with thumbnails of `sizes`; it is ready when this returns.
    ///
    /// A repetition of an idempotent request continues where the first one was interrupted.
    ///
    /// # Errors
    /// A field error if the image is not acceptable; [`Refusal::FileTooLarge`]; [`Refusal::QuotaExceeded`];
    /// [`Refusal::TokenNotValid`] if the caller was signed out in the meantime; [`Refusal::NotFound`] if the
    /// image was deleted in the meantime.
    pub async fn store_image(
        &self,
        caller: &Caller,
        tier: &Tier,
        sizes: &[u32],
        announced: Announcement,
        part: &FilePart,
        idempotent: &IdempotentRequest,
    ) -> Result<Upload, Error> {
        check_image_size(&announced, tier)?;
        let bytes: Arc<[u8]> = Arc::from(part.bytes.as_slice());
        let made = thumbnails::make(&self.uploads.metrics, bytes, sizes.to_vec()).await;
        let made = made.map_err(|error| refused_image(&part.name, error))?;
        let (now, private) = (self.clock.now(), Visibility::Private);
        let mut image =
            pending_upload(announced, Kind::Image, &caller.user, private, self.lifetimes, self.random, now);
        image.content_type = made.content_type.clone();
        image.picture = Some(made.picture.clone());
        let image = self.uploads.create(caller, image, tier.max_total_bytes, idempotent).await?;
        if image.status != Status::Pending {
            return Ok(image);
        }
        let (bytes, now) = (part.bytes.clone(), self.clock.now());
        tokio::try_join!(self.objects.put_original(&image, bytes), made.store(&self.objects, &image))?;
        let settled = self.uploads.make_ready_or_find(&image, now).await?;
        if let Some(settled) = settled.filter(|settled| settled.keeps(image.version)) {
            return Ok(settled);
        }
        // The image was deleted in the meantime, so no record refers to these thumbnails.
        thumbnails::discard(&self.objects, image.id, image.version, sizes).await?;
        Err(Refusal::NotFound.into())
    }
}

/// Checks the size and the content of an announced file; returns the announcement with the true type of its
/// bytes.
pub(crate) fn checked(announced: Announcement, part: &FilePart, tier: &Tier) -> Result<Announcement, Error> {
    announced.at_most(tier.max_file_bytes, SizeLimit::Tier)?;
    let declared = announced.content_type.as_str();
    let found = true_type(declared, &part.bytes).map(MediaType::known);
    let content_type = found
        .ok_or_else(|| Error::field(&part.name, &format!("The content of this file is not {declared}.")))?;
    Ok(Announcement { content_type, ..announced })
}

/// Checks the size of an image against the limit for all images and against that of the tier.
///
/// # Errors
/// [`Refusal::FileTooLarge`] if it is too large.
pub fn check_image_size(announced: &Announcement, tier: &Tier) -> Result<(), Refusal> {
    announced.at_most(MAX_IMAGE_BYTES, SizeLimit::Image)?;
    announced.at_most(tier.max_file_bytes, SizeLimit::Tier)
}

fn refused_image(field: &str, error: ThumbnailError) -> Error {
    if let Some(words) = error.refusal() {
        return Error::field(field, &words);
    }
    match error.reason() {
        Some(Reason::ImageTooLarge) => Error::field(field, TOO_LARGE),
        Some(_) => Error::field(field, NO_IMAGE),
        None => Error::failed(error),
    }
}
