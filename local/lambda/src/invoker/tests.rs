use std::time::{Duration, Instant};

use bytes::Bytes;
use local_common::DataDir;
use serde_json::json;

use super::asynchronous::Invoker;
use crate::functions::bench::Bench;

const LONG: Duration = Duration::from_secs(20);

async fn invoker() -> (Bench, DataDir, Invoker) {
    let bench = Bench::new(LONG).await;
    let data = DataDir::ephemeral().unwrap();
    let invoker = Invoker::start(bench.functions.clone(), &data).unwrap();
    (bench, data, invoker)
}

#[tokio::test]
async fn an_event_that_failed_is_tried_again() {
    let (bench, _data, invoker) = invoker().await;
    let file = bench.folder.path().join("tried");
    invoker.send("obey", json!({"fail_once": file}).to_string().into());
    invoker.settled().await;
    assert!(file.exists());
    assert!(invoker.queue("failed").is_empty());
}

#[tokio::test]
async fn an_event_that_failed_three_times_is_kept_in_the_queue_with_its_payload() {
    let (_bench, data, invoker) = invoker().await;
    invoker.send("obey", Bytes::from(r#"{"fail":"never"}"#));
    invoker.settled().await;
    let messages = invoker.queue("failed");
    assert_eq!(messages.len(), 1);
    let message = &messages[0];
    assert_eq!(message["version"], "1.0");
    assert_eq!(message["requestContext"]["condition"], "RetriesExhausted");
    assert_eq!(message["requestContext"]["approximateInvokeCount"], 3);
    assert_eq!(message["requestPayload"], json!({"fail": "never"}));
    assert_eq!(message["responsePayload"]["errorMessage"], "never");
    let reopened = super::queues::Queues::open(data.file("queues")).unwrap();
    assert_eq!(reopened.messages("failed"), messages);
}

#[tokio::test]
async fn an_event_survives_a_stop_before_it_was_handled() {
    let (bench, data, invoker) = invoker().await;
    invoker.send("obey", Bytes::from(r#"{"sleep":30000}"#));
    tokio::time::sleep(Duration::from_millis(50)).await;
    bench.functions.stop().await;
    invoker.settled().await;
    let kept: Vec<_> = std::fs::read_dir(data.file("asynchronous")).unwrap().collect();
    assert_eq!(kept.len(), 1);
    assert!(invoker.queue("failed").is_empty());
    // The next stack takes it up; a shorter order in its place, to see it done.
    let file = bench.folder.path().join("taken-up");
    std::fs::write(kept[0].as_ref().unwrap().path(), json!({"fail_once": file}).to_string()).unwrap();
    let next = Bench::new(LONG).await;
    let invoker = Invoker::start(next.functions.clone(), &data).unwrap();
    let started = Instant::now();
    invoker.settled().await;
    assert!(file.exists() && started.elapsed() < Duration::from_secs(10));
    assert_eq!(std::fs::read_dir(data.file("asynchronous")).unwrap().count(), 0);
}
