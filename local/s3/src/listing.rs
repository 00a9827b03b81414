//! Listings of objects and buckets.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use s3s::dto::{
    Bucket, CommonPrefix, ETag, EncodingType, ListBucketsInput, ListBucketsOutput, ListObjectsV2Input,
    ListObjectsV2Output, Object, ObjectStorageClass,
};
use s3s::{S3Request, S3Response, S3Result, s3_error};

use super::core::Core;
use super::errors::StoreError;
use super::reading::stamp;
use super::record::Summary;

/// S3's maximum number of entries in a page of a listing.
const MAX_PAGE: i32 = 1000;

/// The size of a page: the requested one, but at most S3's limit.
pub(super) fn page_size(asked: Option<i32>) -> S3Result<i32> {
    match asked.unwrap_or(MAX_PAGE) {
        ..0 => Err(s3_error!(InvalidArgument, "A page size cannot be negative")),
        asked => Ok(asked.min(MAX_PAGE)),
    }
}

/// Where a page of objects begins: after a key, or after all keys with a common prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Start {
    AfterKey(String),
    AfterPrefix(String),
}

impl Start {
    fn token(&self) -> String {
        let text = match self {
            Self::AfterKey(key) => format!("k{key}"),
            Self::AfterPrefix(prefix) => format!("p{prefix}"),
        };
        URL_SAFE_NO_PAD.encode(text)
    }

    fn from_token(token: &str) -> S3Result<Self> {
        let text = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        match text.as_deref().and_then(|text| text.split_at_checked(1)) {
            Some(("k", key)) => Ok(Self::AfterKey(key.to_owned())),
            Some(("p", prefix)) => Ok(Self::AfterPrefix(prefix.to_owned())),
            _ => Err(s3_error!(InvalidArgument, "The continuation token provided is incorrect")),
        }
    }
}

/// The parameters of a listing.
struct Query {
    bucket: String,
    prefix: String,
    delimiter: Option<String>,
    start: Start,
    limit: usize,
}

#[derive(Default)]
struct Page {
    objects: Vec<Summary>,
    prefixes: Vec<String>,
    next: Option<Start>,
}

impl Page {
    fn len(&self) -> usize {
        self.objects.len() + self.prefixes.len()
    }
}

pub(super) async fn objects(
    core: &Arc<Core>,
    request: S3Request<ListObjectsV2Input>,
) -> S3Result<S3Response<ListObjectsV2Output>> {
    let input = request.input;
    core.require_bucket(&input.bucket)?;
    let start = match (&input.continuation_token, &input.start_after) {
        (Some(token), _) => Start::from_token(token)?,
        (None, after) => Start::AfterKey(after.clone().unwrap_or_default()),
    };
    let limit = page_size(input.max_keys)?;
    let query = Query {
        bucket: input.bucket.clone(),
        prefix: input.prefix.clone().unwrap_or_default(),
        delimiter: input.delimiter.clone().filter(|delimiter| !delimiter.is_empty()),
        start,
        limit: usize::try_from(limit).unwrap_or_default(),
    };
    let page = core.run(move |core| page(core, &query)).await?;
    let encoded = input.encoding_type.as_ref().is_some_and(|kind| kind.as_str() == EncodingType::URL);
    let name = |text: String| if encoded { url_encoded(&text) } else { text };
    Ok(S3Response::new(ListObjectsV2Output {
        key_count: i32::try_from(page.len()).ok(),
        is_truncated: Some(page.next.is_some()),
        next_continuation_token: page.next.as_ref().map(Start::token),
        contents: Some(page.objects.into_iter().map(|summary| shown(summary, name)).collect()),
        common_prefixes: Some(
            page.prefixes.into_iter().map(|prefix| CommonPrefix { prefix: Some(name(prefix)) }).collect(),
        ),
        name: Some(input.bucket),
        prefix: Some(name(input.prefix.unwrap_or_default())),
        delimiter: input.delimiter.map(name),
        start_after: input.start_after.map(name),
        continuation_token: input.continuation_token,
        encoding_type: input.encoding_type,
        max_keys: Some(limit),
        ..Default::default()
    }))
}

fn page(core: &Core, query: &Query) -> Result<Page, StoreError> {
    let mut page = Page::default();
    if query.limit == 0 {
        return Ok(page);
    }
    let (after, skipped) = match &query.start {
        Start::AfterKey(key) => (key, None),
        Start::AfterPrefix(prefix) => (prefix, Some(prefix.as_str())),
    };
    let mut last = query.start.clone();
    core.store.list(&query.bucket, after, &query.prefix, |summary| {
        let Some(rest) = summary.key.strip_prefix(&query.prefix) else { return false };
        if skipped.is_some_and(|skipped| summary.key.starts_with(skipped)) {
            return true;
        }
        let end =
            query.delimiter.as_deref().and_then(|delimiter| Some(rest.find(delimiter)? + delimiter.len()));
        let common = end.map(|end| summary.key[..query.prefix.len() + end].to_owned());
        if common.is_some() && common.as_ref() == page.prefixes.last() {
            return true;
        }
        if page.len() == query.limit {
            page.next = Some(last.clone());
            return false;
        }
        if let Some(prefix) = common {
            last = Start::AfterPrefix(prefix.clone());
            page.prefixes.push(prefix);
        } else {
            last = Start::AfterKey(summary.key.clone());
            page.objects.push(summary);
        }
        true
    })?;
    Ok(page)
}

fn shown(summary: Summary, name: impl Fn(String) -> String) -> Object {
    Object {
        key: Some(name(summary.key)),
        size: i64::try_from(summary.size).ok(),
        e_tag: Some(ETag::Strong(summary.etag)),
        last_modified: Some(stamp(summary.modified)),
        storage_class: Some(ObjectStorageClass::from_static(ObjectStorageClass::STANDARD)),
        ..Default::default()
    }
}

fn url_encoded(text: &str) -> String {
    let encode = |part: &str| form_urlencoded::byte_serialize(part.as_bytes()).collect::<String>();
    text.split('/').map(encode).collect::<Vec<_>>().join("/")
}

pub(super) fn buckets(core: &Core, request: &S3Request<ListBucketsInput>) -> S3Response<ListBucketsOutput> {
    let prefix = request.input.prefix.as_deref().unwrap_or_default();
    let shown = core.buckets.iter().filter(|(name, _)| name.starts_with(prefix)).map(|(name, created)| {
        Bucket { name: Some(name.clone()), creation_date: Some(stamp(*created)), ..Default::default() }
    });
    S3Response::new(ListBucketsOutput { buckets: Some(shown.collect()), ..Default::default() })
}
