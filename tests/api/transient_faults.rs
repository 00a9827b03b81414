//! Services that fail once, and functions that are killed during an upload.

use local::calls::Fault;
use reqwest::header::RETRY_AFTER;
use serde_json::{Value, json};

use crate::helpers::{ExclusiveStack, User, corner_colours, decode_image, exclusive_stack, fixture, id};

/// The number of AWS calls that process-upload makes for one upload.
const CALLS: u32 = 6;

/// PUTs `name` as an image, and injects `fault` into the `nth` call of process-upload.
async fn upload_with_fault(stack: &ExclusiveStack, nth: u32, fault: Fault, name: &str) -> (User, Value) {
    let ada = stack.signed_up_user("ada").await;
    stack.calls().inject("process-upload", nth, fault, 1);
    let image = ada.upload("/api/images", name, "image/jpeg", fixture(name)).await;
    stack.calls().clear("process-upload");
    (ada, image)
}

#[tokio::test]
async fn an_upload_becomes_ready_although_its_processing_is_killed_after_any_call() {
    let stack = exclusive_stack().await;
    let failed_before = stack.queue(queue(&stack)).len();
    for nth in 1..=CALLS {
        let (ada, image) = upload_with_fault(&stack, nth, Fault::KillAfter, "photo.jpg").await;
        assert_eq!(image["status"], "ready", "killed after call {nth}");
        let url = image["thumbnails"]["200"].as_str().unwrap();
        let picture = decode_image(&stack.fetch(url).await.bytes);
        assert_eq!(corner_colours(&picture), ["red", "green", "blue", "yellow"]);
        assert_eq!(stack.keys_of(id(&image)).len(), 3);
        assert_eq!(ada.used_bytes().await, fixture("photo.jpg").len() as u64);
    }
    assert_eq!(stack.queue(queue(&stack)).len(), failed_before, "no event ends in the failure queue");
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn an_upload_is_rejected_although_its_processing_is_killed_after_any_call() {
    let stack = exclusive_stack().await;
    for nth in 1..=CALLS {
        let (ada, image) = upload_with_fault(&stack, nth, Fault::KillAfter, "text.jpg").await;
        assert_eq!(image["status"], "rejected", "killed after call {nth}");
        assert_eq!(stack.keys_of(id(&image)), Vec::<String>::new(), "killed after call {nth}");
        assert_eq!(ada.used_bytes().await, 0, "killed after call {nth}");
    }
}

#[tokio::test]
async fn an_upload_becomes_ready_although_a_call_fails_once() {
    let stack = exclusive_stack().await;
    // These calls read the bytes and write the record.
    for (nth, fault) in [(3, Fault::InternalError), (6, Fault::Throttling)] {
        let (_, image) = upload_with_fault(&stack, nth, fault, "photo.jpg").await;
        assert_eq!(image["status"], "ready", "{fault:?} at call {nth}");
    }
}

#[tokio::test]
async fn an_event_that_fails_repeatedly_ends_in_the_failure_queue() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    stack.calls().inject("process-upload", 1, Fault::KillAfter, 3);
    let file = ada.upload("/api/files", "a.txt", "text/plain", b"hello\n".to_vec()).await;
    stack.calls().clear("process-upload");
    assert_eq!(file["status"], "pending", "the file stays pending until it is settled");
    let messages = stack.queue(queue(&stack));
    let message = messages.last().unwrap();
    let key = stack.keys_of(id(&file)).remove(0);
    assert_eq!(message["requestPayload"], stack.events_about(&key)[0]);
    assert_eq!(message["requestContext"]["approximateInvokeCount"], 3);
    stack.invoke("process-upload", message["requestPayload"].clone()).await.unwrap();
    assert_eq!(ada.get(&format!("/api/files/{}", id(&file))).await.json()["status"], "ready");
}

/// The failure queue of process-upload.
fn queue(stack: &ExclusiveStack) -> &str {
    let functions = &stack.deployment().functions;
    let function = functions.values().find(|function| function.name == "process-upload");
    function.and_then(|function| function.on_failure.as_deref()).expect("the template names a queue")
}

