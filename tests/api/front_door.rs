//! Functions accept only requests that came through the front door.

use local::calls::Fault;
use local::invoker::Outcome;
use serde_json::{Value, json};

use crate::helpers::{PASSWORD, exclusive_stack, id, stack};

/// The event of a request that bypassed CloudFront.
pub fn event(method: &str, path: &str, headers: &Value) -> Value {
    let route = format!("{method} {path}");
    json!({
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": "local.execute-api.us-east-1.amazonaws.com",
            "domainPrefix": "local",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "x"},
            "requestId": "r",
            "routeKey": route,
            "stage": "$default",
            "time": "12/Mar/2026:19:03:58 +0000",
            "timeEpoch": 1_773_342_238_000_i64,
        },
        "body": "{}",
        "isBase64Encoded": false,
    })
}

#[tokio::test]
async fn every_route_refuses_a_request_that_bypassed_the_front_door() {
    let stack = stack();
    let routes = &stack.deployment().routes;
    assert!(!routes.is_empty());
    for route in routes {
        for headers in [
            json!({"content-type": "application/json"}),
            json!({"x-satchel-viewer-ip": "203.0.113.9", "x-satchel-origin-secret": "guess"}),
            json!({"x-satchel-host": "files.example.com", "x-satchel-origin-secret": ""}),
        ] {
            let event = event(&route.method, &route.path, &headers);
            let invocation = stack.invoke(&route.function, event).await.expect("a function");
            let Outcome::Answered(answer) = invocation.outcome else { panic!("{:?}", invocation.outcome) };
            let answer: Value = serde_json::from_slice(&answer).expect("JSON");
            assert_eq!(answer["statusCode"], 403, "{} {}: {answer}", route.method, route.path);
            let body: Value = serde_json::from_str(answer["body"].as_str().expect("a body")).expect("JSON");
            let keys: Vec<_> = body.as_object().expect("an object").keys().collect();
            assert_eq!(keys, ["detail"], "{body}");
        }
    }
}

#[tokio::test]
async fn callers_cannot_set_the_headers_of_the_front_door() {
    let stack = stack();
    let (name, email) = (stack.fresh_name("eve"), stack.fresh_address());
    let request = stack
        .http
        .post(stack.url("/api/users"))
        .header("x-satchel-host", "evil.example")
        .header("x-forwarded-host", "evil.example")
        .header("x-satchel-origin-secret", "guess")
        .json(&json!({"username": name, "password": PASSWORD, "email": email}));
    assert_eq!(crate::helpers::Answer::of(request).await.status, 201);
    let mail = stack.mails(&email, 1).await.remove(0);
    assert!(stack.link_in(&mail).is_some() && !mail.text.contains("evil.example"), "{}", mail.text);
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn an_error_for_one_user_is_not_cached_for_another() {
    let stack = exclusive_stack().await;
    let (ada, bob) = (stack.signed_up_user("ada").await, stack.signed_up_user("bob").await);
    let file = bob.upload_file("a.txt", "text/plain", *b"hello\n").await;
    let path = format!("/api/files/{}", id(&file));
    assert_eq!(ada.get(&path).await.status, 404);
    assert_eq!(bob.get(&path).await.status, 200, "Ada's 404 is not cached");
    stack.calls().interrupt("get-file", "BatchGetItem", Fault::Throttling);
    assert!(ada.get(&path).await.status >= 500);
    stack.calls().clear("get-file");
    assert_eq!(bob.get(&path).await.status, 200, "Ada's 503 is not cached");
    assert_eq!(ada.get(&path).await.status, 404);
}
