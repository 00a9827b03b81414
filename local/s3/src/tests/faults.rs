//! The record of calls, and injected faults.

use std::time::Duration;

use aws_sdk_s3::presigning::PresigningConfig;
use local_calls::{Calls, Fault, Service};

use super::test_store::signer;
use super::{ORIGINALS, TestStore, refusal};

fn operations(calls: &Calls) -> Vec<String> {
    calls.of_request("r1").into_iter().map(|call| call.operation).collect()
}

#[tokio::test]
async fn calls_of_a_function_are_counted_and_presigned_ones_are_not() {
    let store = TestStore::new().await;
    store.calls.invocation_started(&signer("create-file"), "r1");
    let s3 = store.client("create-file");
    s3.put_object().bucket(ORIGINALS).key("k").send().await.unwrap();
    let get = s3.get_object().bucket(ORIGINALS).key("k");
    let url = get.presigned(PresigningConfig::expires_in(Duration::from_mins(1)).unwrap()).await.unwrap();
    assert_eq!(reqwest::get(url.uri()).await.unwrap().status(), 200);
    s3.head_object().bucket(ORIGINALS).key("none").send().await.unwrap_err();
    s3.list_objects_v2().bucket(ORIGINALS).send().await.unwrap();
    assert_eq!(operations(&store.calls), ["PutObject", "HeadObject", "ListObjectsV2"]);
    assert!(store.calls.of_request("r1").iter().all(|call| call.service == Service::S3));
}

#[tokio::test]
async fn injected_faults_are_answered_with_the_errors_of_s3() {
    let store = TestStore::new().await;
    store.calls.invocation_started(&signer("create-file"), "r1");
    store.calls.inject("create-file", 1, Fault::Throttling, 1);
    store.calls.inject("create-file", 2, Fault::InternalError, 1);
    let s3 = store.client("create-file");
    let put = || s3.put_object().bucket(ORIGINALS).key("k").send();
    assert_eq!(refusal(put().await), (503, "SlowDown".into()));
    assert_eq!(refusal(put().await), (500, "InternalError".into()));
    store.calls.interrupt_next("create-file", "PutObject", Fault::Exception("NoSuchBucket"), 1);
    assert_eq!(refusal(put().await), (404, "NoSuchBucket".into()));
    assert!(store.s3.keys(ORIGINALS).is_empty());
    assert_eq!(refusal(put().await).0, 200);
}

#[tokio::test]
async fn a_killed_caller_gets_no_answer_although_the_call_was_carried_out() {
    let store = TestStore::new().await;
    store.calls.invocation_started(&signer("create-file"), "r1");
    store.calls.inject("create-file", 1, Fault::KillAfter, 1);
    let put = store.client("create-file").put_object().bucket(ORIGINALS).key("k").send().await;
    assert_eq!(refusal(put).0, 0);
    assert_eq!(store.s3.keys(ORIGINALS), ["k"]);
}

#[tokio::test]
async fn a_hanging_call_does_nothing() {
    let store = TestStore::new().await;
    store.calls.invocation_started(&signer("create-file"), "r1");
    store.calls.inject("create-file", 1, Fault::Hang, 1);
    let s3 = store.client("create-file");
    let put = s3.put_object().bucket(ORIGINALS).key("k").send();
    assert!(tokio::time::timeout(Duration::from_millis(100), put).await.is_err());
    assert!(store.s3.keys(ORIGINALS).is_empty());
}
