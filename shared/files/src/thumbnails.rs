//! From the bytes of an image to its thumbnails in the store.

use std::sync::Arc;

use futures_util::future::try_join_all;

use satchel_images::{ImageError, Kind, Limits, Rendered, render};
use satchel_model::{FileId, MediaType, Picture, Reason, Rendition, Upload, VersionId};
use satchel_objects::{ObjectError, Objects};

/// Images over this size are refused before they are read: 50 MiB.
pub const MAX_IMAGE_BYTES: u64 = 50 * 1024 * 1024;

/// What a thumbnail's key may end in; [`render`] gives no other.
const EXTENSIONS: [&str; 2] = ["jpg", "png"];

/// An image, looked at: what it is, and its thumbnails, not stored yet.
#[derive(Debug)]
pub struct Thumbnails {
    pub content_type: MediaType,
    pub picture: Picture,
    rendered: Rendered,
}

/// Why there are no thumbnails.
#[derive(Debug, thiserror::Error)]
pub enum ThumbnailError {
    /// The content is to blame.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// Decoding stopped in the middle.
    #[error("decoding panicked")]
    Panicked(#[from] tokio::task::JoinError),
}

impl ThumbnailError {
    /// Why the upload is rejected, if its content is to blame.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        match self {
            Self::Image(ImageError::NotAnImage(Some(found))) => {
                Some(Reason::UnsupportedType(MediaType::known(found.content_type())))
            }
            Self::Image(ImageError::NotAnImage(None)) => Some(Reason::ContentTypeMismatch),
            Self::Image(
                ImageError::TooManyPixels { .. }
                | ImageError::TooLong { .. }
                | ImageError::TooMuchMemory { .. },
            ) => Some(Reason::ImageTooLarge),
            Self::Image(_) => Some(Reason::InvalidImage),
            Self::Panicked(_) => None,
        }
    }

    /// A message that names the upload's type and the accepted types, if its type is known and not accepted.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        match self {
            Self::Image(ImageError::NotAnImage(found)) => found.map(Kind::refusal),
            _ => None,
        }
    }
}

/// Makes a thumbnail of each of `sizes` from one decoding, off the thread that serves requests.
///
/// # Errors
/// If the bytes are no image that can be read, or one that is too large.
pub async fn make(bytes: Arc<[u8]>, sizes: Vec<u32>) -> Result<Thumbnails, ThumbnailError> {
    let rendered = tokio::task::spawn_blocking(move || render(&bytes, &sizes, &Limits::default())).await??;
    let renditions = rendered.renditions.iter();
    let picture = Picture {
        width: rendered.width,
        height: rendered.height,
        renditions: renditions
            .map(|made| Rendition { size: made.size, extension: made.extension.to_owned() })
            .collect(),
    };
    let content_type = MediaType::known(rendered.format.content_type());
    Ok(Thumbnails { content_type, picture, rendered })
}

impl Thumbnails {
    /// Stores them all, at the same time, as the thumbnails of `upload`.
    ///
    /// # Errors
    /// If S3 does not take one of them.
    pub async fn store(self, objects: &Objects, upload: &Upload) -> Result<(), ObjectError> {
        let made = self.rendered.renditions.into_iter().zip(&self.picture.renditions);
        let puts = made
            .map(|(made, rendition)| objects.put_rendition(upload, rendition, made.content_type, made.bytes));
        try_join_all(puts).await?;
        Ok(())
    }
}

/// Deletes the thumbnails of `sizes` that may have been made of an image before anybody wrote down that they were.
///
/// # Errors
/// If S3 does not answer.
pub async fn discard(
    objects: &Objects,
    image: FileId,
    version: VersionId,
    sizes: &[u32],
) -> Result<(), ObjectError> {
    let thumbnail = |size: u32, extension: &str| Rendition { size, extension: extension.to_owned() };
    let thumbnails: Vec<_> =
        sizes.iter().flat_map(|size| EXTENSIONS.map(|extension| thumbnail(*size, extension))).collect();
    try_join_all(thumbnails.iter().map(|thumbnail| objects.delete_rendition(image, version, thumbnail)))
        .await?;
    Ok(())
}
