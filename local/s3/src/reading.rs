//! Reads single objects: GET and HEAD.

use std::io::ErrorKind;
use std::sync::Arc;

use http::{Extensions, HeaderMap, StatusCode};
use s3s::dto::{
    ETag, GetObjectInput, GetObjectOutput, HeadObjectInput, HeadObjectOutput, Range, StreamingBlob,
    Timestamp, TimestampFormat,
};
use s3s::{S3Request, S3Response, S3Result, s3_error};

use super::auth::Caller;
use super::body::send;
use super::conditional::ReadCondition;
use super::core::Core;
use super::errors::{StoreError, marked, missing_key};
use super::record::{Details, Object};
use super::store::Found;

/// The content type of an object that was uploaded without one.
const DEFAULT_CONTENT_TYPE: &str = "binary/octet-stream";

pub(super) fn stamp(time: jiff::Timestamp) -> Timestamp {
    Timestamp::from(std::time::SystemTime::from(time))
}

/// Parses `Expires`, which is left out if it is not an HTTP date.
fn expires(date: Option<String>) -> Option<Timestamp> {
    Timestamp::parse(TimestampFormat::HttpDate, &date?).ok()
}

/// The checksum headers of a response. They are sent only on request, and only for whole objects.
fn checksums(details: &Details, asked: bool, partial: bool) -> HeaderMap {
    if asked && !partial { details.checksums.to_headers() } else { HeaderMap::new() }
}

/// Finds an object, or one version of it. The error for a missing one depends on the permissions of the caller, who is in
/// `extensions`.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html>
pub(super) async fn find(
    core: &Arc<Core>,
    extensions: &Extensions,
    bucket: &str,
    key: &str,
    version: Option<&str>,
) -> S3Result<Object> {
    core.require_bucket(bucket)?;
    let (of, key, id) = (bucket.to_owned(), key.to_owned(), version.map(ToOwned::to_owned));
    let (found, marker) = core
        .run(move |core| match id {
            Some(id) => match core.store.version(&of, &key, &id)? {
                Found::Object(object) => Ok((Some(*object), None)),
                Found::Marker => Ok((None, Some(id))),
                Found::Missing => Ok((None, None)),
            },
            None => match core.store.object(&of, &key)? {
                None => Ok((None, core.store.current_marker(&of, &key)?)),
                found => Ok((found, None)),
            },
        })
        .await?;
    let may_list = || extensions.get::<Caller>().is_some_and(|caller| caller.may_list(bucket));
    found.ok_or_else(|| match (version, marker) {
        (Some(_), Some(marker)) => marked(s3_error!(MethodNotAllowed), &marker),
        (None, Some(marker)) => marked(missing_key(may_list()), &marker),
        (Some(_), None) => s3_error!(NoSuchVersion, "The specified version does not exist."),
        (None, None) => missing_key(may_list()),
    })
}

/// How often a read is attempted if the object is replaced before its file is opened.
const ATTEMPTS: usize = 10;

/// Opens the object in `input`. Returns it with the requested bytes, their number, and the `Content-Range`.
async fn open(
    core: &Arc<Core>,
    extensions: &Extensions,
    input: &GetObjectInput,
) -> S3Result<(Object, StreamingBlob, u64, Option<String>)> {
    let mut attempt = 1;
    loop {
        let object = find(core, extensions, &input.bucket, &input.key, input.version_id.as_deref()).await?;
        ReadCondition::from(input).check(&object)?;
        let (range, content_range) = range(input.range, object.size)?;
        let length = range.end - range.start;
        match send(&core.files, &object.details.body, range).await {
            Err(StoreError::File(error)) if error.kind() == ErrorKind::NotFound && attempt < ATTEMPTS => {
                attempt += 1;
            }
            body => return Ok((object, body?, length, content_range)),
        }
    }
}

pub(super) async fn get(
    core: &Arc<Core>,
    request: S3Request<GetObjectInput>,
) -> S3Result<S3Response<GetObjectOutput>> {
    let input = request.input;
    whole_objects_only(input.part_number)?;
    let (object, body, length, content_range) = open(core, &request.extensions, &input).await?;
    let checksums = checksums(&object.details, input.checksum_mode.is_some(), content_range.is_some());
    let version_id = core.store.shown_version(&input.bucket, object.details.version_id());
    let facts = object.details.facts;
    let output = GetObjectOutput {
        version_id,
        accept_ranges: Some("bytes".to_owned()),
        body: Some(body),
        cache_control: facts.cache_control,
        content_disposition: facts.content_disposition,
        content_encoding: facts.content_encoding,
        content_language: facts.content_language,
        content_length: i64::try_from(length).ok(),
        content_range,
        content_type: Some(facts.content_type.unwrap_or_else(|| DEFAULT_CONTENT_TYPE.to_owned())),
        e_tag: Some(ETag::Strong(object.etag)),
        expires: expires(facts.expires),
        last_modified: Some(stamp(object.modified)),
        metadata: Some(facts.metadata.into_iter().collect()),
        ..Default::default()
    };
    Ok(S3Response::with_headers(output, checksums))
}

pub(super) async fn head(
    core: &Arc<Core>,
    request: S3Request<HeadObjectInput>,
) -> S3Result<S3Response<HeadObjectOutput>> {
    let input = request.input;
    whole_objects_only(input.part_number)?;
    let object =
        find(core, &request.extensions, &input.bucket, &input.key, input.version_id.as_deref()).await?;
    ReadCondition::from(&input).check(&object)?;
    let (range, content_range) = range(input.range, object.size)?;
    let checksums = checksums(&object.details, input.checksum_mode.is_some(), content_range.is_some());
    let partial = content_range.is_some();
    let version_id = core.store.shown_version(&input.bucket, object.details.version_id());
    let facts = object.details.facts;
    let content_type = input.response_content_type.or(facts.content_type);
    let output = HeadObjectOutput {
        version_id,
        accept_ranges: Some("bytes".to_owned()),
        cache_control: input.response_cache_control.or(facts.cache_control),
        content_disposition: input.response_content_disposition.or(facts.content_disposition),
        content_encoding: input.response_content_encoding.or(facts.content_encoding),
        content_language: input.response_content_language.or(facts.content_language),
        content_length: i64::try_from(range.end - range.start).ok(),
        content_range,
        content_type: Some(content_type.unwrap_or_else(|| DEFAULT_CONTENT_TYPE.to_owned())),
        e_tag: Some(ETag::Strong(object.etag)),
        expires: expires(facts.expires),
        last_modified: Some(stamp(object.modified)),
        metadata: Some(facts.metadata.into_iter().collect()),
        ..Default::default()
    };
    let mut response = S3Response::with_headers(output, checksums);
    response.status = partial.then_some(StatusCode::PARTIAL_CONTENT);
    Ok(response)
}

/// Refuses requests for a single part, which are not supported.
fn whole_objects_only(part_number: Option<i32>) -> S3Result<()> {
    if part_number.is_some() {
        return Err(s3_error!(NotImplemented, "The local store does not support GET by part number"));
    }
    Ok(())
}

/// The bytes to send, and the `Content-Range` if a range was requested.
fn range(asked: Option<Range>, size: u64) -> S3Result<(std::ops::Range<u64>, Option<String>)> {
    let Some(asked) = asked else { return Ok((0..size, None)) };
    let range =
        asked.check(size).map_err(|_| s3_error!(InvalidRange, "The requested range is not satisfiable"))?;
    let text = format!("bytes {}-{}/{size}", range.start, range.end.saturating_sub(1));
    Ok((range, Some(text)))
}
