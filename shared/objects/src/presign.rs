//! Signed URLs, by which a caller's client accesses S3 directly.

use std::time::Duration;

use aws_sdk_s3::presigning::PresigningConfig;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Serialize;

use satchel_api::{UploadForm, origin};
use satchel_model::clock::later;
use satchel_model::{Rendition, Upload, served_inline};

use crate::disposition::content_disposition;
use crate::{ObjectError, Objects};

const CHECKSUM: &str = "x-amz-checksum-sha256";

/// A URL that is valid until `expires_at`.
#[derive(Debug, Clone, Serialize)]
pub struct SignedUrl {
    pub url: String,
    pub expires_at: Timestamp,
}

/// How a browser is to show a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Download {
    /// In the browser if its type is safe, else as an attachment.
    View,
    /// Always as an attachment.
    Save,
}

impl Objects {
    /// Signs a URL for the PUT of `upload`.
    ///
    /// The size, the type and the condition that no object exists are part of the signature, so that S3
    /// itself refuses anything else.
    ///
    /// # Errors
    /// If the SDK cannot sign it.
    pub async fn sign_upload(&self, upload: &Upload, now: Timestamp) -> Result<UploadForm, ObjectError> {
        let request = self
            .client
            .put_object()
            .bucket(&self.originals)
            .key(upload.key())
            .content_type(upload.content_type.as_str())
            .content_length(i64::try_from(upload.size).map_err(ObjectError::new)?)
            .if_none_match("*")
            .set_checksum_sha256(upload.sha256.as_deref().and_then(base64_of_hex));
        let signed = request.presigned(for_seconds(self.upload_seconds, now)?).await?;
        // The SDK also lists unsigned headers, such as the trace id of this invocation.
        let headers =
            signed.headers().filter(|(name, _)| ["content-type", "if-none-match", CHECKSUM].contains(name));
        Ok(UploadForm {
            method: "PUT",
            url: signed.uri().to_owned(),
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            expires_at: later(now, self.upload_seconds),
        })
    }

    /// Signs a URL for the GET of `upload`, which serves it under its own file name.
    ///
    /// # Errors
    /// If the SDK cannot sign it.
    pub async fn sign_original(
        &self,
        upload: &Upload,
        download: Download,
        now: Timestamp,
    ) -> Result<SignedUrl, ObjectError> {
        self.sign_original_for(self.download_seconds, upload, download, now).await
    }

    /// Signs a URL for the GET of `upload` by a visitor of a share link; it expires sooner than an owner's
    /// URL.
    ///
    /// # Errors
    /// If the SDK cannot sign it.
    pub async fn sign_shared(&self, upload: &Upload, now: Timestamp) -> Result<SignedUrl, ObjectError> {
        self.sign_original_for(self.share_seconds, upload, Download::View, now).await
    }

    /// Like [`sign_shared`](Self::sign_shared), but for a HEAD, because the method is part of the signature.
    ///
    /// # Errors
    /// If the SDK cannot sign it.
    pub async fn sign_shared_head(&self, upload: &Upload, now: Timestamp) -> Result<SignedUrl, ObjectError> {
        let (media_type, disposition) = shown(upload, Download::View);
        let request = self.client.head_object().bucket(&self.originals).key(upload.key());
        let request = request.response_content_type(media_type).response_content_disposition(disposition);
        let signed = request.presigned(for_seconds(self.share_seconds, now)?).await?;
        Ok(SignedUrl { url: signed.uri().to_owned(), expires_at: later(now, self.share_seconds) })
    }

    /// The origin of the signed URLs of originals: `https://<bucket>.s3.<region>.amazonaws.com`, or the S3 of
    /// the local stack.
    ///
    /// It is taken from a signed URL, so that it is always the origin that the SDK signs for.
    ///
    /// # Errors
    /// If the SDK cannot sign a URL.
    pub async fn originals_origin(&self, now: Timestamp) -> Result<String, ObjectError> {
        let request = self.client.get_object().bucket(&self.originals).key("-");
        let signed = request.presigned(for_seconds(self.share_seconds, now)?).await?;
        Ok(origin(signed.uri()).to_owned())
    }

    async fn sign_original_for(
        &self,
        seconds: i64,
        upload: &Upload,
        download: Download,
        now: Timestamp,
    ) -> Result<SignedUrl, ObjectError> {
        let (media_type, disposition) = shown(upload, download);
        let request = self.client.get_object().bucket(&self.originals).key(upload.key());
        let request = request.response_content_type(media_type).response_content_disposition(disposition);
        let signed = request.presigned(for_seconds(seconds, now)?).await?;
        Ok(SignedUrl { url: signed.uri().to_owned(), expires_at: later(now, seconds) })
    }

    /// Signs a URL for the GET of a thumbnail of `upload`.
    ///
    /// # Errors
    /// If the SDK cannot sign it.
    pub async fn sign_rendition(
        &self,
        upload: &Upload,
        rendition: &Rendition,
        now: Timestamp,
    ) -> Result<SignedUrl, ObjectError> {
        self.sign_rendition_for(self.download_seconds, upload, rendition, now).await
    }

    /// Signs a URL for the GET of a thumbnail by a visitor of a share link; it expires sooner than an owner's
    /// URL.
    ///
    /// # Errors
    /// If the SDK cannot sign it.
    pub async fn sign_shared_rendition(
        &self,
        upload: &Upload,
        rendition: &Rendition,
        now: Timestamp,
    ) -> Result<SignedUrl, ObjectError> {
        self.sign_rendition_for(self.share_seconds, upload, rendition, now).await
    }

    async fn sign_rendition_for(
        &self,
        seconds: i64,
        upload: &Upload,
        rendition: &Rendition,
        now: Timestamp,
    ) -> Result<SignedUrl, ObjectError> {
        let request = self.client.get_object().bucket(&self.renditions).key(upload.rendition_key(rendition));
        let signed = request.presigned(for_seconds(seconds, now)?).await?;
        Ok(SignedUrl { url: signed.uri().to_owned(), expires_at: later(now, seconds) })
    }
}

/// The Content-Type and Content-Disposition with which S3 is to serve `upload`.
fn shown(upload: &Upload, download: Download) -> (&str, String) {
    let media_type = upload.content_type.as_str();
    let inline = served_inline(media_type);
    let disposition = content_disposition(inline && download == Download::View, upload.filename.as_str());
    (if inline { media_type } else { "application/octet-stream" }, disposition)
}

pub(crate) fn for_seconds(seconds: i64, now: Timestamp) -> Result<PresigningConfig, ObjectError> {
    let expires = Duration::from_secs(seconds.unsigned_abs());
    let config = PresigningConfig::builder().expires_in(expires).start_time(now.into());
    config.build().map_err(ObjectError::new)
}

/// Converts a hexadecimal SHA-256 to base64, the format that S3 expects.
fn base64_of_hex(hex: &str) -> Option<String> {
    let bytes: Option<Vec<u8>> =
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()).collect();
    bytes.map(|bytes| STANDARD.encode(bytes))
}
