//! Multipart uploads (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html>).

use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use futures_util::future::try_join_all;
use jiff::Timestamp;
use serde::Serialize;

use satchel_model::Upload;
use satchel_model::clock::later;

use crate::presign::{SignedUrl, for_seconds};
use crate::{ObjectError, Objects};

/// S3's code for an upload that has been completed or aborted.
const NO_SUCH_UPLOAD: &str = "NoSuchUpload";

/// A part that S3 has stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredPart {
    /// The number of the part, from 1.
    pub number: u64,
    /// Size in bytes.
    pub size: u64,
    /// The `ETag` header of the response to the part's PUT, with its quotes.
    pub etag: String,
}

/// The result of completing a multipart upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completed {
    Now,
    /// The upload was completed or aborted before, or the object already exists.
    Before,
    /// A part was sent again or is missing since the parts were listed.
    Changed,
}

impl Objects {
    /// Begins a multipart upload of `file` and returns S3's id for it.
    ///
    /// # Errors
    /// If S3 does not answer.
    pub async fn begin_parts(&self, file: &Upload) -> Result<String, ObjectError> {
        let request = self.client.create_multipart_upload().bucket(&self.originals).key(file.key());
        let answer = request.content_type(file.content_type.as_str()).send().await?;
        answer.upload_id.ok_or_else(|| ObjectError::new("an upload without id"))
    }

    /// Signs a URL for the PUT of part `number` of `file`, which has exactly `length` bytes.
    ///
    /// # Errors
    /// If the SDK cannot sign it.
    pub async fn sign_part(
        &self,
        file: &Upload,
        upload_id: &str,
        number: u64,
        length: u64,
        now: Timestamp,
    ) -> Result<SignedUrl, ObjectError> {
        let request = self.client.upload_part().bucket(&self.originals).key(file.key()).upload_id(upload_id);
        let request = request.part_number(i32::try_from(number).map_err(ObjectError::new)?);
        let request = request.content_length(i64::try_from(length).map_err(ObjectError::new)?);
        let signed = request.presigned(for_seconds(self.part_seconds, now)?).await?;
        Ok(SignedUrl { url: signed.uri().to_owned(), expires_at: later(now, self.part_seconds) })
    }

    /// Lists the parts that S3 has stored, in order; `None` if the upload no longer exists.
    ///
    /// # Errors
    /// If S3 does not answer.
    pub async fn parts(
        &self,
        file: &Upload,
        upload_id: &str,
    ) -> Result<Option<Vec<StoredPart>>, ObjectError> {
        let request = self.client.list_parts().bucket(&self.originals).key(file.key()).upload_id(upload_id);
        let mut pages = request.into_paginator().send();
        let mut parts = Vec::new();
        while let Some(page) = pages.next().await {
            let page = match page {
                Err(error) if error.code() == Some(NO_SUCH_UPLOAD) => return Ok(None),
                page => page?,
            };
            parts.extend(page.parts.unwrap_or_default().into_iter().map(|part| StoredPart {
                number: part.part_number.unwrap_or_default().unsigned_abs().into(),
                size: part.size.unwrap_or_default().unsigned_abs(),
                etag: part.e_tag.unwrap_or_default(),
            }));
        }
        Ok(Some(parts))
    }

    /// Combines `parts` into one object, unless the object already exists.
    ///
    /// # Errors
    /// If S3 does not answer.
    pub async fn complete_parts(
        &self,
        file: &Upload,
        upload_id: &str,
        parts: &[StoredPart],
    ) -> Result<Completed, ObjectError> {
        let part = |part: &StoredPart| {
            let number = i32::try_from(part.number).map_err(ObjectError::new)?;
            Ok(CompletedPart::builder().part_number(number).e_tag(&part.etag).build())
        };
        let parts = parts.iter().map(part).collect::<Result<_, ObjectError>>()?;
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let request = self.client.complete_multipart_upload().bucket(&self.originals).key(file.key());
        let request = request.upload_id(upload_id).if_none_match("*").multipart_upload(parts);
        match request.send().await {
            Ok(_) => Ok(Completed::Now),
            Err(error) => match error.code() {
                Some(NO_SUCH_UPLOAD | "PreconditionFailed") => Ok(Completed::Before),
                Some("InvalidPart" | "InvalidPartOrder") => Ok(Completed::Changed),
                _ => Err(error.into()),
            },
        }
    }

    /// Aborts the multipart upload recorded in `file`, if there is one.
    ///
    /// S3 then deletes its parts, and its URLs store nothing any more.
    ///
    /// # Errors
    /// If S3 does not answer.
    pub async fn abort_parts(&self, file: &Upload) -> Result<(), ObjectError> {
        match file.multipart.as_ref().and_then(|parts| parts.upload_id.as_deref()) {
            Some(upload_id) => self.abort(&file.key(), upload_id).await,
            None => Ok(()),
        }
    }

    /// Aborts every multipart upload to `key`, including one begun by a function that ended before it could
    /// record the upload.
    ///
    /// # Errors
    /// If S3 does not answer.
    pub async fn abort_all_parts(&self, key: &str) -> Result<(), ObjectError> {
        // All keys have the same length, so that no key is the prefix of another; and few uploads share a
        // key.
        let request = self.client.list_multipart_uploads().bucket(&self.originals).prefix(key);
        let uploads = request.send().await?.uploads.unwrap_or_default();
        let ids = uploads.iter().filter_map(|upload| upload.upload_id.as_deref());
        try_join_all(ids.map(|upload_id| self.abort(key, upload_id))).await.map(drop)
    }

    pub(crate) async fn abort(&self, key: &str, upload_id: &str) -> Result<(), ObjectError> {
        let request = self.client.abort_multipart_upload().bucket(&self.originals).key(key);
        match request.upload_id(upload_id).send().await {
            Err(error) if error.code() != Some(NO_SUCH_UPLOAD) => Err(error.into()),
            _ => Ok(()),
        }
    }
}
