use std::sync::{Arc, Mutex};

use bytes::Bytes;
use serde_json::{Value, json};

use super::follower::follow_with;
use super::positions::Positions;
use super::target::Target;
use super::{Streams, StreamsError};
use crate::clock;
use crate::deployment::{Deployment, Function, StreamSource};
use crate::dynamodb::tests::{Endpoint, TABLE, data, deployment, key};
use crate::invoker::{Invocation, Outcome, UnknownFunction};
use crate::options::DataDir;

/// Answers for the function: with what the test queued, then with success.
#[derive(Clone, Default)]
struct Recorder {
    events: Arc<Mutex<Vec<Value>>>,
    outcomes: Arc<Mutex<Vec<Answer>>>,
    dead: Arc<Mutex<Vec<(String, Value)>>>,
}

enum Answer {
    Is(Outcome),
    /// Reports the record at this index of the batch as failed.
    Failed(usize),
}

impl Target for Recorder {
    async fn invoke(&self, function: &str, event: Bytes) -> Result<Invocation, UnknownFunction> {
        assert_eq!(function, "send-mail");
        let event: Value = serde_json::from_slice(&event).unwrap();
        let mut outcomes = self.outcomes.lock().unwrap();
        let answer = if outcomes.is_empty() { Answer::Is(success()) } else { outcomes.remove(0) };
        let outcome = match answer {
            Answer::Is(outcome) => outcome,
            Answer::Failed(index) => {
                let number = &event["Records"][index]["dynamodb"]["SequenceNumber"];
                let report = json!({"batchItemFailures": [{"itemIdentifier": number}]});
                Outcome::Answered(report.to_string().into())
            }
        };
        self.events.lock().unwrap().push(event);
        Ok(Invocation { request_id: "r1".to_owned(), outcome })
    }

    async fn dead_letter(&self, queue: &str, body: Value) {
        self.dead.lock().unwrap().push((queue.to_owned(), body));
    }
}

fn success() -> Outcome {
    Outcome::Answered(Bytes::from_static(b"null"))
}

fn failure() -> Answer {
    Answer::Is(Outcome::Failed(Bytes::from_static(b"{}")))
}

impl Recorder {
    fn answering(outcomes: Vec<Answer>) -> Self {
        Self { outcomes: Arc::new(Mutex::new(outcomes)), ..Self::default() }
    }

    /// The sort keys of each event's records, and what happened to them.
    fn batches(&self) -> Vec<String> {
        let name = |record: &Value| {
            let sort_key = record["dynamodb"]["Keys"]["sk"]["S"].as_str().unwrap();
            format!("{} {sort_key}", record["eventName"].as_str().unwrap())
        };
        let events = self.events.lock().unwrap();
        let batch = |event: &Value| {
            event["Records"].as_array().unwrap().iter().map(name).collect::<Vec<_>>().join(", ")
        };
        events.iter().map(batch).collect()
    }

    fn dead(&self) -> Vec<(String, Value)> {
        self.dead.lock().unwrap().clone()
    }
}

fn source() -> StreamSource {
    StreamSource {
        table: TABLE.to_owned(),
        batch_size: 2,
        filters: Vec::new(),
        retries: Some(1),
        report_item_failures: false,
        on_failure: Some("failed".to_owned()),
    }
}

fn following(source: StreamSource) -> Deployment {
    let function = Function {
        logical_id: "SendMailFunction".to_owned(),
        name: "send-mail".to_owned(),
        environment: std::collections::BTreeMap::new(),
        timeout: std::time::Duration::from_secs(3),
        memory_mib: 128,
        policies: Vec::new(),
        streams: vec![source],
        on_failure: None,
        retries: 2,
    };
    let mut deployment = deployment();
    deployment.functions.insert(function.logical_id.clone(), function);
    deployment
}

fn follow(
    endpoint: &Endpoint,
    data: &DataDir,
    source: StreamSource,
    target: &Recorder,
) -> Result<Streams, StreamsError> {
    let positions = Positions::open(data.file("streams.json"))?;
    follow_with(&endpoint.dynamodb.store, "eu-west-1", &following(source), positions, target)
}

async fn put(endpoint: &Endpoint, names: &[&str]) {
    for name in names {
        endpoint.put(key("u", name)).await;
    }
}

