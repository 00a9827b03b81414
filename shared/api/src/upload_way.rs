//! How a caller sends the bytes of an upload.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

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
    pub r#type: &'static str,
    pub part_size: u64,
    pub part_count: u64,
}

/// How to send the bytes of an upload.
#[derive(Debug, Clone, Serialize)]
pub struct UploadForm {
    pub method: &'static str,
    pub url: String,
    /// Headers to send. Content-Length is signed too, and every client sets it by itself.
    pub headers: BTreeMap<String, String>,
    pub expires_at: Timestamp,
}
