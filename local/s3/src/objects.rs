//! Writes single objects: PUT, copy and deletion.

use std::sync::Arc;

use s3s::dto::{
    CopyObjectInput, CopyObjectOutput, CopyObjectResult, CopySource, DeleteObjectInput, DeleteObjectOutput,
    DeleteObjectsInput, DeleteObjectsOutput, DeletedObject, ETag, MetadataDirective, PutObjectInput,
    PutObjectOutput,
};
use s3s::{S3Request, S3Response, S3Result, s3_error};

use super::body::receive;
use super::checksums::DeclaredChecksums;
use super::conditional::{WriteCondition, matches};
use super::core::Core;
use super::errors::{StoreError, precondition_failed};
use super::events::Change;
use super::reading::{find, stamp};
use super::record::{Details, Object, ObjectMetadata, Segment};

pub(super) async fn put(
    core: &Arc<Core>,
    mut request: S3Request<PutObjectInput>,
) -> S3Result<S3Response<PutObjectOutput>> {
    core.require_bucket(&request.input.bucket)?;
    let input = &mut request.input;
    let condition = WriteCondition::new(input.if_match.take(), input.if_none_match.take())?;
    let facts = ObjectMetadata::from_headers(&request.headers)?;
    let declared = DeclaredChecksums::new(&request.headers, request.trailing_headers.take())?;
    let received =
        receive(&core.files, request.input.body.take(), request.input.content_length, &declared).await?;
    let change = Change::new(&request, &request.input.bucket, &request.input.key, "ObjectCreated:Put");
    let etag = received.etag.clone();
    let checksums = received.checksums.clone();
    core.run(move |core| {
        let body = vec![received.segment()];
        let details = Details { facts, checksums: received.checksums, body };
        let object = Object { size: received.size, etag: received.etag, modified: change.at, details };
        let replaced = core.store.put(&change, &object, &condition)?;
        received.file.keep();
        core.after_commit(&replaced);
        Ok(())
    })
    .await?;
    let output = PutObjectOutput { e_tag: Some(ETag::Strong(etag)), ..Default::default() };
    Ok(S3Response::with_headers(output, checksums.to_headers()))
}

pub(super) async fn delete(
    core: &Arc<Core>,
    mut request: S3Request<DeleteObjectInput>,
) -> S3Result<S3Response<DeleteObjectOutput>> {
    core.require_bucket(&request.input.bucket)?;
    let condition = WriteCondition::new(request.input.if_match.take(), None)?;
    let change = Change::new(&request, &request.input.bucket, &request.input.key, "ObjectRemoved:Delete");
    core.run(move |core| {
        core.after_commit(&core.store.remove(&change, &condition)?);
        Ok(())
    })
    .await?;
    Ok(S3Response::new(DeleteObjectOutput::default()))
}

/// S3's maximum number of keys in one `DeleteObjects`.
const MAX_DELETED: usize = 1000;

pub(super) async fn delete_many(
    core: &Arc<Core>,
    request: S3Request<DeleteObjectsInput>,
) -> S3Result<S3Response<DeleteObjectsOutput>> {
    let DeleteObjectsInput { bucket, delete, .. } = &request.input;
    core.require_bucket(bucket)?;
    if delete.objects.is_empty() || delete.objects.len() > MAX_DELETED {
        return Err(s3_error!(MalformedXML));
    }
    let changes: Vec<Change> = delete
        .objects
        .iter()
        .map(|object| Change::new(&request, bucket, &object.key, "ObjectRemoved:Delete"))
        .collect();
    let quiet = delete.quiet == Some(true);
    let deleted = core
        .run(move |core| {
            let mut deleted = Vec::new();
            for change in changes {
                core.after_commit(&core.store.remove(&change, &WriteCondition::default())?);
                deleted.push(DeletedObject { key: Some(change.key), ..Default::default() });
            }
            Ok(deleted)
        })
        .await?;
    let deleted = if quiet { None } else { Some(deleted) };
    Ok(S3Response::new(DeleteObjectsOutput { deleted, ..Default::default() }))
}

pub(super) async fn copy(
    core: &Arc<Core>,
    request: S3Request<CopyObjectInput>,
) -> S3Result<S3Response<CopyObjectOutput>> {
    let input = &request.input;
    core.require_bucket(&input.bucket)?;
    let CopySource::Bucket { bucket, key, version_id: None } = &input.copy_source else {
        return Err(s3_error!(
            NotImplemented,
            "The local store only supports bucket/key as the source of a copy"
        ));
    };
    let facts = match &input.metadata_directive {
        Some(directive) if directive.as_str() == MetadataDirective::REPLACE => {
            Some(ObjectMetadata::from_headers(&request.headers)?)
        }
        _ if **bucket == *input.bucket && **key == *input.key => {
            return Err(s3_error!(
                InvalidRequest,
                "This copy request is illegal because it is trying to copy an object to itself without changing \
                 the object's metadata."
            ));
        }
        _ => None,
    };
    let source = find(core, &request.extensions, bucket, key).await?;
    let unwanted = input.copy_source_if_none_match.as_ref().is_some_and(|etag| matches(etag, &source.etag));
    let wanted = input.copy_source_if_match.as_ref().is_none_or(|etag| matches(etag, &source.etag));
    if unwanted || !wanted {
        return Err(precondition_failed());
    }
    let change = Change::new(&request, &input.bucket, &input.key, "ObjectCreated:Copy");
    let result = CopyObjectResult {
        e_tag: Some(ETag::Strong(source.etag.clone())),
        last_modified: Some(stamp(change.at)),
        ..Default::default()
    };
    core.run(move |core| duplicate(core, source, facts, &change)).await?;
    Ok(S3Response::new(CopyObjectOutput { copy_object_result: Some(result), ..Default::default() }))
}

fn duplicate(
    core: &Core,
    source: Object,
    facts: Option<ObjectMetadata>,
    change: &Change,
) -> Result<(), StoreError> {
    let mut files = Vec::new();
    let mut body = Vec::new();
    for segment in &source.details.body {
        let file = core.files.duplicate(segment)?;
        body.push(Segment { file: file.name().to_owned(), size: segment.size });
        files.push(file);
    }
    let facts = facts.unwrap_or(source.details.facts);
    let details = Details { facts, checksums: source.details.checksums, body };
    let object = Object { details, modified: change.at, ..source };
    let replaced = core.store.put(change, &object, &WriteCondition::default())?;
    for file in files {
        file.keep();
    }
    core.after_commit(&replaced);
    Ok(())
}
