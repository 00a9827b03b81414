//! Event notifications.

use aws_lambda_events::s3::S3Event;
use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;

use super::{ORIGINALS, RENDITIONS, TestStore};

async fn put(s3: &Client, bucket: &str, key: &str) {
    s3.put_object().bucket(bucket).key(key).body(ByteStream::from_static(b"hello")).send().await.unwrap();
}

fn read(sent: &crate::SentEvent) -> (String, aws_lambda_events::s3::S3EventRecord) {
    let mut event: S3Event = serde_json::from_slice(&sent.event).unwrap();
    (sent.function.clone(), event.records.remove(0))
}

#[tokio::test]
async fn a_put_sends_an_event_in_the_form_of_s3() {
    let store = TestStore::new().await;
    put(&store.client("create-file"), ORIGINALS, "owner/a b+ü.txt").await;
    put(&store.client("create-file"), RENDITIONS, "not-notified").await;
    let sent = store.s3.events();
    assert_eq!(sent.len(), 1);
    let (function, record) = read(&sent[0]);
    assert_eq!(function, "process-upload");
    assert_eq!(record.event_version.as_deref(), Some("2.1"));
    assert_eq!(record.event_source.as_deref(), Some("aws:s3"));
    assert_eq!(record.aws_region.as_deref(), Some("us-east-1"));
    assert_eq!(record.event_name.as_deref(), Some("ObjectCreated:Put"));
    assert_eq!(record.principal_id.principal_id.as_deref(), Some("AWS:local.create-file.0"));
    assert_eq!(record.request_parameters.source_ip_address.as_deref(), Some("127.0.0.1"));
    assert!(record.response_elements.contains_key("x-amz-request-id"));
    assert_eq!(record.s3.schema_version.as_deref(), Some("1.0"));
    assert_eq!(record.s3.bucket.name.as_deref(), Some(ORIGINALS));
    assert_eq!(record.s3.bucket.arn.as_deref(), Some("arn:aws:s3:::satchel-originals"));
    assert_eq!(record.s3.object.key.as_deref(), Some("owner/a+b%2B%C3%BC.txt"));
    assert_eq!(record.s3.object.size, Some(5));
    assert_eq!(record.s3.object.e_tag.as_deref(), Some("5d41402abc4b2a76b9719d911017c592"));
    let sequencer = record.s3.object.sequencer.unwrap();
    assert!(sequencer.len() >= 16 && sequencer.chars().all(|digit| "0123456789ABCDEF".contains(digit)));
}

#[tokio::test]
async fn each_kind_of_write_has_its_event_type_and_each_function_its_filter() {
    let store = TestStore::new().await;
    let s3 = store.client("create-file");
    put(&s3, ORIGINALS, "a").await;
    for key in ["copies/b.txt", "copies/b.png", "b.txt"] {
        s3.copy_object()
            .copy_source(format!("{ORIGINALS}/a"))
            .bucket(ORIGINALS)
            .key(key)
            .send()
            .await
            .unwrap();
    }
    s3.delete_object().bucket(ORIGINALS).key("a").send().await.unwrap();
    let records: Vec<_> = store.s3.events().iter().map(read).collect();
    let sent: Vec<(&str, &str, &str)> = records
        .iter()
        .map(|(function, record)| {
            (
                function.as_str(),
                record.event_name.as_deref().unwrap(),
                record.s3.object.key.as_deref().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        sent,
        [
            ("process-upload", "ObjectCreated:Put", "a"),
            ("process-upload", "ObjectCreated:Copy", "copies/b.txt"),
            ("note-copy", "ObjectCreated:Copy", "copies/b.txt"),
            ("process-upload", "ObjectCreated:Copy", "copies/b.png"),
            ("process-upload", "ObjectCreated:Copy", "b.txt"),
        ]
    );
}

#[tokio::test]
async fn a_refused_write_sends_no_event() {
    let store = TestStore::new().await;
    let s3 = store.client("create-file");
    put(&s3, ORIGINALS, "k").await;
    s3.put_object().bucket(ORIGINALS).key("k").if_none_match("*").send().await.unwrap_err();
    assert_eq!(store.s3.events().len(), 1);
}

#[tokio::test]
async fn paused_events_are_sent_after_a_restart_and_the_sequencer_continues() {
    let store = TestStore::new().await;
    put(&store.client("create-file"), ORIGINALS, "first").await;
    let (_, first) = read(&store.s3.events()[0]);
    store.s3.pause_events();
    put(&store.client("create-file"), ORIGINALS, "second").await;
    assert_eq!(store.s3.events().len(), 1);
    let store = TestStore::at(store.data.clone()).await;
    put(&store.client("create-file"), ORIGINALS, "third").await;
    let sent: Vec<_> = store.s3.events().iter().map(|event| read(event).1.s3.object).collect();
    let keys: Vec<_> = sent.iter().map(|object| object.key.as_deref().unwrap()).collect();
    assert_eq!(keys, ["second", "third"]);
    let sequencers = [&first.s3.object, &sent[0], &sent[1]].map(|object| object.sequencer.clone().unwrap());
    assert!(sequencers.is_sorted() && sequencers[0] != sequencers[1], "{sequencers:?}");
}

#[tokio::test]
async fn paused_events_are_sent_in_order() {
    let store = TestStore::new().await;
    store.s3.pause_events();
    for key in ["a", "b"] {
        put(&store.client("create-file"), ORIGINALS, key).await;
    }
    assert!(store.s3.events().is_empty());
    store.s3.resume_events();
    let keys: Vec<_> = store.s3.events().iter().map(|event| read(event).1.s3.object.key.unwrap()).collect();
    assert_eq!(keys, ["a", "b"]);
}
