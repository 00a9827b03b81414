//! Everything that lies in the buckets, page by page: what an audit looks at.

use aws_sdk_s3::primitives::DateTime;
use aws_sdk_s3::types::EncodingType;
use futures_util::future::try_join_all;
use jiff::Timestamp;
use percent_encoding::percent_decode_str;

use satchel_model::UserId;

use crate::{ObjectError, Objects};

/// Objects that are deleted at the same time.
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
    /// Bytes.
    pub size: u64,
    pub modified_at: Timestamp,
}

/// An upload in parts that was neither completed nor aborted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartsUnderWay {
    pub key: String,
    /// The store's name for it.
    pub upload_id: String,
    pub begun_at: Timestamp,
}

impl Bucket {
    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Originals => "originals",
            Self::Renditions => "renditions",
        }
    }
}

impl Objects {
    /// Up to 1000 objects whose keys begin with `prefix` and come after `after`, by their keys, and whether more
    /// follow.
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
        // XML cannot say every key that somebody may have made.
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

    /// Deletes an object; one that is not there is deleted already.
    ///
    /// # Errors
    /// If S3 does not answer.
    pub async fn delete_listed(&self, bucket: Bucket, key: &str) -> Result<(), ObjectError> {
        self.client.delete_object().bucket(self.bucket(bucket)).key(key).send().await?;
        Ok(())
    }

    /// Up to 1000 uploads in parts to the bucket of originals, to keys that begin with `prefix`, that come after `after`,
    /// a key and an upload to it; and whether more follow.
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

    /// Gives up an upload in parts; one that is not there was given up or completed.
    ///
    /// # Errors
    /// If S3 does not answer.
    pub async fn abort_listed(&self, upload: &PartsUnderWay) -> Result<(), ObjectError> {
        self.abort(&upload.key, &upload.upload_id).await
    }

    /// Deletes every original of `owner` and aborts every upload in parts: everything that came by URLs that outlived
    /// the account.
    ///
    /// # Errors
    /// If S3 does not answer; what was deleted stays so.
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

/// An empty parameter is none.
fn some(text: &str) -> Option<String> {
    Some(text).filter(|text| !text.is_empty()).map(ToOwned::to_owned)
}

/// As forms encode: a space is a plus.
fn decoded(key: &str) -> Result<String, ObjectError> {
    let spaced = key.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8();
    decoded.map(std::borrow::Cow::into_owned).map_err(ObjectError::new)
}

/// Without a time, as old as can be.
fn time(time: Option<DateTime>) -> Timestamp {
    let millis = time.and_then(|time| time.to_millis().ok()).unwrap_or_default();
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
}
