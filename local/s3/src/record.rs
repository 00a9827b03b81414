//! What is kept about an object, an upload and its parts.

use std::collections::BTreeMap;

use http::HeaderMap;
use jiff::Timestamp;
use s3s::{S3Result, s3_error};
use serde::{Deserialize, Serialize};

use super::checksums::Checksums;

/// What the uploader said about an object; kept and given back as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    pub content_type: Option<String>,
    pub content_disposition: Option<String>,
    pub content_encoding: Option<String>,
    pub content_language: Option<String>,
    pub cache_control: Option<String>,
    /// As sent: an HTTP date.
    pub expires: Option<String>,
    /// User metadata by name, without `x-amz-meta-`.
    pub metadata: BTreeMap<String, String>,
}

/// S3's limit on the names and values of user metadata together.
const METADATA_LIMIT: usize = 2048;

impl Facts {
    /// Reads the headers of a PUT, copy or `CreateMultipartUpload`.
    pub(super) fn of_headers(headers: &HeaderMap) -> S3Result<Self> {
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

/// `aws-chunked` says how the body travelled, not what was stored.
fn without_chunking(encoding: &str) -> Option<String> {
    let kept: Vec<&str> = encoding
        .split(',')
        .map(str::trim)
        .filter(|coding| !coding.eq_ignore_ascii_case("aws-chunked"))
        .collect();
    (!kept.is_empty()).then(|| kept.join(","))
}

/// A run of an object's bytes: one file. A completed multipart upload has one for each part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Segment {
    pub file: String,
    pub size: u64,
}

/// One object.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub size: u64,
    /// Without quotes.
    pub etag: String,
    pub modified: Timestamp,
    pub details: Details,
}

/// What no query looks for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Details {
    pub facts: Facts,
    pub checksums: Checksums,
    pub body: Vec<Segment>,
}

/// What a listing shows of an object.
#[derive(Debug, Clone)]
pub(super) struct Summary {
    pub key: String,
    pub size: u64,
    pub etag: String,
    pub modified: Timestamp,
}

/// A multipart upload under way.
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
