//! Files and images as callers read them.

use std::collections::BTreeMap;

use futures_util::future::try_join_all;
use jiff::Timestamp;
use satchel_model::{Reason, Status, Tier, Upload};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{Download, ObjectError, Objects, UploadForm};

/// A file or an image with what only some of them carry.
#[derive(Debug, Clone, Serialize)]
pub struct View {
    #[serde(flatten)]
    fields: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upload: Option<UploadWay>,
    #[serde(skip_serializing_if = "Option::is_none")]
    links: Option<u64>,
}

/// How the bytes of an upload are to be sent.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum UploadWay {
    /// By one PUT.
    Put(UploadForm),
    /// In parts, whose URLs are asked for.
    Parts(PartsPlan),
}

/// How many parts there are of a file, and of how many bytes each of them but the last is.
#[derive(Debug, Clone, Serialize)]
pub struct PartsPlan {
    r#type: &'static str,
    part_size: u64,
    part_count: u64,
}

impl View {
    /// With how to send the bytes.
    #[must_use]
    pub fn with_upload(self, upload: Option<UploadWay>) -> Self {
        Self { upload, ..self }
    }

    /// Adds the number of its share links, for staff.
    #[must_use]
    pub fn with_links(self, links: u64) -> Self {
        Self { links: Some(links), ..self }
    }
}

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
    pub async fn file_view(&self, file: &Upload, now: Timestamp) -> Result<View, ObjectError> {
        let signed = if file.is_ready() {
            Some(self.sign_original(file, Download::View, now).await?.url)
        } else {
            None
        };
        let mut fields = json!({
            "id": file.id,
            "title": file.title,
            "filename": file.filename,
            "content_type": file.content_type,
            "size": file.size,
            "sha256": file.sha256,
            "visibility": file.visibility,
            "uploaded_by": file.uploaded_by,
            "owner": file.owner,
            "status": file.status,
            "created_at": file.created_at,
            "updated_at": file.updated_at,
            "file": signed,
        });
        if file.content_type.as_str() == "application/pdf" {
            fields["pdf"] = fields["file"].clone();
        }
        Ok(View { fields, reason: file.reason.clone(), upload: None, links: None })
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
    ) -> Result<View, ObjectError> {
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
        let fields = json!({
            "id": image.id,
            "title": image.title,
            "filename": image.filename,
            "content_type": image.content_type,
            "size": image.size,
            "width": image.picture.as_ref().map(|picture| picture.width),
            "height": image.picture.as_ref().map(|picture| picture.height),
            "status": image.status,
            "thumbnails": thumbnails.into_iter().collect::<BTreeMap<_, _>>(),
            "original": original,
            "created_at": image.created_at,
        });
        Ok(View { fields, reason: image.reason.clone(), upload: None, links: None })
    }
}
