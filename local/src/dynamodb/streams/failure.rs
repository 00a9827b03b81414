//! What is left of a batch that failed for good: the message on the on-failure queue.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::event::sequence_number;
use super::reader::Stream;
use crate::invoker::Outcome;

/// A batch that will not be tried again.
pub(super) struct Failure<'a> {
    pub(super) function: &'a str,
    pub(super) region: &'a str,
    pub(super) stream: &'a Stream,
    pub(super) records: &'a [Value],
    pub(super) attempts: u32,
    /// The request id and outcome of the last attempt.
    pub(super) last: (&'a str, &'a Outcome),
}

impl Failure<'_> {
    /// The message that Lambda sends for a stream: where the records are, not the records
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html>).
    pub(super) fn message(&self, now: Timestamp) -> Value {
        let (first, last) = (self.records.first(), self.records.last());
        let (request_id, outcome) = self.last;
        let mut response = json!({"statusCode": 200, "executedVersion": "$LATEST"});
        if !matches!(outcome, Outcome::Answered(_)) {
            response["functionError"] = json!("Unhandled");
        }
        json!({
            "requestContext": {
                "requestId": request_id,
                "functionArn": format!("arn:aws:lambda:{}:000000000000:function:{}", self.region, self.function),
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": self.attempts,
            },
            "responseContext": response,
            "version": "1.0",
            "timestamp": now.to_string(),
            "DDBStreamBatchInfo": {
                "shardId": self.stream.shard,
                "startSequenceNumber": first.map(sequence_number),
                "endSequenceNumber": last.map(sequence_number),
                "approximateArrivalOfFirstRecord": first.map(arrival),
                "approximateArrivalOfLastRecord": last.map(arrival),
                "batchSize": self.records.len(),
                "streamArn": self.stream.arn,
            },
        })
    }
}

fn arrival(record: &Value) -> String {
    let seconds = record["dynamodb"]["ApproximateCreationDateTime"].as_f64().unwrap_or_default();
    #[expect(clippy::cast_possible_truncation, reason = "whole seconds since 1970, far below 2^53")]
    let arrival = Timestamp::from_second(seconds as i64).unwrap_or_default();
    arrival.to_string()
}
