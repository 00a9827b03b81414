//! Idempotency keys: their format, how long they are valid, and how they are stored.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderValue;
use serde_json::json;

use crate::helpers::{Answer, PASSWORD, id, stack, stack_with, token_not_valid};
use crate::idempotency::{KEY, RESOURCES, post};
use crate::shares::{link_path, sharer};

#[tokio::test]
async fn a_key_has_1_to_255_visible_ascii_characters() {
    let ada = stack().signed_up_user("ada").await;
    let body = json!({"field1": "one", "field2": "two"});
    let send = async |key: &[u8]| {
        let key = HeaderValue::from_bytes(key).expect("a value");
        let request = ada.request(Method::POST, RESOURCES).header("idempotency-key", key);
        Answer::of(request.json(&body)).await
    };
    let message = "Use 1 to 255 visible ASCII characters, none of them a space.";
    for key in [&b""[..], b"one two", b"one\ttwo", "schl\u{fc}ssel".as_bytes(), &[b'x'; 256]] {
        send(key).await.assert(400, &json!({"Idempotency-Key": [message]}));
    }
    assert_eq!(ada.get(RESOURCES).await.json()["results"], json!([]));
    for key in [&b"\"quoted\""[..], b"~", &[b'x'; 255]] {
        assert_eq!(send(key).await.status, 201);
    }
}

#[tokio::test]
async fn a_key_can_be_reused_after_it_expires() {
    let ada = stack_with(&[("IdempotencySeconds", "1")]).signed_up_user("ada").await;
    let body = json!({"field1": "one", "field2": "two"});
    let first = post(&ada, KEY, RESOURCES, &body).await.json();
    tokio::time::sleep(Duration::from_millis(1100)).await;
    // The record of the key can still exist, because DynamoDB removes expired records late.
    let second = post(&ada, KEY, RESOURCES, &json!({"field1": "three", "field2": "four"})).await;
    assert_eq!(second.status, 201, "{}", second.text());
    assert_ne!(id(&first), id(&second.json()));
}

#[tokio::test]
async fn a_repeated_request_needs_a_valid_session() {
    let ada = stack().signed_up_user("ada").await;
    let body = json!({"field1": "one", "field2": "two"});
    assert_eq!(post(&ada, KEY, RESOURCES, &body).await.status, 201);
    assert_eq!(ada.post("/api/user/logout", json!({})).await.status, 200);
    post(&ada, KEY, RESOURCES, &body).await.assert(401, &token_not_valid());
}

#[tokio::test]
async fn sign_up_ignores_the_key() {
    let stack = stack();
    for key in [KEY, KEY, "one two"] {
        let body = json!({"username": stack.fresh_name("ada"), "password": PASSWORD});
        let request = stack.http.post(stack.url("/api/users")).header("idempotency-key", key);
        assert_eq!(Answer::of(request.json(&body)).await.status, 201);
    }
}

#[tokio::test]
async fn the_table_contains_no_key_token_or_password_in_plain_text() {
    let stack = stack();
    let (ada, file) = sharer(&stack).await;
    let links = format!("/api/files/{}/links", id(&file));
    let made =
        post(&ada, KEY, &links, &json!({"expires_in": 300, "password": "open sesame please"})).await.json();
    let query = json!({
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": format!("IDEMPOTENCY#{}", ada.id)}},
    });
    let kept = stack.dynamodb("Query", query).await["Items"].take();
    assert_eq!(kept.as_array().map(Vec::len), Some(1));
    let token = link_path(&stack, &made).trim_start_matches("/s/").to_owned();
    for secret in [KEY, &token, "open sesame please"] {
        assert!(!kept.to_string().contains(secret), "{kept:#}");
    }
    let ttl: i64 = kept[0]["ttl"]["N"].as_str().and_then(|ttl| ttl.parse().ok()).expect("a time");
    let left = ttl - local::clock::now().as_second();
    assert!((86_300..=86_400).contains(&left), "{left}");
}
