//! Fetching the records of a failed batch from the table's stream, as the event that Lambda made of them.

use aws_sdk_dynamodbstreams::Client;
use aws_sdk_dynamodbstreams::types::{AttributeValue, Record, ShardIteratorType};
use aws_smithy_types::base64::encode;
use aws_smithy_types::error::display::DisplayErrorContext;
use serde_json::{Map, Value, json};

use super::filter::passes;
use super::message::Batch;
use crate::aws::Aws;

/// After how many empty pages in a row the records count as gone. A page can be empty although records follow.
const EMPTY_PAGES: usize = 100;

/// The event with the records of a batch that pass the function's filter. `None`: the stream no longer has them, which is
/// the case after a day.
///
/// # Errors
/// If a service cannot be asked.
pub async fn event(aws: &Aws, function: &str, batch: &Batch) -> Result<Option<Value>, String> {
    let patterns = patterns(aws, function, batch).await?;
    let mut records: Vec<Value> = fetch(&aws.dynamodbstreams(), batch)
        .await?
        .iter()
        .map(|record| json_of(record, batch, aws.region()))
        .collect();
    records.retain(|record| passes(&patterns, record));
    Ok((!records.is_empty()).then(|| json!({"Records": records})))
}

/// The filter of the function's mapping to the stream.
async fn patterns(aws: &Aws, function: &str, batch: &Batch) -> Result<Vec<Value>, String> {
    let asked =
        aws.lambda().list_event_source_mappings().function_name(function).event_source_arn(&batch.stream_arn);
    let answer = asked.send().await.map_err(|error| DisplayErrorContext(error).to_string())?;
    let filters = answer.event_source_mappings().iter().filter_map(|mapping| mapping.filter_criteria());
    let patterns = filters.flat_map(|criteria| criteria.filters()).filter_map(|filter| filter.pattern());
    Ok(patterns.filter_map(|pattern| serde_json::from_str(pattern).ok()).collect())
}

/// The records from the first to the last one of the batch that the stream still has.
async fn fetch(client: &Client, batch: &Batch) -> Result<Vec<Record>, String> {
    let asked = client
        .get_shard_iterator()
        .stream_arn(&batch.stream_arn)
        .shard_id(&batch.shard_id)
        .shard_iterator_type(ShardIteratorType::AtSequenceNumber)
        .sequence_number(&batch.start_sequence_number);
    let mut iterator = match asked.send().await {
        Ok(answer) => answer.shard_iterator,
        Err(error) => {
            let is_trimmed = error.as_service_error().is_some_and(|error| {
                error.is_trimmed_data_access_exception() || error.is_resource_not_found_exception()
            });
            return if is_trimmed { Ok(Vec::new()) } else { Err(DisplayErrorContext(error).to_string()) };
        }
    };
    let mut records = Vec::new();
    let mut empty = 0;
    while let Some(at) = iterator.take_if(|_| empty < EMPTY_PAGES) {
        let answer = client.get_records().shard_iterator(at).send().await;
        let answer = answer.map_err(|error| DisplayErrorContext(error).to_string())?;
        empty = if answer.records().is_empty() { empty + 1 } else { 0 };
        let mut is_over = false;
        for record in answer.records() {
            let number = number(record);
            if is_after(number, &batch.end_sequence_number) {
                is_over = true;
                break;
            }
            is_over |= number == batch.end_sequence_number;
            records.push(record.clone());
        }
        iterator = answer.next_shard_iterator.filter(|_| !is_over);
    }
    if empty == EMPTY_PAGES && !records.is_empty() {
        return Err("the stream does not show the last records of the batch; repeat this".to_owned());
    }
    Ok(records)
}

fn number(record: &Record) -> &str {
    record.dynamodb().and_then(|change| change.sequence_number()).unwrap_or_default()
}

/// Whether a sequence number is larger. They are decimal numbers with more digits than an integer holds.
fn is_after(left: &str, right: &str) -> bool {
    (left.len(), left) > (right.len(), right)
}

/// A record as Lambda passes it on.
fn json_of(record: &Record, batch: &Batch, region: &str) -> Value {
    let mut change = Map::new();
    if let Some(stream) = record.dynamodb() {
        if let Some(time) = stream.approximate_creation_date_time() {
            change.insert("ApproximateCreationDateTime".to_owned(), json!(time.secs()));
        }
        let images =
            [("Keys", stream.keys()), ("NewImage", stream.new_image()), ("OldImage", stream.old_image())];
        for (name, image) in images {
            if let Some(image) = image {
                let fields = image.iter().map(|(name, value)| (name.clone(), attribute(value))).collect();
                change.insert(name.to_owned(), Value::Object(fields));
            }
        }
        change.insert("SequenceNumber".to_owned(), json!(stream.sequence_number()));
        change.insert("SizeBytes".to_owned(), json!(stream.size_bytes()));
        change
            .insert("StreamViewType".to_owned(), json!(stream.stream_view_type().map(|view| view.as_str())));
    }
    json!({
        "eventID": record.event_id(),
        "eventName": record.event_name().map(|name| name.as_str()),
        "eventVersion": record.event_version(),
        "eventSource": "aws:dynamodb",
        "awsRegion": record.aws_region().unwrap_or(region),
        "dynamodb": change,
        "eventSourceARN": batch.stream_arn,
    })
}

