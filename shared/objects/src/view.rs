//! Builds the JSON views of files and images, with signed URLs.

use futures_util::future::try_join_all;
use jiff::Timestamp;

use satchel_api::{FileView, ImageView, PartsPlan, UploadWay};
use satchel_model::{Status, Tier, Upload};

use crate::{Download, ObjectError, Objects};

impl Objects {
    /// How the client is to send the bytes of an upload; `None` if the upload no longer waits for them.
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

    /// The view of a file, with a signed URL if the file is ready.
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

    /// The view of an image according to its owner's tier.
    ///
    /// It contains signed URLs of the tier's thumbnails and, if the tier links to it, of the original. A
    /// thumbnail that does not exist yet gets the URL of the route that creates it, below `base_url`.
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
