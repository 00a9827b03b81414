//! The JSON view of an image.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use satchel_model::{FileId, FileName, MediaType, Reason, Status, Title, Upload};

use crate::UploadWay;

/// The view of an image.
#[derive(Debug, Clone, Serialize)]
pub struct ImageView {
    pub id: FileId,
    pub title: Title,
    pub filename: FileName,
    pub content_type: MediaType,
    pub size: u64,
    /// Pixels, once the image is ready.
    pub width: Option<u32>,
    /// Pixels, once the image is ready.
    pub height: Option<u32>,
    pub status: Status,
    /// URLs by size, in pixels.
    pub thumbnails: BTreeMap<String, String>,
    /// A signed URL, if the owner's tier links to originals.
    pub original: Option<String>,
    pub created_at: Timestamp,
    /// Why the image was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// How to send the bytes, while the image is pending.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upload: Option<UploadWay>,
    /// The number of share links, for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<u64>,
}

impl ImageView {
    /// The view of an image, with the URLs of its thumbnails and of the original.
    #[must_use]
    pub fn new(image: &Upload, thumbnails: BTreeMap<String, String>, original: Option<String>) -> Self {
        Self {
            id: image.id,
            title: image.title.clone(),
            filename: image.filename.clone(),
            content_type: image.content_type.clone(),
            size: image.size,
            width: image.picture.as_ref().map(|picture| picture.width),
            height: image.picture.as_ref().map(|picture| picture.height),
            status: image.status,
            thumbnails,
            original,
            created_at: image.created_at,
            reason: image.reason.clone(),
            upload: None,
            links: None,
        }
    }

    /// Adds how to send the bytes.
    #[must_use]
    pub fn with_upload(self, upload: Option<UploadWay>) -> Self {
        Self { upload, ..self }
    }

    /// Adds the number of the image's share links, for staff.
    #[must_use]
    pub fn with_links(self, links: u64) -> Self {
        Self { links: Some(links), ..self }
    }
}
