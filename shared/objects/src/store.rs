//! The two buckets: callers write originals, and only Satchel writes renditions.

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{Builder, RequestChecksumCalculation};
use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::primitives::ByteStream;
use aws_smithy_types::timeout::TimeoutConfig;
use futures_util::future::try_join_all;

use satchel_model::{FileId, MediaType, Rendition, Upload, VersionId};
use satchel_runtime::{StartError, Wired, Wiring};

use crate::ObjectError;
use crate::error::{is_absent, is_not_found, is_refused};

/// Objects take longer than records: a small function transfers up to 50 MiB.
const ATTEMPT: Duration = Duration::from_secs(10);
const OPERATION: Duration = Duration::from_secs(25);

/// Satchel's objects in S3.
#[derive(Clone)]
pub struct Objects {
    pub(crate) client: Client,
    pub(crate) originals: String,
    pub(crate) renditions: String,
    pub(crate) upload_seconds: i64,
    pub(crate) part_seconds: i64,
    pub(crate) download_seconds: i64,
    pub(crate) share_seconds: i64,
}

pub(crate) const ENDPOINT: &str = "AWS_ENDPOINT_URL_S3";

/// The bytes of an object or of its beginning.
#[derive(Debug, Clone)]
pub struct Found {
    pub bytes: Vec<u8>,
    /// Size of the whole object, in bytes.
    pub size: u64,
    /// S3's id of the object, if the bucket has versions.
    pub object: Option<String>,
}

impl Wired for Objects {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        let timeouts =
            TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).operation_timeout(OPERATION).build();
        let s3 = Builder::from(&wiring.sdk_config(ENDPOINT))
            .timeout_config(timeouts)
            // A checksum that is not required would be another header that callers must send.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .force_path_style(wiring.endpoint(ENDPOINT).is_some());
        Ok(Self {
            client: Client::from_conf(s3.build()),
            // Empty in the function that S3's events start: they name the bucket.
            originals: wiring.optional("ORIGINALS_BUCKET").unwrap_or_default(),
            renditions: wiring.text("RENDITIONS_BUCKET"),
            upload_seconds: wiring.parsed("UPLOAD_URL_SECONDS"),
            part_seconds: wiring.parsed("PART_URL_SECONDS"),
            download_seconds: wiring.parsed("DOWNLOAD_URL_SECONDS"),
            share_seconds: wiring.parsed("SHARE_URL_SECONDS"),
        })
    }
}

impl Objects {
    /// The same objects, with originals in another bucket.
    ///
    /// An event of S3 names its bucket. The function that handles it has no setting for it, because bucket and function
    /// would depend on each other.
    #[must_use]
    pub fn in_bucket(&self, originals: &str) -> Self {
        Self { originals: originals.to_owned(), ..self.clone() }
    }

    /// The longest validity of a URL that writes bytes, in seconds.
    #[must_use]
    pub fn longest_upload_url(&self) -> i64 {
        self.upload_seconds.max(self.part_seconds)
    }

    /// Stores the bytes of a form upload; does not overwrite an existing object.
    ///
    /// # Errors
    /// If S3 does not store them.
    pub async fn put_original(&self, upload: &Upload, bytes: Vec<u8>) -> Result<(), ObjectError> {
        self.put_content(&upload.key(), &upload.content_type, bytes).await
    }

    /// Like [`put_original`](Self::put_original), but for any key.
    ///
    /// # Errors
    /// If S3 does not store them.
    pub async fn put_content(
        &self,
        key: &str,
        content_type: &MediaType,
        bytes: Vec<u8>,
    ) -> Result<(), ObjectError> {
        let request = self.client.put_object().bucket(&self.originals).key(key);
        let request = request.content_type(content_type.as_str()).if_none_match("*");
        match request.body(ByteStream::from(bytes)).send().await {
            // A retry after a lost response finds the object that it stored before.
            Err(error) if error.code() == Some("PreconditionFailed") => Ok(()),
            Err(error) => Err(error.into()),
            Ok(_) => Ok(()),
        }
    }

    /// Stores a thumbnail. The same key always gets the same picture.
    ///
    /// # Errors
    /// If S3 does not store it.
    pub async fn put_rendition(
        &self,
        upload: &Upload,
        rendition: &Rendition,
        content_type: &str,
        bytes: Vec<u8>,
    ) -> Result<(), ObjectError> {
        let request = self.client.put_object().bucket(&self.renditions).key(upload.rendition_key(rendition));
        let request =
            request.content_type(content_type).cache_control("private, max-age=31536000, immutable");
        request.body(ByteStream::from(bytes)).send().await?;
        Ok(())
    }