/// A value of an attribute in DynamoDB's JSON.
fn attribute(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({"S": text}),
        AttributeValue::N(number) => json!({"N": number}),
        AttributeValue::Bool(is) => json!({"BOOL": is}),
        AttributeValue::Null(is) => json!({"NULL": is}),
        AttributeValue::B(bytes) => json!({"B": encode(bytes.as_ref())}),
        AttributeValue::Ss(texts) => json!({"SS": texts}),
        AttributeValue::Ns(numbers) => json!({"NS": numbers}),
        AttributeValue::Bs(all) => {
            json!({"BS": all.iter().map(|bytes| encode(bytes.as_ref())).collect::<Vec<_>>()})
        }
        AttributeValue::L(values) => json!({"L": values.iter().map(attribute).collect::<Vec<_>>()}),
        AttributeValue::M(fields) => {
            let fields: Map<String, Value> =
                fields.iter().map(|(name, value)| (name.clone(), attribute(value))).collect();
            json!({"M": fields})
        }
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodbstreams::types::{OperationType, StreamRecord};

    use super::*;
    use crate::checks::canned::{config, in_turn};

    /// What a stream answers page by page, for the records 100 to 102.
    async fn fetched(pages: &[&str]) -> Result<Vec<String>, String> {
        let first = r#"{"ShardIterator": "0"}"#;
        let answers: Vec<&str> = std::iter::once(first).chain(pages.iter().copied()).collect();
        let client = Client::from_conf(config!(aws_sdk_dynamodbstreams, in_turn(&answers)));
        let records = fetch(&client, &batch("102")).await?;
        Ok(records.iter().map(|record| number(record).to_owned()).collect())
    }

    fn batch(last: &str) -> Batch {
        Batch {
            stream_arn: "arn:stream".to_owned(),
            shard_id: "shard".to_owned(),
            start_sequence_number: "100".to_owned(),
            end_sequence_number: last.to_owned(),
            records: 1,
        }
    }

    fn page(numbers: &[u32], next: &str) -> String {
        let records: Vec<Value> = numbers
            .iter()
            .map(|number| json!({"dynamodb": {"SequenceNumber": number.to_string()}}))
            .collect();
        json!({"Records": records, "NextShardIterator": next}).to_string()
    }

    #[tokio::test]
    async fn records_after_an_empty_page_are_read_up_to_the_end_of_the_batch() {
        let (empty, first, last) = (page(&[], "1"), page(&[100], "2"), page(&[101, 102, 103], "3"));
        let records = fetched(&[&empty, &first, &empty, &last, &first]).await.unwrap();
        assert_eq!(records, ["100", "101", "102"]);
    }

    #[tokio::test]
    async fn a_stream_that_shows_nothing_more_is_not_read_for_ever() {
        let empty = page(&[], "1");
        assert_eq!(fetched(&[&empty]).await.unwrap(), [""; 0]);
        let first = page(&[100], "1");
        assert!(fetched(&[&first, &empty]).await.unwrap_err().contains("last records"));
        let closed = r#"{"Records": []}"#;
        assert_eq!(fetched(&[&first, closed]).await.unwrap(), ["100"]);
    }

    #[test]
    fn sequence_numbers_are_compared_as_numbers() {
        assert!(is_after("1000", "999") && !is_after("999", "1000") && !is_after("999", "999"));
    }

    #[test]
    fn a_record_looks_as_lambda_passes_it_on() {
        let change = StreamRecord::builder()
            .keys("pk", AttributeValue::S("MAIL#1".to_owned()))
            .new_image("pk", AttributeValue::S("MAIL#1".to_owned()))
            .new_image("ttl", AttributeValue::N("17".to_owned()))
            .sequence_number("100")
            .build();
        let record =
            Record::builder().event_id("e").event_name(OperationType::Insert).dynamodb(change).build();
        let event = json_of(&record, &batch("100"), "eu-north-1");
        assert_eq!(event["eventName"], "INSERT");
        assert_eq!(event["eventSourceARN"], "arn:stream");
        assert_eq!(event["awsRegion"], "eu-north-1");
        assert_eq!(event["dynamodb"]["Keys"], json!({"pk": {"S": "MAIL#1"}}));
        assert_eq!(event["dynamodb"]["NewImage"]["ttl"], json!({"N": "17"}));
        assert_eq!(event["dynamodb"]["SequenceNumber"], "100");
    }
}