#[tokio::test]
async fn a_function_gets_what_was_written_as_lambda_sends_it() {
    let (data, target) = (data(), Recorder::default());
    let endpoint = Endpoint::start_in(&data, &deployment()).await;
    let streams = follow(&endpoint, &data, source(), &target).unwrap();
    endpoint.put(json!({"pk": {"S": "u"}, "sk": {"S": "a"}, "number": {"N": "1"}})).await;
    streams.settled().await;
    let event = target.events.lock().unwrap()[0].clone();
    let record = &event["Records"][0];
    assert_eq!((&record["eventName"], &record["eventVersion"]), (&json!("INSERT"), &json!("1.1")));
    assert_eq!((&record["eventSource"], &record["awsRegion"]), (&json!("aws:dynamodb"), &json!("eu-west-1")));
    let arn = record["eventSourceARN"].as_str().unwrap();
    assert!(arn.starts_with("arn:aws:dynamodb:eu-west-1:000000000000:table/satchel/stream/20"), "{arn}");
    assert!(record["eventID"].is_string());
    let change = &record["dynamodb"];
    assert_eq!(change["Keys"], key("u", "a"));
    assert_eq!(change["NewImage"]["number"], json!({"N": "1"}));
    assert_eq!((change.get("OldImage"), &change["StreamViewType"]), (None, &json!("NEW_AND_OLD_IMAGES")));
    let now = clock::now().as_second();
    let created = change["ApproximateCreationDateTime"].as_f64().unwrap();
    assert!((created - f64::from(u32::try_from(now).unwrap())).abs() < 60.0, "{created}");
    assert_eq!(change["SequenceNumber"].as_str().unwrap().len(), 21);
}

#[tokio::test]
async fn changes_and_deletions_come_in_order_in_batches() {
    let (data, target) = (data(), Recorder::default());
    let endpoint = Endpoint::start_in(&data, &deployment()).await;
    put(&endpoint, &["a", "b"]).await;
    endpoint.put(json!({"pk": {"S": "u"}, "sk": {"S": "a"}, "number": {"N": "2"}})).await;
    endpoint.ask("DeleteItem", json!({"Key": key("u", "a")})).await;
    put(&endpoint, &["b"]).await;
    let streams = follow(&endpoint, &data, source(), &target).unwrap();
    streams.settled().await;
    // A write that changes nothing leaves no record.
    assert_eq!(target.batches(), ["INSERT a, INSERT b", "MODIFY a, REMOVE a"]);
}

#[tokio::test]
async fn an_expired_item_is_removed_by_dynamodb_itself() {
    let (data, target) = (data(), Recorder::default());
    let endpoint = Endpoint::start_in(&data, &deployment()).await;
    endpoint.put(json!({"pk": {"S": "u"}, "sk": {"S": "a"}, "expires_at": {"N": "1000000000"}})).await;
    let streams = follow(&endpoint, &data, source(), &target).unwrap();
    endpoint.dynamodb.sweep().await.unwrap();
    streams.settled().await;
    let events = target.events.lock().unwrap().clone();
    let removal = events.iter().flat_map(|event| event["Records"].as_array().unwrap()).last().unwrap();
    assert_eq!(removal["eventName"], "REMOVE");
    assert_eq!(removal["userIdentity"], json!({"type": "Service", "principalId": "dynamodb.amazonaws.com"}));
    assert_eq!(removal["dynamodb"]["OldImage"]["expires_at"], json!({"N": "1000000000"}));
}

#[tokio::test]
async fn only_what_a_filter_lets_through_is_delivered() {
    let (data, target) = (data(), Recorder::default());
    let endpoint = Endpoint::start_in(&data, &deployment()).await;
    let filters = vec![
        json!({"eventName": ["INSERT"], "dynamodb": {"Keys": {"sk": {"S": [{"prefix": "mail#"}]}}}}),
        json!({"eventName": ["REMOVE"]}),
    ];
    put(&endpoint, &["mail#1", "user", "mail#2"]).await;
    endpoint.ask("DeleteItem", json!({"Key": key("u", "user")})).await;
    let streams = follow(&endpoint, &data, StreamSource { filters, ..source() }, &target).unwrap();
    streams.settled().await;
    assert_eq!(target.batches(), ["INSERT mail#1, INSERT mail#2", "REMOVE user"]);
}

