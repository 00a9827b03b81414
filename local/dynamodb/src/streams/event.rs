//! The event for a function, which contains a batch of stream records.

use std::ops::Range;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};

/// The maximum size of a batch, in bytes. The payload of a synchronous invocation may have 6 MiB, which leaves room for
/// the rest of the event.
const MAX_BYTES: usize = 6 * 1000 * 1000;

/// Splits `records` into batches of at most `size` records that fit into an invocation.
pub(super) fn batches(records: &[Value], size: usize) -> Vec<Range<usize>> {
    let mut batches: Vec<Range<usize>> = Vec::new();
    let mut bytes = 0;
    for (index, record) in records.iter().enumerate() {
        let length = record.to_string().len() + 1;
        match batches.last_mut() {
            Some(batch) if batch.len() < size && bytes + length <= MAX_BYTES => {
                batch.end = index + 1;
                bytes += length;
            }
            _ => {
                batches.push(index..index + 1);
                bytes = length;
            }
        }
    }
    batches
}

/// The event for a batch.
pub(super) fn event(records: &[Value]) -> Bytes {
    json!({"Records": records}).to_string().into()
}

/// The sequence number of a record, which is its position in the stream.
pub(super) fn sequence_number(record: &Value) -> &str {
    record["dynamodb"]["SequenceNumber"].as_str().unwrap_or_default()
}

/// The time when a record was written.
pub(super) fn arrival(record: &Value) -> Timestamp {
    let seconds = record["dynamodb"]["ApproximateCreationDateTime"].as_f64().unwrap_or_default();
    #[expect(clippy::cast_possible_truncation, reason = "whole seconds since 1970, far below 2^53")]
    let arrival = Timestamp::from_second(seconds as i64).unwrap_or_default();
    arrival
}

/// Reads the answer of a function that reports single failures (`ReportBatchItemFailures`). Returns the index of the
/// first of `records` that must be retried, or `None` if all succeeded.
///
/// Everything from the lowest failed position on is retried. If the answer names a record that is not in the batch, the
/// whole batch is retried (<https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html>).
pub(super) fn first_failure(answer: &[u8], records: &[Value]) -> Option<usize> {
    if answer.is_empty() {
        return None;
    }
    let Ok(answer) = serde_json::from_slice::<Value>(answer) else { return Some(0) };
    let failures = match answer.get("batchItemFailures") {
        None | Some(Value::Null) => return None,
        Some(Value::Array(failures)) => failures,
        Some(_) => return Some(0),
    };
    let index_of = |failure: &Value| {
        let identifier = failure["itemIdentifier"].as_str()?;
        records.iter().position(|record| sequence_number(record) == identifier)
    };
    failures.iter().map(|failure| index_of(failure).unwrap_or(0)).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records() -> Vec<Value> {
        ["11", "12", "13"].map(|number| json!({"dynamodb": {"SequenceNumber": number}})).to_vec()
    }

    #[test]
    fn everything_from_the_lowest_failure_is_retried() {
        let answer = br#"{"batchItemFailures":[{"itemIdentifier":"13"},{"itemIdentifier":"12"}]}"#;
        assert_eq!(first_failure(answer, &records()), Some(1));
    }

    #[test]
    fn an_answer_without_failures_is_success() {
        for answer in ["", "null", "{}", r#"{"batchItemFailures":[]}"#, r#"{"batchItemFailures":null}"#] {
            assert_eq!(first_failure(answer.as_bytes(), &records()), None, "{answer}");
        }
    }

    #[test]
    fn an_answer_that_names_no_record_of_the_batch_fails_the_whole_batch() {
        for answer in [
            r#"{"batchItemFailures":[{"itemIdentifier":"99"}]}"#,
            r#"{"batchItemFailures":[{"itemIdentifier":null}]}"#,
            r#"{"batchItemFailures":[{"id":"12"}]}"#,
            r#"{"batchItemFailures":"12"}"#,
            "not json",
        ] {
            assert_eq!(first_failure(answer.as_bytes(), &records()), Some(0), "{answer}");
        }
    }

    #[test]
    fn batches_have_at_most_the_given_size() {
        assert_eq!(batches(&records(), 2), [0..2, 2..3]);
        assert_eq!(batches(&[], 2), []);
    }

    #[test]
    fn a_batch_fits_into_an_invocation() {
        let large = json!({"image": "x".repeat(2_500_000)});
        assert_eq!(batches(&[large.clone(), large.clone(), large], 100), [0..2, 2..3]);
    }
}
