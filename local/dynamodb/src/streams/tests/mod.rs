//! The delivery of streams to functions.

mod deliveries;
mod retries;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use local_common::{DataDir, clock};
use local_deployment::{Deployment, Function, StreamSource};
use local_lambda::{Invocation, Outcome, UnknownFunction};
use serde_json::{Value, json};

use super::follower::follow_with;
use super::positions::Positions;
use super::target::Target;
use super::{Streams, StreamsError};
use crate::tests::{Endpoint, TABLE, deployment, key};

/// A target that records events. It answers with the queued outcomes, and then with success.
#[derive(Clone, Default)]
struct Recorder {
    events: Arc<Mutex<Vec<Value>>>,
    outcomes: Arc<Mutex<Vec<Answer>>>,
    /// The sort key of a record with which every batch fails.
    poison: Arc<Mutex<Option<&'static str>>>,
    /// How much time an attempt appears to take.
    attempt_takes: SignedDuration,
    /// How much later than its records were written the stream appears to be read.
    late: SignedDuration,
    delivered: Arc<Mutex<Vec<String>>>,
    stopping: bool,
    dead: Arc<Mutex<Vec<(String, Value)>>>,
    /// The age of the last record of each batch.
    ages: Arc<Mutex<Vec<Duration>>>,
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
        let has_poison = |poison: &str| {
            event["Records"].as_array().unwrap().iter().any(|record| sort_key(record) == poison)
        };
        let outcome = match answer {
            _ if self.poison.lock().unwrap().is_some_and(has_poison) => Outcome::TimedOut,
            Answer::Is(outcome) => outcome,
            Answer::Failed(index) => {
                let number = &event["Records"][index]["dynamodb"]["SequenceNumber"];
                let report = json!({"batchItemFailures": [{"itemIdentifier": number}]});
                Outcome::Answered(report.to_string().into())
            }
        };
        if outcome == success() {
            let names = event["Records"].as_array().unwrap().iter().map(|record| sort_key(record).to_owned());
            self.delivered.lock().unwrap().extend(names);
        }
        self.events.lock().unwrap().push(event);
        Ok(Invocation { request_id: "r1".to_owned(), outcome })
    }

    fn note_age(&self, function: &str, age: Duration) {
        assert_eq!(function, "send-mail");
        self.ages.lock().unwrap().push(age);
    }

    async fn dead_letter(&self, queue: &str, body: Value) {
        self.dead.lock().unwrap().push((queue.to_owned(), body));
    }

    fn is_stopping(&self) -> bool {
        self.stopping
    }

    fn now(&self) -> Timestamp {
        let attempts = i32::try_from(self.events.lock().unwrap().len()).unwrap();
        clock::now() + self.late + self.attempt_takes * attempts
    }
}

fn sort_key(record: &Value) -> &str {
    record["dynamodb"]["Keys"]["sk"]["S"].as_str().unwrap()
}

fn success() -> Outcome {
    Outcome::Answered(Bytes::from_static(b"null"))
}

fn failure() -> Answer {
    Answer::Is(Outcome::Failed(Bytes::from_static(b"{}")))
}

fn failures(count: usize) -> Vec<Answer> {
    (0..count).map(|_| failure()).collect()
}

impl Recorder {
    fn answering(outcomes: Vec<Answer>) -> Self {
        Self { outcomes: Arc::new(Mutex::new(outcomes)), ..Self::default() }
    }

    /// For each event, the type and the sort key of each record.
    fn batches(&self) -> Vec<String> {
        let name = |record: &Value| format!("{} {}", record["eventName"].as_str().unwrap(), sort_key(record));
        let events = self.events.lock().unwrap();
        let batch = |event: &Value| {
            event["Records"].as_array().unwrap().iter().map(name).collect::<Vec<_>>().join(", ")
        };
        events.iter().map(batch).collect()
    }

    /// Makes every batch fail that has a record with this sort key.
    fn poison(&self, poison: Option<&'static str>) {
        *self.poison.lock().unwrap() = poison;
    }

    /// The sort keys of the records that were delivered successfully.
    fn delivered(&self) -> Vec<String> {
        self.delivered.lock().unwrap().clone()
    }

    /// Waits until the delivered records satisfy `enough`.
    async fn until(&self, enough: impl Fn(&[String]) -> bool) {
        let delivered = async {
            while !enough(&self.delivered()) {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(10), delivered).await.unwrap();
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
        max_age: None,
        parallel: 1,
        bisect: false,
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
