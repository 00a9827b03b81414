//! Inspects stored bytes and compares them with the announcement.

use std::sync::Arc;

use futures_util::future::try_join_all;

use satchel_images::{SNIFFED_BYTES, true_type};
use satchel_model::{Kept, Kind, MediaType, Picture, Reason, Upload};
use satchel_objects::{Found, ObjectError, Objects};
use satchel_runtime::Metrics;

use crate::settle::Failure;
use crate::thumbnails;

/// The result of an inspection.
pub enum Verdict {
    /// There is no object: it was never sent, or has been deleted.
    Missing,
    /// S3 refuses to read the object.
    Refused(ObjectError),
    /// The content is acceptable for what was announced; `content_type` is its true type. Thumbnails of an
    /// image have been stored.
    Good {
        content_type: MediaType,
        picture: Option<Picture>,
        /// S3's id of the object.
        object: Option<String>,
    },
    /// The content is refused; the second value is what S3 stores.
    Bad(Reason, Kept),
}

/// Inspects the bytes of a pending upload; decodes an image and stores its thumbnails.
pub async fn inspect(
    objects: &Objects,
    metrics: &Metrics,
    upload: &Upload,
    sizes: &[u32],
) -> Result<Verdict, Failure> {
    match upload.kind {
        Kind::File => Ok(inspect_file(objects, upload).await?),
        // The thumbnails may exist without the image, if the function that stored both was interrupted.
        Kind::Image if has_thumbnails(objects, upload).await? => match inspect_file(objects, upload).await? {
            Verdict::Good { content_type, object, .. } => {
                Ok(Verdict::Good { content_type, picture: upload.picture.clone(), object })
            }
            other => Ok(other),
        },
        Kind::Image => inspect_image(objects, metrics, upload, sizes).await,
    }
}

/// Inspects the first bytes of a pending file.
pub async fn inspect_file(objects: &Objects, file: &Upload) -> Result<Verdict, ObjectError> {
    let found = match objects.original(&file.key(), Some(SNIFFED_BYTES as u64)).await {
        Ok(Some(found)) => found,
        Ok(None) => return Ok(Verdict::Missing),
        Err(refusal @ ObjectError::Refused(_)) => return Ok(Verdict::Refused(refusal)),
        Err(error) => return Err(error),
    };
    let kept = kept(&found);
    if found.size != file.size {
        return Ok(Verdict::Bad(Reason::SizeMismatch, kept));
    }
    Ok(match true_type(file.content_type.as_str(), &found.bytes) {
        Some(content_type) => Verdict::Good {
            content_type: MediaType::known(content_type),
            picture: None,
            object: found.object,
        },
        None => Verdict::Bad(Reason::ContentTypeMismatch, kept),
    })
}

async fn inspect_image(
    objects: &Objects,
    metrics: &Metrics,
    image: &Upload,
    sizes: &[u32],
) -> Result<Verdict, Failure> {
    let found = match objects.original(&image.key(), None).await {
        Ok(Some(found)) => found,
        Ok(None) => return Ok(Verdict::Missing),
        Err(refusal @ ObjectError::Refused(_)) => return Ok(Verdict::Refused(refusal)),
        Err(error) => return Err(error.into()),
    };
    let kept = kept(&found);
    if found.size != image.size {
        return Ok(Verdict::Bad(Reason::SizeMismatch, kept));
    }
    let made = match thumbnails::make(metrics, Arc::from(found.bytes), sizes.to_vec()).await {
        Ok(made) => made,
        Err(error) => match error.reason() {
            Some(reason) => return Ok(Verdict::Bad(reason, kept)),
            None => return Err(error.into()),
        },
    };
    let (content_type, picture) = (made.content_type.clone(), made.picture.clone());
    made.store(objects, image).await?;
    Ok(Verdict::Good { content_type, picture: Some(picture), object: found.object })
}

fn kept(found: &Found) -> Kept {
    Kept { bytes: found.size, object: found.object.clone() }
}

/// Whether the function that received the form has already stored the thumbnails, as it usually has.
async fn has_thumbnails(objects: &Objects, image: &Upload) -> Result<bool, ObjectError> {
    let Some(picture) = &image.picture else { return Ok(false) };
    let there = picture.renditions.iter().map(|rendition| objects.has_rendition(image, rendition));
    Ok(try_join_all(there).await?.into_iter().all(|there| there))
}
