//! Messages of the queue `FailedEvents`, in the two shapes that Lambda writes.
//!
//! See <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html> and
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html>.

use serde::Deserialize;
use serde_json::Value;

/// An invocation that failed after all retries.
#[derive(Debug, PartialEq)]
pub struct Failed {
    /// The ARN of the function.
    pub function: String,
    pub payload: Payload,
}

/// What the function was invoked with.
#[derive(Debug, PartialEq)]
pub enum Payload {
    /// The whole event.
    Event(Value),
    /// Where the records of the event are in a stream.
    Batch(Batch),
}

/// A batch of records of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Batch {
    pub stream_arn: String,
    pub shard_id: String,
    pub start_sequence_number: String,
    pub end_sequence_number: String,
    /// How many records were passed to the function. There may be others between them, which its filter left out.
    #[serde(rename = "batchSize")]
    pub records: usize,
}

impl Failed {
    /// Reads a message.
    ///
    /// # Errors
    /// If Lambda did not write it.
    pub fn parse(body: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Record {
            request_context: Context,
            request_payload: Option<Value>,
            #[serde(rename = "DDBStreamBatchInfo", alias = "DynamoDBStreamBatchInfo")]
            batch: Option<Batch>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Context {
            function_arn: String,
        }
        let record: Record =
            serde_json::from_str(body).map_err(|error| format!("not a message of Lambda: {error}"))?;
        let payload = match (record.request_payload, record.batch) {
            (Some(event), _) => Payload::Event(event),
            (None, Some(batch)) => Payload::Batch(batch),
            (None, None) => return Err("the message has neither an event nor a place in a stream".to_owned()),
        };
        let function = record.request_context.function_arn;
        Ok(Self { function: function.strip_suffix(":$LATEST").unwrap_or(&function).to_owned(), payload })
    }

    /// The function's name.
    pub fn name(&self) -> &str {
        self.function.split(":function:").last().unwrap_or(&self.function)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const FUNCTION: &str = "arn:aws:lambda:us-east-2:123456789012:function:files-ProcessUpload";

    #[test]
    fn an_asynchronous_invocation_has_its_event() {
        let body = json!({
            "version": "1.0", "timestamp": "2019-11-14T18:16:05.568Z",
            "requestContext": {
                "requestId": "e4b46cbf", "functionArn": format!("{FUNCTION}:$LATEST"), "condition": "RetriesExhausted",
                "approximateInvokeCount": 3
            },
            "requestPayload": {"Records": []},
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "responsePayload": {"errorMessage": "timed out"}
        });
        let failed = Failed::parse(&body.to_string()).unwrap();
        assert_eq!(failed.payload, Payload::Event(json!({"Records": []})));
        assert_eq!((failed.name(), failed.function.as_str()), ("files-ProcessUpload", FUNCTION));
    }

    #[test]
    fn a_batch_of_a_stream_has_a_place() {
        let body = json!({
            "requestContext": {"requestId": "316aa6d0", "functionArn": FUNCTION, "condition": "RetryAttemptsExhausted"},
            "responseContext": {"statusCode": 200, "functionError": "Unhandled"},
            "version": "1.0", "timestamp": "2019-11-14T00:13:19.329Z",
            "DDBStreamBatchInfo": {
                "shardId": "shardId-00000001573689847184-864758bb", "startSequenceNumber": "800000000003126276362",
                "endSequenceNumber": "800000000003126276364", "batchSize": 1, "streamArn": "arn:stream",
                "approximateArrivalOfFirstRecord": "2019-11-14T00:13:19Z"
            }
        });
        let Payload::Batch(batch) = Failed::parse(&body.to_string()).unwrap().payload else {
            panic!("{body}")
        };
        assert_eq!(batch.shard_id, "shardId-00000001573689847184-864758bb");
        assert_eq!((batch.start_sequence_number.as_str(), batch.records), ("800000000003126276362", 1));
    }

    #[test]
    fn other_messages_stay_with_a_reason() {
        assert!(Failed::parse("hello").unwrap_err().starts_with("not a message of Lambda"));
        let empty = json!({"requestContext": {"functionArn": FUNCTION}}).to_string();
        assert!(Failed::parse(&empty).unwrap_err().contains("neither"));
    }
}
