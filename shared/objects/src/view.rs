//! Files and images as callers read them.

use futures_util::future::try_join_all;
use jiff::Timestamp;

use satchel_api::{FileView, ImageView, PartsPlan, UploadWay};
use satchel_model::{Status, Tier, Upload};

use crate::{Download, ObjectError, Objects};

impl Objects {
    /// How the bytes of an upload are to be sent, while it waits for them.
    ///
    /// # Errors
    /// If the URL cannot be signed.
    pub async fn upload_way(
        &self,
        upload: &Upload,
        now: Timestamp,
    ) -> Result<Option<UploadWay>, ObjectError> {
        if upload.status != Status::Pending || upload.pending_until <= now {
            return Ok(None);
        }
        Ok(Some(match &upload.multipart {
            Some(parts) => UploadWay::Parts(PartsPlan {
                r#type: "multipart",
                part_size: parts.part_size,
                part_count: parts.part_count(upload.size),
            }),
            None => UploadWay::Put(self.sign_upload(upload, now).await?),
        }))
    }

    /// A file; once ready, with a signed URL.
    ///
    /// # Errors
    /// If the URL cannot be signed.
    pub async fn file_view(&self, file: &Upload, now: Timestamp) -> Result<FileView, ObjectError> {
        let signed = if file.is_ready() {
            Some(self.sign_original(file, Download::View, now).await?.url)
        } else {
            None
        };
        Ok(FileView::new(file, signed))
    }

    /// An image as its owner's tier shows it: signed URLs of the tier's thumbnails, and of the original if the
    /// tier links to it. A size that is not made yet points to the route that makes it, below `base_url`.
    ///
    /// # Errors
    /// If a URL cannot be signed.
    pub async fn image_view(
        &self,
        image: &Upload,
        tier: &Tier,
        base_url: &str,
        now: Timestamp,
    ) -> Result<ImageView, ObjectError> {
        let sizes = if image.is_ready() { tier.thumbnail_sizes.as_slice() } else { &[] };
        let thumbnail = async |size: u32| {
            let url = match image.rendition(size) {
                Some(rendition) => self.sign_rendition(image, rendition, now).await?.url,
                None => format!("{base_url}/api/images/{}/thumbnail?size={size}", image.id),
            };
            Ok::<_, ObjectError>((size.to_string(), url))
        };
        let thumbnails = try_join_all(sizes.iter().map(|size| thumbnail(*size))).await?;
        let original = if image.is_ready() && tier.link_to_original {
            Some(self.sign_original(image, Download::View, now).await?.url)
        } else {
            None
        };
        Ok(ImageView::new(image, thumbnails.into_iter().collect(), original))
    }
}
