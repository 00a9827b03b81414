//! Creates the thumbnails of an image and stores them.

use std::sync::Arc;
use std::time::Instant;

use futures_util::future::try_join_all;

use satchel_images::{ImageError, Kind, Limits, Rendered, render};
use satchel_model::{FileId, MediaType, Picture, Reason, Rendition, Upload, VersionId};
use satchel_objects::{ObjectError, Objects};
use satchel_runtime::{Metric, Metrics};

/// Images over this size are refused without reading them: 50 MiB.
pub const MAX_IMAGE_BYTES: u64 = 50 * 1024 * 1024;

/// The file extensions of thumbnails' keys; [`render`] creates no others.
const EXTENSIONS: [&str; 2] = ["jpg", "png"];

/// A decoded image with its rendered thumbnails, which are not stored yet.
#[derive(Debug)]
pub struct Thumbnails {
    pub content_type: MediaType,
    pub picture: Picture,
    rendered: Rendered,
}

/// Why there are no thumbnails.
#[derive(Debug, thiserror::Error)]
pub enum ThumbnailError {
    /// The content is not an acceptable image.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// Decoding ended abnormally.
    #[error("decoding panicked")]
    Panicked(#[from] tokio::task::JoinError),
}

impl ThumbnailError {
    /// The reason for rejecting the upload, if its content caused the error.
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

/// Decodes an image once and renders a thumbnail in each of `sizes`, on a blocking thread. Measures the time.
///
/// # Errors
/// If the bytes are not a readable image, or the image is too large.
pub async fn make(
    metrics: &Metrics,
    bytes: Arc<[u8]>,
    sizes: Vec<u32>,
) -> Result<Thumbnails, ThumbnailError> {
    let started = Instant::now();
    let rendered = tokio::task::spawn_blocking(move || render(&bytes, &sizes, &Limits::default())).await??;
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    metrics.put(&[(Metric::ThumbnailMilliseconds, milliseconds)]);
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
    /// Stores all thumbnails as those of `upload`, in parallel.
    ///
    /// # Errors
    /// If S3 does not store one of them.
    pub async fn store(self, objects: &Objects, upload: &Upload) -> Result<(), ObjectError> {
        let made = self.rendered.renditions.into_iter().zip(&self.picture.renditions);
        let puts = made
            .map(|(made, rendition)| objects.put_rendition(upload, rendition, made.content_type, made.bytes));
        try_join_all(puts).await?;
        Ok(())
    }
}

/// Deletes the thumbnails of `sizes` that may have been stored for an image without being recorded.
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