    /// Reads the first `count` bytes of an original, or all of it; `None` only if S3 says that it does not
    /// exist.
    ///
    /// # Errors
    /// If S3 refuses or does not answer.
    pub async fn original(&self, key: &str, count: Option<u64>) -> Result<Option<Found>, ObjectError> {
        let range = count.map(|count| format!("bytes=0-{}", count.saturating_sub(1)));
        let request = self.client.get_object().bucket(&self.originals).key(key).set_range(range);
        let answer = match request.send().await {
            Err(error) if is_absent(&error) => return Ok(None),
            // S3 may refuse the read because of a policy although the object does not exist.
            Err(error) if is_refused(&error) && !self.exists(key).await? => return Ok(None),
            // The range of an empty object is invalid, because it has no first byte.
            Err(error) if error.code() == Some("InvalidRange") => {
                return Ok(Some(Found { bytes: Vec::new(), size: 0, object: None }));
            }
            answer => answer?,
        };
        let total = answer.content_range().and_then(|range| range.rsplit('/').next()?.parse().ok());
        // The id of an object that was stored while versioning was off or suspended is the text `null`.
        let object = answer.version_id.clone().filter(|id| id != "null");
        let bytes = answer.body.collect().await.map_err(ObjectError::new)?.to_vec();
        Ok(Some(Found { size: total.unwrap_or(bytes.len() as u64), bytes, object }))
    }

    /// Whether a thumbnail exists. A missing bucket looks like a missing thumbnail, so nothing may be deleted or rejected
    /// because of this answer.
    ///
    /// # Errors
    /// If S3 refuses or does not answer.
    pub async fn has_rendition(&self, upload: &Upload, rendition: &Rendition) -> Result<bool, ObjectError> {
        let key = upload.rendition_key(rendition);
        match self.client.head_object().bucket(&self.renditions).key(key).send().await {
            Err(error) if is_not_found(&error) => Ok(false),
            Err(error) => Err(error.into()),
            Ok(_) => Ok(true),
        }
    }

    /// Deletes an original; succeeds if it does not exist.
    ///
    /// # Errors
    /// If S3 does not answer.
    pub async fn delete_original(&self, key: &str) -> Result<(), ObjectError> {
        self.client.delete_object().bucket(&self.originals).key(key).send().await?;
        Ok(())
    }

    /// Deletes every version and every thumbnail of `upload` and aborts its multipart upload, all in
    /// parallel.
    ///
    /// # Errors
    /// If S3 does not answer; deletions until then remain.
    pub async fn delete(&self, upload: &Upload) -> Result<(), ObjectError> {
        self.delete_versions(upload, &upload.versions().collect::<Vec<_>>()).await
    }

    /// Like [`delete`](Self::delete), but of the contents only those of `versions`.
    ///
    /// # Errors
    /// If S3 does not answer; deletions until then remain.
    pub async fn delete_versions(&self, upload: &Upload, versions: &[VersionId]) -> Result<(), ObjectError> {
        let thumbnails = upload.picture.iter().flat_map(|picture| &picture.renditions);
        let thumbnails =
            thumbnails.map(|rendition| self.delete_rendition(upload.id, upload.version, rendition));
        let (contents, thumbnails, parts) = futures_util::join!(
            self.delete_contents(upload, versions),
            try_join_all(thumbnails),
            self.abort_parts(upload),
        );
        contents.and(thumbnails.map(drop)).and(parts)
    }

    /// Deletes some versions of the content of `upload`, in parallel.
    ///
    /// # Errors
    /// If S3 does not answer; deletions until then remain.
    pub async fn delete_contents(&self, upload: &Upload, versions: &[VersionId]) -> Result<(), ObjectError> {
        let delete = async |version: &VersionId| self.delete_original(&upload.key_of(*version)).await;
        try_join_all(versions.iter().map(delete)).await.map(drop)
    }

    /// Deletes a thumbnail; succeeds if it does not exist.
    ///
    /// # Errors
    /// If S3 does not answer.
    pub async fn delete_rendition(
        &self,
        image: FileId,
        version: VersionId,
        rendition: &Rendition,
    ) -> Result<(), ObjectError> {
        let key = rendition.key(image, version);
        self.client.delete_object().bucket(&self.renditions).key(key).send().await?;
        Ok(())
    }
}
