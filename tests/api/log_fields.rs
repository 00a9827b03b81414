//! What the log lines of requests and events have, and what they do not have.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::helpers::{TestStack, exclusive_stack};

const PATIENCE: Duration = Duration::from_secs(10);

/// The last line of `function` with this message after the first `seen`.
async fn line(stack: &TestStack, seen: usize, function: &str, message: &str) -> Value {
    let started = Instant::now();
    loop {
        let mut lines = stack.logs_after(seen).0.into_iter().filter_map(|line| {
            let (name, text) = line.split_once(" | ")?;
            let line = serde_json::from_str::<Value>(text).ok().filter(|_| name == function)?;
            (line["message"] == message).then_some(line)
        });
        if let Some(line) = lines.next_back() {
            return line;
        }
        assert!(started.elapsed() < PATIENCE, "{function} has not logged {message:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The names of the fields, in alphabetical order.
fn names(line: &Value) -> Vec<&str> {
    let mut names: Vec<_> = line.as_object().expect("an object").keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn the_line_of_a_request_has_its_route_outcome_duration_and_caller() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    let fields = [
        "caller_id",
        "cold_start",
        "duration_ms",
        "level",
        "message",
        "outcome",
        "request_id",
        "route",
        "status",
        "timestamp",
    ];
    let seen = stack.logs_after(0).1;
    assert_eq!(ada.get("/api/files/019ce36f-2530-7000-8000-00000000dead").await.status, 404);
    let refused = line(&stack, seen, "get-file", "request").await;
    assert_eq!(names(&refused), fields);
    let expected = json!([ada.id, "refused", 404, "GET /api/files/{id}", "INFO"]);
    let found = ["caller_id", "outcome", "status", "route", "level"].map(|name| refused[name].clone());
    assert_eq!(json!(found), expected);
    assert!(refused["duration_ms"].is_u64() && refused["cold_start"].is_boolean(), "{refused}");

    let seen = stack.logs_after(0).1;
    assert_eq!(stack.get("/api/users/me").await.status, 401);
    let stranger = line(&stack, seen, "get-current-user", "request").await;
    assert!(!names(&stranger).contains(&"caller_id"), "{stranger}");
}

#[tokio::test]
async fn a_new_process_says_so_once() {
    let stack = exclusive_stack().await;
    // An update replaces the processes of a function whose environment changes.
    stack.update(&[("MaxResources", "9999")]).await.expect("parameters can change");
    let ada = stack.signed_up_user("ada").await;
    let mut found = Vec::new();
    for _ in 0..2 {
        let seen = stack.logs_after(0).1;
        ada.post("/api/resource", json!({"field1": "a", "field2": "b"})).await;
        found.push(line(&stack, seen, "create-resource", "request").await["cold_start"].clone());
    }
    stack.update(&[("MaxResources", "10000")]).await.expect("parameters can change");
    assert_eq!(found, [json!(true), json!(false)]);
}

#[tokio::test]
async fn the_line_of_an_event_has_its_function_and_outcome() {
    let stack = exclusive_stack().await;
    let seen = stack.logs_after(0).1;
    let event = json!({"Records": [{"Sns": {"Message": "this is not from SES"}}]});
    let failed = stack.invoke("record-mail-feedback", event).await.expect("it exists");
    let failed_line = line(&stack, seen, "record-mail-feedback", "event").await;
    let fields =
        ["cold_start", "duration_ms", "level", "message", "outcome", "request_id", "route", "timestamp"];
    assert_eq!(names(&failed_line), fields);
    let expected = (&json!("failed"), &json!("record-mail-feedback"), &json!(failed.request_id));
    assert_eq!((&failed_line["outcome"], &failed_line["route"], &failed_line["request_id"]), expected);
    // Every line of the invocation has its id.
    let cause = line(&stack, seen, "record-mail-feedback", "mail feedback not recorded").await;
    assert_eq!((&cause["request_id"], &cause["level"]), (&json!(failed.request_id), &json!("ERROR")));

    let seen = stack.logs_after(0).1;
    stack.sweep().await;
    assert_eq!(line(&stack, seen, "sweep-leftovers", "event").await["outcome"], "done");
}
