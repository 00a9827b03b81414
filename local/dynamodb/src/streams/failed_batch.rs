//! The message on the on-failure queue for a batch that is given up.

use jiff::Timestamp;
use local_lambda::Outcome;
use serde_json::{Value, json};

use super::event::{arrival, sequence_number};
use super::reader::Stream;

/// A batch that will not be retried.
pub(super) struct FailedBatch<'a> {
    pub(super) function: &'a str,
    pub(super) region: &'a str,
    pub(super) stream: &'a Stream,
    pub(super) records: &'a [Value],
    pub(super) condition: Condition,
    pub(super) attempts: u32,
    /// The request id and outcome of the last attempt, if there was one.
    pub(super) last: Option<(&'a str, &'a Outcome)>,
}

/// The reason for which a batch is given up, named as in Lambda's messages.
#[derive(Debug, Clone, Copy)]
pub(super) enum Condition {
    RetryAttemptsExhausted,
    RecordAgeExceeded,
}

impl FailedBatch<'_> {
    /// The message that Lambda sends for a stream. It contains the positions of the records, not the records themselves
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html>).
    pub(super) fn message(&self, now: Timestamp) -> Value {
        let (first, last) = (self.records.first(), self.records.last());
        let mut message = json!({
            "requestContext": {
                "requestId": self.last.map(|(request_id, _)| request_id),
                "functionArn": format!("arn:aws:lambda:{}:000000000000:function:{}", self.region, self.function),
                "condition": format!("{:?}", self.condition),
                "approximateInvokeCount": self.attempts,
            },
            "version": "1.0",
            "timestamp": now.to_string(),
            "DDBStreamBatchInfo": {
                "shardId": self.stream.shard,
                "startSequenceNumber": first.map(sequence_number),
                "endSequenceNumber": last.map(sequence_number),
                "approximateArrivalOfFirstRecord": first.map(|record| arrival(record).to_string()),
                "approximateArrivalOfLastRecord": last.map(|record| arrival(record).to_string()),
                "batchSize": self.records.len(),
                "streamArn": self.stream.arn,
            },
        });
        if let Some((_, outcome)) = self.last {
            message["responseContext"] = json!({"statusCode": 200, "executedVersion": "$LATEST"});
            if !matches!(outcome, Outcome::Answered(_)) {
                message["responseContext"]["functionError"] = json!("Unhandled");
            }
        }
        message
    }
}
