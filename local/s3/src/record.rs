//! The records of objects, uploads and parts.

use std::collections::BTreeMap;

use http::HeaderMap;
use jiff::Timestamp;
use s3s::{S3Result, s3_error};
use serde::{Deserialize, Serialize};

use super::checksums::Checksums;

/// The metadata that an uploader sends with an object. GET returns it unchanged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectMetadata {
    pub content_type: Option<String>,
    pub content_disposition: Option<String>,
    pub content_encoding: Option<String>,
    pub content_language: Option<String>,
    pub cache_control: Option<String>,
    /// An HTTP date, unparsed.
    pub expires: Option<String>,
    /// User metadata by name, without `x-amz-meta-`.
    pub metadata: BTreeMap<String, String>,
}

/// S3's maximum size of the names and values of user metadata together, in bytes.
const METADATA_LIMIT: usize = 2048;

impl ObjectMetadata {
    /// Reads the headers of a PUT, copy or `CreateMultipartUpload`.
    pub(super) fn from_headers(headers: &HeaderMap) -> S3Result<Self> {
        let text = |name: &str| {
            headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let metadata: BTreeMap<String, String> = headers
            .keys()
            .filter_map(|name| name.as_str().strip_prefix("x-amz-meta-"))
            .filter_map(|name| Some((name.to_owned(), text(&format!("x-amz-meta-{name}"))?)))
            .collect();
        if metadata.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() > METADATA_LIMIT {
            return Err(s3_error!(
                MetadataTooLarge,
                "Your metadata headers exceed the maximum allowed metadata size"
            ));
        }
        Ok(Self {
            content_type: text("content-type").filter(|value| !value.is_empty()),
            content_disposition: text("content-disposition"),
            content_encoding: text("content-encoding").and_then(|value| without_chunking(&value)),
            content_language: text("content-language"),
            cache_control: text("cache-control"),
            expires: text("expires"),
            metadata,
        })
    }
}

/// Removes `aws-chunked`, which is a property of the request and not of the object.
fn without_chunking(encoding: &str) -> Option<String> {
    let kept: Vec<&str> = encoding
        .split(',')
        .map(str::trim)
        .filter(|coding| !coding.eq_ignore_ascii_case("aws-chunked"))
        .collect();
    (!kept.is_empty()).then(|| kept.join(","))
}

/// A part of an object's bytes, in one file. A completed multipart upload has a segment for each part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Segment {
    pub file: String,
    pub size: u64,
}

/// One object.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub size: u64,
    /// The `ETag` without quotes.
    pub etag: String,
    pub modified: Timestamp,
    pub details: Details,
}

/// The properties of an object that no SQL query uses. They are stored as JSON.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Details {
    pub facts: ObjectMetadata,
    pub checksums: Checksums,
    pub body: Vec<Segment>,
    /// The id of the version; `None` for one that was stored without versioning, whose id is `null`.
    #[serde(default)]
    pub version: Option<String>,
}

impl Details {
    /// The id of the version, as S3 shows it.
    pub fn version_id(&self) -> &str {
        self.version.as_deref().unwrap_or(NULL_VERSION)
    }
}

/// The id of a version that was stored while versioning was off or suspended.
pub(super) const NULL_VERSION: &str = "null";

/// One object or delete marker in a listing of versions.
#[derive(Debug, Clone)]
pub(super) struct Version {
    pub key: String,
    pub id: String,
    pub is_latest: bool,
    pub modified: Timestamp,
    /// Size and `ETag`; `None` for a delete marker.
    pub object: Option<(u64, String)>,
}

/// The properties of an object in a listing.
#[derive(Debug, Clone)]
pub(super) struct Summary {
    pub key: String,
    pub size: u64,
    pub etag: String,
    pub modified: Timestamp,
}

/// An unfinished multipart upload.
#[derive(Debug, Clone)]
pub(super) struct Upload {
    pub id: String,
    pub key: String,
    pub initiated: Timestamp,
}

/// One part of an upload.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub number: i32,
    pub segment: Segment,
    pub etag: String,
    pub modified: Timestamp,
    pub checksums: Checksums,
}
