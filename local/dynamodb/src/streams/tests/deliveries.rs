use local_common::clock;
use local_deployment::StreamSource;
use serde_json::json;

use super::{Recorder, follow, put, source};
use crate::tests::{Endpoint, data, deployment, key};

#[tokio::test]
async fn a_function_gets_the_event_that_lambda_would_send() {
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
async fn changes_and_deletions_are_delivered_in_order_in_batches() {
    let (data, target) = (data(), Recorder::default());
    let endpoint = Endpoint::start_in(&data, &deployment()).await;
    put(&endpoint, &["a", "b"]).await;
    endpoint.put(json!({"pk": {"S": "u"}, "sk": {"S": "a"}, "number": {"N": "2"}})).await;
    endpoint.ask("DeleteItem", json!({"Key": key("u", "a")})).await;
    put(&endpoint, &["b"]).await;
    let streams = follow(&endpoint, &data, source(), &target).unwrap();
    streams.settled().await;
    // A write that changes nothing has no record.
    assert_eq!(target.batches(), ["INSERT a, INSERT b", "MODIFY a, REMOVE a"]);
}

#[tokio::test]
async fn the_removal_of_an_expired_item_is_attributed_to_dynamodb() {
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
async fn only_records_that_match_a_filter_are_delivered() {
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
async fn a_restart_neither_repeats_nor_loses_records() {
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
async fn a_write_wakes_the_follower_at_once() {
    let (data, target) = (data(), Recorder::default());
    let endpoint = Endpoint::start_in(&data, &deployment()).await;
    let _streams = follow(&endpoint, &data, source(), &target).unwrap();
    put(&endpoint, &["a"]).await;
    target.until(|delivered| delivered == ["a"]).await;
}

#[tokio::test]
async fn an_invalid_filter_is_an_error_at_the_start() {
    let data = data();
    let endpoint = Endpoint::start_in(&data, &deployment()).await;
    let source = StreamSource { filters: vec![json!({"eventName": [{"like": "x"}]})], ..source() };
    let error = follow(&endpoint, &data, source, &Recorder::default()).err().unwrap();
    assert_eq!(error.to_string(), "FilterCriteria of send-mail: unknown operator \"like\"");
}
