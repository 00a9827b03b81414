//! Lists the contents of the buckets page by page, for audits and erasures.

use aws_sdk_s3::primitives::DateTime;
use aws_sdk_s3::types::EncodingType;
use futures_util::future::try_join_all;
use jiff::Timestamp;
use percent_encoding::percent_decode_str;

use satchel_model::UserId;

use crate::{ObjectError, Objects};

/// The number of objects that are deleted in parallel.
const AT_ONCE: usize = 16;

/// One of the two buckets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bucket {
    Originals,
    Renditions,
}

/// An object as a listing shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub key: String,
    /// Size in bytes.
    pub size: u64,
    pub modified_at: Timestamp,
}

/// A multipart upload that was neither completed nor aborted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartsUnderWay {
    pub key: String,
    /// S3's id of the upload.
    pub upload_id: String,
    pub begun_at: Timestamp,
}

impl Bucket {
    /// The bucket's name in logs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Originals => "originals",
            Self::Renditions => "renditions",
        }
    }
}

impl Objects {
    /// Lists up to 1000 objects whose keys begin with `prefix` and follow `after`, sorted by key; also
    /// returns whether more follow.
    ///
    /// # Errors
    /// If S3 does not answer.
    pub async fn list(
        &self,
        bucket: Bucket,
        prefix: &str,
        after: Option<&str>,
    ) -> Result<(Vec<Listed>, bool), ObjectError> {
        let request = self.client.list_objects_v2().bucket(self.bucket(bucket));
        let request = request.set_prefix(some(prefix));
        // XML cannot represent every key that an object may have.
        let request = request.encoding_type(EncodingType::Url).set_start_after(after.map(ToOwned::to_owned));
        let page = request.send().await?;
        let is_encoded = page.encoding_type == Some(EncodingType::Url);
        let listed = page.contents.unwrap_or_default().into_iter().map(|object| {
            let key = object.key.unwrap_or_default();
            Ok(Listed {
                key: if is_encoded { decoded(&key)? } else { key },
                size: object.size.unwrap_or_default().unsigned_abs(),
                modified_at: time(object.last_modified),
            })
        });
        Ok((listed.collect::<Result<_, ObjectError>>()?, page.is_truncated == Some(true)))
    }

    /// Deletes an object; succeeds if it does not exist.
    ///
    /// # Errors
    /// If S3 does not answer.
    pub async fn delete_listed(&self, bucket: Bucket, key: &str) -> Result<(), ObjectError> {
        self.client.delete_object().bucket(self.bucket(bucket)).key(key).send().await?;
        Ok(())
    }

    /// Lists up to 1000 multipart uploads to the bucket of originals whose keys begin with `prefix`; also
    /// returns whether more follow.
    ///
    /// The list begins after `after`, a key and the id of an upload to it.
    ///
    /// # Errors
    /// If S3 does not answer.
    pub async fn list_parts_under_way(
        &self,
        prefix: &str,
        after: Option<(&str, &str)>,
    ) -> Result<(Vec<PartsUnderWay>, bool), ObjectError> {
        let mut request = self.client.list_multipart_uploads().bucket(&self.originals);
        request = request.set_prefix(some(prefix));
        if let Some((key, upload_id)) = after {
            request = request.key_marker(key).upload_id_marker(upload_id);
        }
        let page = request.send().await?;
        let uploads = page.uploads.unwrap_or_default().into_iter().map(|upload| PartsUnderWay {
            key: upload.key.unwrap_or_default(),
            upload_id: upload.upload_id.unwrap_or_default(),
            begun_at: time(upload.initiated),
        });
        Ok((uploads.collect(), page.is_truncated == Some(true)))
    }

    /// Aborts a multipart upload; succeeds if it was aborted or completed before.
    ///
    /// # Errors
    /// If S3 does not answer.
    pub async fn abort_listed(&self, upload: &PartsUnderWay) -> Result<(), ObjectError> {
        self.abort(&upload.key, &upload.upload_id).await
    }

    /// Deletes every original of `owner` and aborts every multipart upload, including those that came by URLs
    /// that outlived the account.
    ///
    /// # Errors
    /// If S3 does not answer; deletions until then remain.
    pub async fn delete_all_of(&self, owner: UserId) -> Result<(), ObjectError> {
        let prefix = format!("{owner}/");
        loop {
            let (page, more) = self.list(Bucket::Originals, &prefix, None).await?;
            for some in page.chunks(AT_ONCE) {
                try_join_all(some.iter().map(|object| self.delete_listed(Bucket::Originals, &object.key)))
                    .await?;
            }
            if !more {
                break;
            }
        }
        loop {
            let (page, more) = self.list_parts_under_way(&prefix, None).await?;
            for some in page.chunks(AT_ONCE) {
                try_join_all(some.iter().map(|upload| self.abort_listed(upload))).await?;
            }
            if !more {
                return Ok(());
            }
        }
    }

    fn bucket(&self, bucket: Bucket) -> &str {
        match bucket {
            Bucket::Originals => &self.originals,
            Bucket::Renditions => &self.renditions,
        }
    }
}

/// Omits an empty parameter.
fn some(text: &str) -> Option<String> {
    Some(text).filter(|text| !text.is_empty()).map(ToOwned::to_owned)
}

/// Decodes a form-encoded key, in which a space is a plus.
fn decoded(key: &str) -> Result<String, ObjectError> {
    let spaced = key.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8();
    decoded.map(std::borrow::Cow::into_owned).map_err(ObjectError::new)
}

/// The time of a listed object; a missing time counts as 1970.
fn time(time: Option<DateTime>) -> Timestamp {
    let millis = time.and_then(|time| time.to_millis().ok()).unwrap_or_default();
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
}