#[tokio::test]
async fn a_form_is_stored_although_a_call_fails_once() {
    let stack = exclusive_stack().await;
    for (path, function, nth, fault) in [
        // These calls store the file, write the ready record, and store a thumbnail.
        ("/api/files", "create-file", 4, Fault::InternalError),
        ("/api/files", "create-file", 5, Fault::Throttling),
        ("/api/images", "create-image", 5, Fault::InternalError),
    ] {
        let ada = stack.signed_up_user("ada").await;
        stack.calls().inject(function, nth, fault, 1);
        let bytes = fixture("photo.jpg");
        let answer = ada.post_file(path, "file", "photo.jpg", "image/jpeg", bytes.clone()).await;
        assert_eq!(answer.status, 201, "{fault:?} at call {nth} of {function}: {}", answer.text());
        assert_eq!(answer.json()["status"], "ready");
        assert_eq!(ada.used_bytes().await, bytes.len() as u64, "{fault:?} at call {nth}");
        assert_eq!(stack.original_of(id(&answer.json())), Some(bytes));
        let request = stack.calls().last_request_of(function).unwrap();
        let calls = stack.calls().of_request(&request).len();
        assert_eq!(calls, if function == "create-file" { 6 } else { 8 }, "one more than without a fault");
    }
}

#[tokio::test]
async fn the_event_completes_a_form_that_was_killed_after_storing_its_bytes() {
    let stack = exclusive_stack().await;
    for (path, function, nth) in [
        ("/api/files", "create-file", 4),
        ("/api/images", "create-image", 4),
        ("/api/images", "create-image", 6),
    ] {
        let ada = stack.signed_up_user("ada").await;
        stack.calls().inject(function, nth, Fault::KillAfter, 1);
        let answer = ada.post_file(path, "file", "photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
        // The response of API Gateway for a function that was killed.
        assert_eq!(answer.outcome(), (500, json!({"message": "Internal Server Error"})), "{function} {nth}");
        stack.settled().await;
        let made = &ada.get(path).await.json()["results"][0];
        // The puts of an image run in parallel, so the original may or may not be stored at this point.
        let stored = stack.original_of(id(made)).is_some();
        assert!(stored || function == "create-image");
        let expected = if stored { "ready" } else { "pending" };
        assert_eq!(made["status"], expected, "{function} killed after call {nth}");
        assert_eq!(ada.used_bytes().await, fixture("photo.jpg").len() as u64);
    }
}

#[tokio::test]
async fn a_conflicting_transaction_is_repeated() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    for (function, nth) in [("create-file", 3), ("delete-file", 3)] {
        stack.calls().inject(function, nth, Fault::TransactionConflict, 1);
    }
    let file = ada.announce("/api/files", "a.txt", "text/plain", 6).await;
    assert_eq!(ada.used_bytes().await, 6);
    assert_eq!(ada.delete(&format!("/api/files/{}", id(&file))).await.status, 204);
    assert_eq!(ada.used_bytes().await, 0);
    for function in ["create-file", "delete-file"] {
        let calls = stack.calls().of_request(&stack.calls().last_request_of(function).unwrap());
        let transactions = calls.iter().filter(|call| call.operation == "TransactWriteItems").count();
        assert_eq!(transactions, 2, "{function}");
        stack.calls().clear(function);
    }
}

#[tokio::test]
async fn permanent_transaction_conflicts_lead_to_503_with_retry_after() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    for nth in 3..200 {
        stack.calls().inject("create-file", nth, Fault::TransactionConflict, 1);
    }
    let body = json!({"filename": "a.txt", "content_type": "text/plain", "size": 6});
    let answer = ada.post("/api/files", body).await;
    stack.calls().clear("create-file");
    assert_eq!(answer.status, 503, "{}", answer.text());
    let seconds = answer.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse::<u32>().ok());
    assert!(seconds.is_some_and(|seconds| seconds >= 1), "{seconds:?}");
    assert!(answer.json()["detail"].is_string());
    assert_eq!(ada.used_bytes().await, 0);
    assert_eq!(ada.get("/api/files").await.json()["results"], json!([]));
}
