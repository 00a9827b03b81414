//! Listings of versions and delete markers.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html>

use std::sync::Arc;

use s3s::dto::{
    DeleteMarkerEntry, ETag, ListObjectVersionsInput, ListObjectVersionsOutput, ObjectVersion,
    ObjectVersionStorageClass,
};
use s3s::{S3Request, S3Response, S3Result, s3_error};

use super::core::Core;
use super::listing::page_size;
use super::reading::stamp;

pub(super) async fn versions(
    core: &Arc<Core>,
    request: S3Request<ListObjectVersionsInput>,
) -> S3Result<S3Response<ListObjectVersionsOutput>> {
    let input = request.input;
    core.require_bucket(&input.bucket)?;
    if input.delimiter.is_some() || input.encoding_type.is_some() {
        return Err(s3_error!(
            NotImplemented,
            "The local store supports neither a delimiter nor an encoding for versions"
        ));
    }
    let limit = page_size(input.max_keys)?;
    let (bucket, prefix) = (input.bucket.clone(), input.prefix.clone().unwrap_or_default());
    let mut versions = core.run(move |core| core.store.versions(&bucket, &prefix)).await?;
    if let Some(after) = &input.key_marker {
        // Without the id of a version, the listing continues after all versions of the key.
        let last = versions.iter().position(|version| {
            version.key == *after && Some(&version.id) == input.version_id_marker.as_ref()
        });
        versions = match last {
            Some(last) => versions.split_off(last + 1),
            None => versions.into_iter().filter(|version| version.key > *after).collect(),
        };
    }
    let limit_reached = versions.len() > usize::try_from(limit).unwrap_or_default();
    versions.truncate(usize::try_from(limit).unwrap_or_default());
    let mut output = ListObjectVersionsOutput {
        name: Some(input.bucket),
        prefix: input.prefix,
        key_marker: Some(input.key_marker.unwrap_or_default()),
        version_id_marker: Some(input.version_id_marker.unwrap_or_default()),
        max_keys: Some(limit),
        is_truncated: Some(limit_reached),
        ..Default::default()
    };
    if let Some(last) = versions.last().filter(|_| limit_reached) {
        output.next_key_marker = Some(last.key.clone());
        output.next_version_id_marker = Some(last.id.clone());
    }
    let (mut objects, mut markers) = (Vec::new(), Vec::new());
    for version in versions {
        let (key, id) = (Some(version.key), Some(version.id));
        let (is_latest, modified) = (Some(version.is_latest), Some(stamp(version.modified)));
        match version.object {
            Some((size, etag)) => objects.push(ObjectVersion {
                key,
                version_id: id,
                is_latest,
                last_modified: modified,
                size: i64::try_from(size).ok(),
                e_tag: Some(ETag::Strong(etag)),
                storage_class: Some(ObjectVersionStorageClass::from_static(
                    ObjectVersionStorageClass::STANDARD,
                )),
                ..Default::default()
            }),
            None => markers.push(DeleteMarkerEntry {
                key,
                version_id: id,
                is_latest,
                last_modified: modified,
                ..Default::default()
            }),
        }
    }
    output.versions = Some(objects);
    output.delete_markers = Some(markers);
    Ok(S3Response::new(output))
}