#[tokio::test]
async fn a_restart_repeats_nothing_and_loses_nothing() {
    let (data, target) = (data(), Recorder::default());
    let endpoint = Endpoint::start_in(&data, &deployment()).await;
    let streams = follow(&endpoint, &data, source(), &target).unwrap();
    put(&endpoint, &["a"]).await;
    streams.settled().await;
    streams.stop().await;
    put(&endpoint, &["b"]).await;
    let streams = follow(&endpoint, &data, source(), &target).unwrap();
    streams.settled().await;
    assert_eq!(target.batches(), ["INSERT a", "INSERT b"]);
}

#[tokio::test]
async fn a_failed_batch_is_tried_again_before_the_next_one() {
    let target = Recorder::answering(vec![failure()]);
    let data = data();
    let endpoint = Endpoint::start_in(&data, &deployment()).await;
    put(&endpoint, &["a", "b", "c"]).await;
    follow(&endpoint, &data, source(), &target).unwrap().settled().await;
    assert_eq!(target.batches(), ["INSERT a, INSERT b", "INSERT a, INSERT b", "INSERT c"]);
    assert_eq!(target.dead(), []);
}

#[tokio::test]
async fn a_batch_that_failed_for_good_goes_to_the_queue_and_the_next_is_delivered() {
    let target = Recorder::answering(vec![Answer::Is(Outcome::Crashed), Answer::Is(Outcome::TimedOut)]);
    let data = data();
    let endpoint = Endpoint::start_in(&data, &deployment()).await;
    put(&endpoint, &["a", "b", "c"]).await;
    follow(&endpoint, &data, source(), &target).unwrap().settled().await;
    assert_eq!(target.batches(), ["INSERT a, INSERT b", "INSERT a, INSERT b", "INSERT c"]);
    let (queue, message) = target.dead().remove(0);
    assert_eq!(queue, "failed");
    assert_eq!(
        message["requestContext"],
        json!({
            "requestId": "r1",
            "functionArn": "arn:aws:lambda:eu-west-1:000000000000:function:send-mail",
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": 2,
        }),
    );
    let failed = json!({"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"});
    assert_eq!(message["responseContext"], failed);
    let batch = &message["DDBStreamBatchInfo"];
    let number = |index: usize| {
        target.events.lock().unwrap()[0]["Records"][index]["dynamodb"]["SequenceNumber"].clone()
    };
    assert_eq!((&batch["batchSize"], &batch["startSequenceNumber"]), (&json!(2), &number(0)));
    assert_eq!(batch["endSequenceNumber"], number(1));
}

#[tokio::test]
async fn a_reported_failure_brings_back_that_record_and_those_after_it() {
    let target = Recorder::answering(vec![Answer::Failed(1), Answer::Failed(0), Answer::Failed(0)]);
    let data = data();
    let endpoint = Endpoint::start_in(&data, &deployment()).await;
    put(&endpoint, &["a", "b", "c"]).await;
    let source = StreamSource { batch_size: 3, report_item_failures: true, ..source() };
    follow(&endpoint, &data, source, &target).unwrap().settled().await;
    assert_eq!(target.batches(), ["INSERT a, INSERT b, INSERT c", "INSERT b, INSERT c"]);
    let (_, message) = target.dead().remove(0);
    assert_eq!(message["DDBStreamBatchInfo"]["batchSize"], 2);
}

#[tokio::test]
async fn a_write_wakes_the_follower_at_once() {
    let (data, target) = (data(), Recorder::default());
    let endpoint = Endpoint::start_in(&data, &deployment()).await;
    let _streams = follow(&endpoint, &data, source(), &target).unwrap();
    put(&endpoint, &["a"]).await;
    let delivered = async {
        while target.batches().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(2), delivered).await.unwrap();
}

#[tokio::test]
async fn a_filter_that_lambda_would_refuse_stops_the_start() {
    let data = data();
    let endpoint = Endpoint::start_in(&data, &deployment()).await;
    let source = StreamSource { filters: vec![json!({"eventName": [{"like": "x"}]})], ..source() };
    let error = follow(&endpoint, &data, source, &Recorder::default()).err().unwrap();
    assert_eq!(error.to_string(), "FilterCriteria of send-mail: unknown operator \"like\"");
}
