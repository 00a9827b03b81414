//! The bucket of the journal, which outlives the table.

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{Builder, RequestChecksumCalculation};
use aws_sdk_s3::primitives::ByteStream;

use satchel_model::journal::{Entries, Entry, PREFIX};
use satchel_runtime::{StartError, Wired, Wiring};

use crate::ObjectError;
use crate::store::ENDPOINT;

/// The objects of the journal.
#[derive(Clone)]
pub struct JournalBucket {
    client: Client,
    name: String,
}

impl Wired for JournalBucket {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        let s3 = Builder::from(&wiring.sdk_config(ENDPOINT))
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .force_path_style(wiring.ambient(ENDPOINT).is_some());
        Ok(Self { client: Client::from_conf(s3.build()), name: wiring.text("JOURNAL_BUCKET") })
    }
}

impl JournalBucket {
    /// Stores an object of the journal; the same key always gets the same text.
    ///
    /// # Errors
    /// If S3 does not store it.
    pub async fn put(&self, key: &str, text: String) -> Result<(), ObjectError> {
        let request = self.client.put_object().bucket(&self.name).key(key).content_type("application/json");
        request.body(ByteStream::from(text.into_bytes())).send().await?;
        Ok(())
    }

    /// Lists the keys of up to 1000 objects that follow `after`, oldest first, and whether more follow.
    ///
    /// # Errors
    /// If S3 does not answer.
    pub async fn keys(&self, after: &str) -> Result<(Vec<String>, bool), ObjectError> {
        let request = self.client.list_objects_v2().bucket(&self.name).prefix(PREFIX).start_after(after);
        let page = request.send().await?;
        let keys = page.contents.unwrap_or_default().into_iter().filter_map(|object| object.key);
        Ok((keys.collect(), page.is_truncated == Some(true)))
    }

    /// Reads the entries of an object.
    ///
    /// # Errors
    /// If S3 does not answer, or the object is gone or not one of the journal.
    pub async fn read(&self, key: &str) -> Result<Vec<Entry>, ObjectError> {
        let answer = self.client.get_object().bucket(&self.name).key(key).send().await?;
        let text = answer.body.collect().await.map_err(ObjectError::new)?.into_bytes();
        let malformed = |cause| ObjectError::new(format!("{key} is not an object of the journal: {cause}"));
        let Entries { entries } = serde_json::from_slice(&text).map_err(malformed)?;
        Ok(entries)
    }
}
