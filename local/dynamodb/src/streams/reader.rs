//! Reads a table's stream from the embedded store.

use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use dynoxide::{Database, DynoxideError};
use jiff::Timestamp;
use serde_json::{Value, json};

/// The stream of one table. Unlike DynamoDB's, it has only one shard.
#[derive(Clone)]
pub(super) struct Stream {
    db: Database,
    region: String,
    pub(super) arn: String,
    pub(super) shard: String,
}

impl Stream {
    /// The stream of `table`, or `None` if it has none.
    pub(super) fn of(db: &Database, table: &str, region: &str) -> dynoxide::Result<Option<Self>> {
        let Some(metadata) = db.get_table_metadata(table)?.filter(|metadata| metadata.stream_enabled) else {
            return Ok(None);
        };
        let label = label(metadata.stream_label.as_deref().unwrap_or_default());
        Ok(Some(Self {
            db: db.clone(),
            region: region.to_owned(),
            arn: format!("arn:aws:dynamodb:{region}:000000000000:table/{table}/stream/{label}"),
            shard: dynoxide::streams::shard_id(table),
        }))
    }

    /// Reads up to `limit` records after the sequence number `position`, or from the beginning. They are ordered by age
    /// and have Lambda's form. This blocks.
    pub(super) fn after(&self, position: Option<&str>, limit: usize) -> dynoxide::Result<Vec<Value>> {
        let kind = if position.is_some() { "AFTER_SEQUENCE_NUMBER" } else { "TRIM_HORIZON" };
        let start = self.db.get_shard_iterator(GetShardIteratorRequest {
            stream_arn: self.arn.clone(),
            shard_id: self.shard.clone(),
            shard_iterator_type: kind.to_owned(),
            sequence_number: position.map(str::to_owned),
        })?;
        let shard_iterator = start.shard_iterator.unwrap_or_default();
        let page = self.db.get_records(GetRecordsRequest { shard_iterator, limit: Some(limit) })?;
        let records = page.records.iter().map(|record| self.lambda_record(record));
        records
            .collect::<Result<_, _>>()
            .map_err(|error| DynoxideError::InternalServerError(error.to_string()))
    }

    fn lambda_record(&self, record: &impl serde::Serialize) -> serde_json::Result<Value> {
        let mut record = serde_json::to_value(record)?;
        record["awsRegion"] = json!(self.region);
        record["eventSourceARN"] = json!(self.arn);
        Ok(record)
    }
}

/// A stream's label in AWS's form, which is its creation time: `2015-06-27T00:48:05.899`. dynoxide's label begins with
/// that time in seconds.
fn label(dynoxide: &str) -> String {
    let seconds = dynoxide.split('.').next().and_then(|seconds| seconds.parse().ok()).unwrap_or(0);
    let made = Timestamp::from_second(seconds).unwrap_or_default();
    format!("{}.000", made.strftime("%Y-%m-%dT%H:%M:%S"))
}
