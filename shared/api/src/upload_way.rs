//! How a client sends the bytes of an upload.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

/// How the client is to send the bytes of an upload.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum UploadWay {
    /// By one PUT.
    Put(UploadForm),
    /// In parts, whose URLs the client requests one by one.
    Parts(PartsPlan),
}

/// The number of a file's parts, and the size of each part except the last, in bytes.
#[derive(Debug, Clone, Serialize)]
pub struct PartsPlan {
    pub r#type: &'static str,
    pub part_size: u64,
    pub part_count: u64,
}

/// A signed PUT of the bytes of an upload.
#[derive(Debug, Clone, Serialize)]
pub struct UploadForm {
    pub method: &'static str,
    pub url: String,
    /// The headers to send. Content-Length is also signed; every client sets it by itself.
    pub headers: BTreeMap<String, String>,
    pub expires_at: Timestamp,
}
