//! Multipart uploads. An upload belongs to its key, so any signer with the permission may continue it.

use std::sync::Arc;

use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, CompleteMultipartUploadInput,
    CompleteMultipartUploadOutput, CompletedPart, CreateMultipartUploadInput, CreateMultipartUploadOutput,
    ETag, UploadPartInput, UploadPartOutput,
};
use s3s::{S3Request, S3Response, S3Result, s3_error};
use uuid::Uuid;

use super::body::receive;
use super::checksums::{Checksums, DeclaredChecksums, multipart_etag};
use super::conditional::WriteCondition;
use super::core::Core;
use super::errors::StoreError;
use super::events::Change;
use super::record::{Details, Object, ObjectMetadata, Part, Upload};

/// The minimum size of every part but the last, in bytes.
const MIN_PART: u64 = 5 * 1024 * 1024;
const MAX_PART_NUMBER: i32 = 10_000;

pub(super) async fn create(
    core: &Arc<Core>,
    request: S3Request<CreateMultipartUploadInput>,
) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
    let CreateMultipartUploadInput { bucket, key, .. } = request.input;
    core.require_bucket(&bucket)?;
    let facts = ObjectMetadata::from_headers(&request.headers)?;
    let upload =
        Upload { id: Uuid::now_v7().simple().to_string(), key, initiated: local_common::clock::now() };
    let output = CreateMultipartUploadOutput {
        bucket: Some(bucket.clone()),
        key: Some(upload.key.clone()),
        upload_id: Some(upload.id.clone()),
        ..Default::default()
    };
    core.run(move |core| core.store.begin_upload(&bucket, &upload, &facts)).await?;
    Ok(S3Response::new(output))
}

pub(super) async fn upload_part(
    core: &Arc<Core>,
    mut request: S3Request<UploadPartInput>,
) -> S3Result<S3Response<UploadPartOutput>> {
    core.require_bucket(&request.input.bucket)?;
    let number = request.input.part_number;
    if !(1..=MAX_PART_NUMBER).contains(&number) {
        return Err(s3_error!(
            InvalidArgument,
            "Part number must be an integer between 1 and {MAX_PART_NUMBER}, inclusive"
        ));
    }
    let declared = DeclaredChecksums::new(&request.headers, request.trailing_headers.take())?;
    let received =
        receive(&core.files, request.input.body.take(), request.input.content_length, &declared).await?;
    let UploadPartInput { bucket, key, upload_id, .. } = request.input;
    let etag = received.etag.clone();
    let checksums = received.checksums.clone();
    core.run(move |core| {
        let segment = received.segment();
        let modified = local_common::clock::now();
        let part = Part { number, segment, etag: received.etag, modified, checksums: received.checksums };
        let replaced = core.store.put_part(&bucket, &key, &upload_id, &part)?;
        received.file.keep();
        core.files.remove(&replaced);
        Ok(())
    })
    .await?;
    let output = UploadPartOutput { e_tag: Some(ETag::Strong(etag)), ..Default::default() };
    Ok(S3Response::with_headers(output, checksums.to_headers()))
}

pub(super) async fn complete(
    core: &Arc<Core>,
    mut request: S3Request<CompleteMultipartUploadInput>,
) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
    core.require_bucket(&request.input.bucket)?;
    let input = &mut request.input;
    let condition = WriteCondition::new(input.if_match.take(), input.if_none_match.take())?;
    let asked = input.multipart_upload.take().and_then(|upload| upload.parts).unwrap_or_default();
    let change = Change::new(
        &request,
        &request.input.bucket,
        &request.input.key,
        "ObjectCreated:CompleteMultipartUpload",
    );
    let CompleteMultipartUploadInput { bucket, key, upload_id, mpu_object_size, .. } = request.input;
    let (etag, version_id) = core
        .run(move |core| {
            let assemble = |facts, held: &[Part]| assemble(&asked, held, facts, mpu_object_size, change.at);
            let (object, unused, version) = core.store.complete(&change, &upload_id, &condition, assemble)?;
            core.after_commit(&unused);
            Ok((object.etag, version))
        })
        .await?;
    Ok(S3Response::new(CompleteMultipartUploadOutput {
        location: Some(format!("{}/{bucket}/{key}", core.url)),
        bucket: Some(bucket),
        key: Some(key),
        e_tag: Some(ETag::Strong(etag)),
        version_id,
        ..Default::default()
    }))
}

/// Combines the parts in `asked`, out of the uploaded parts `held`, into an object.
fn assemble(
    asked: &[CompletedPart],
    held: &[Part],
    facts: ObjectMetadata,
    declared_size: Option<i64>,
    modified: jiff::Timestamp,
) -> Result<Object, StoreError> {
    let parts = requested_parts(asked, held)?;
    if let Some(small) = parts.iter().rev().skip(1).find(|part| part.segment.size < MIN_PART) {
        return Err(s3_error!(
            EntityTooSmall,
            "Your proposed upload is smaller than the minimum allowed size (part {})",
            small.number
        )
        .into());
    }
    let size = parts.iter().map(|part| part.segment.size).sum();
    if declared_size.is_some_and(|declared| u64::try_from(declared) != Ok(size)) {
        return Err(s3_error!(
            InvalidRequest,
            "The provided 'x-amz-mp-object-size' header does not match what was computed"
        )
        .into());
    }
    let body = parts.iter().map(|part| part.segment.clone()).collect();
    let etag = multipart_etag(parts.iter().map(|part| part.etag.as_str()));
    Ok(Object {
        size,
        etag,
        modified,
        details: Details { facts, checksums: Checksums::default(), body, version: None },
    })
}

/// The requested parts. Each must have been uploaded and have the `ETag` in the request.
fn requested_parts<'a>(asked: &[CompletedPart], held: &'a [Part]) -> S3Result<Vec<&'a Part>> {
    if asked.is_empty() {
        return Err(s3_error!(
            MalformedXML,
            "The XML you provided was not well-formed or did not validate against our published schema"
        ));
    }
    let mut parts = Vec::with_capacity(asked.len());
    let mut last = 0;
    for part in asked {
        let number = part.part_number.unwrap_or_default();
        if number <= last {
            return Err(s3_error!(
                InvalidPartOrder,
                "The list of parts was not in ascending order. Parts must be ordered by part number."
            ));
        }
        last = number;
        let etag = part.e_tag.as_ref().map(ETag::value);
        let found = held.binary_search_by_key(&number, |part| part.number).ok().map(|at| &held[at]);
        let Some(found) = found.filter(|found| etag == Some(found.etag.as_str())) else {
            return Err(s3_error!(
                InvalidPart,
                "One or more of the specified parts could not be found. The part may not have been uploaded, or the \
                 specified entity tag may not match the part's entity tag: part {number}"
            ));
        };
        parts.push(found);
    }
    Ok(parts)
}

pub(super) async fn abort(
    core: &Arc<Core>,
    request: S3Request<AbortMultipartUploadInput>,
) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
    let AbortMultipartUploadInput { bucket, key, upload_id, .. } = request.input;
    core.require_bucket(&bucket)?;
    core.run(move |core| {
        core.files.remove(&core.store.abort(&bucket, &key, &upload_id)?);
        Ok(())
    })
    .await?;
    Ok(S3Response::new(AbortMultipartUploadOutput::default()))
}
