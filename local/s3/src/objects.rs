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
use super::store::Removal;

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
    let version_id = core.run(move |core| {
        let body = vec![received.segment()];
        let details = Details { facts, checksums: received.checksums, body, version: None };
        let object = Object { size: received.size, etag: received.etag, modified: change.at, details };
        let (replaced, version) = core.store.put(&change, object, &condition)?;
        received.file.keep();
        core.after_commit(&replaced);
        Ok(version)
    });
    let version_id = version_id.await?;
    let output = PutObjectOutput { e_tag: Some(ETag::Strong(etag)), version_id, ..Default::default() };
    Ok(S3Response::with_headers(output, checksums.to_headers()))
}

pub(super) async fn delete(
    core: &Arc<Core>,
    mut request: S3Request<DeleteObjectInput>,
) -> S3Result<S3Response<DeleteObjectOutput>> {
    core.require_bucket(&request.input.bucket)?;
    let condition = WriteCondition::new(request.input.if_match.take(), None)?;
    let change = Change::new(&request, &request.input.bucket, &request.input.key, "ObjectRemoved:Delete");
    let version = request.input.version_id.take();
    let removal = core.run(move |core| {
        let removal = match version {
            Some(version) => core.store.remove_version(&change, &version)?,
            None => core.store.remove(&change, &condition)?,
        };
        core.after_commit(&removal.unused);
        Ok(removal)
    });
    let Removal { version, is_marker, .. } = removal.await?;
    let output = DeleteObjectOutput {
        delete_marker: is_marker.then_some(true),
        version_id: version,
        ..Default::default()
    };
    Ok(S3Response::new(output))
}

/// S3's maximum number of keys in one `DeleteObjects`.
const MAX_DELETED: usize = 1000;

pub(super) async fn delete_many(
    core: &Arc<Core>,
    request: S3Request<DeleteObjectsInput>,
) -> S3Result<S3Response<DeleteObjectsOutput>> {
    let DeleteObjectsInput { bucket, delete, .. } = &request.input;
    core.require_bucket(bucket)?;
    if delete.objects.iter().any(|object| object.version_id.is_some()) {
        return Err(s3_error!(NotImplemented, "The local store does not delete versions in one request"));
    }
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
                let Removal { unused, version, is_marker } =
                    core.store.remove(&change, &WriteCondition::default())?;
                core.after_commit(&unused);
                deleted.push(DeletedObject {
                    key: Some(change.key),
                    delete_marker: is_marker.then_some(true),
                    delete_marker_version_id: version,
                    ..Default::default()
                });
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
    let source = find(core, &request.extensions, bucket, key, None).await?;
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
    let details = Details { facts, checksums: source.details.checksums, body, version: None };
    let object = Object { details, modified: change.at, ..source };
    let (replaced, _) = core.store.put(change, object, &WriteCondition::default())?;
    for file in files {
        file.keep();
    }
    core.after_commit(&replaced);
    Ok(())
}
