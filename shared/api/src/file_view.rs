//! The JSON view of a file.

use jiff::Timestamp;
use serde::Serialize;

use satchel_model::{FileId, FileName, MediaType, Reason, Status, Title, Upload, UserId, Visibility};

use crate::UploadWay;

/// The view of a file.
#[derive(Debug, Clone, Serialize)]
pub struct FileView {
    pub id: FileId,
    pub title: Title,
    pub filename: FileName,
    pub content_type: MediaType,
    pub size: u64,
    pub sha256: Option<String>,
    pub visibility: Visibility,
    pub uploaded_by: String,
    pub owner: UserId,
    pub status: Status,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// A signed URL, once the file is ready.
    pub file: Option<String>,
    /// The same URL, if the file is a PDF: clients of the replaced file-sharing service expect it in this
    /// field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pdf: Option<Option<String>>,
    /// Why the file was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// How to send the bytes, while the file is pending.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upload: Option<UploadWay>,
    /// The number of share links, for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<u64>,
}

impl FileView {
    /// The view of a file, with a signed URL for reading if it is ready.
    #[must_use]
    pub fn new(file: &Upload, url: Option<String>) -> Self {
        let is_pdf = file.content_type.as_str() == "application/pdf";
        Self {
            id: file.id,
            title: file.title.clone(),
            filename: file.filename.clone(),
            content_type: file.content_type.clone(),
            size: file.size,
            sha256: file.sha256.clone(),
            visibility: file.visibility,
            uploaded_by: file.uploaded_by.clone(),
            owner: file.owner,
            status: file.status,
            created_at: file.created_at,
            updated_at: file.updated_at,
            pdf: is_pdf.then(|| url.clone()),
            file: url,
            reason: file.reason.clone(),
            upload: None,
            links: None,
        }
    }

    /// Adds how to send the bytes.
    #[must_use]
    pub fn with_upload(self, upload: Option<UploadWay>) -> Self {
        Self { upload, ..self }
    }

    /// Adds the number of the file's share links, for staff.
    #[must_use]
    pub fn with_links(self, links: u64) -> Self {
        Self { links: Some(links), ..self }
    }
}
