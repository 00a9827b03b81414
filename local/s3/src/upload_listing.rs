//! Listings of parts and of unfinished uploads.

use std::sync::Arc;

use s3s::dto::{
    ETag, ListMultipartUploadsInput, ListMultipartUploadsOutput, ListPartsInput, ListPartsOutput,
    MultipartUpload, Part,
};
use s3s::{S3Request, S3Response, S3Result, s3_error};

use super::core::Core;
use super::listing::page_size;
use super::reading::stamp;

pub(super) async fn parts(
    core: &Arc<Core>,
    request: S3Request<ListPartsInput>,
) -> S3Result<S3Response<ListPartsOutput>> {
    let ListPartsInput { bucket, key, upload_id, max_parts, part_number_marker, .. } = request.input;
    core.require_bucket(&bucket)?;
    let limit = page_size(max_parts)?;
    let wanted = usize::try_from(limit).unwrap_or_default();
    let after = part_number_marker.unwrap_or_default();
    let mut output = ListPartsOutput {
        bucket: Some(bucket.clone()),
        key: Some(key.clone()),
        upload_id: Some(upload_id.clone()),
        max_parts: Some(limit),
        part_number_marker: Some(after),
        ..Default::default()
    };
    let mut parts =
        core.run(move |core| core.store.parts(&bucket, &key, &upload_id, after, wanted + 1)).await?;
    output.is_truncated = Some(parts.len() > wanted);
    parts.truncate(wanted);
    output.next_part_number_marker = parts.last().map(|part| part.number);
    let shown = parts.into_iter().map(|part| Part {
        part_number: Some(part.number),
        size: i64::try_from(part.segment.size).ok(),
        e_tag: Some(ETag::Strong(part.etag)),
        last_modified: Some(stamp(part.modified)),
        ..Default::default()
    });
    output.parts = Some(shown.collect());
    Ok(S3Response::new(output))
}

pub(super) async fn uploads(
    core: &Arc<Core>,
    request: S3Request<ListMultipartUploadsInput>,
) -> S3Result<S3Response<ListMultipartUploadsOutput>> {
    let input = request.input;
    core.require_bucket(&input.bucket)?;
    if input.delimiter.is_some() {
        return Err(s3_error!(NotImplemented, "The local store does not support a delimiter for uploads"));
    }
    let limit = page_size(input.max_uploads)?;
    let wanted = usize::try_from(limit).unwrap_or_default();
    let mut output = ListMultipartUploadsOutput {
        bucket: Some(input.bucket.clone()),
        prefix: input.prefix.clone(),
        max_uploads: Some(limit),
        key_marker: Some(input.key_marker.clone().unwrap_or_default()),
        upload_id_marker: Some(input.upload_id_marker.clone().unwrap_or_default()),
        ..Default::default()
    };
    let mut uploads = core
        .run(move |core| {
            let key = input.key_marker.unwrap_or_default();
            // Without an upload id, the listing continues after all uploads of the key.
            let id = input
                .upload_id_marker
                .unwrap_or_else(|| if key.is_empty() { String::new() } else { "~".into() });
            core.store.uploads(&input.bucket, &input.prefix.unwrap_or_default(), (&key, &id), wanted + 1)
        })
        .await?;
    output.is_truncated = Some(uploads.len() > wanted);
    uploads.truncate(wanted);
    if let (Some(true), Some(last)) = (output.is_truncated, uploads.last()) {
        output.next_key_marker = Some(last.key.clone());
        output.next_upload_id_marker = Some(last.id.clone());
    }
    let shown = uploads.into_iter().map(|upload| MultipartUpload {
        key: Some(upload.key),
        upload_id: Some(upload.id),
        initiated: Some(stamp(upload.initiated)),
        ..Default::default()
    });
    output.uploads = Some(shown.collect());
    Ok(S3Response::new(output))
}
