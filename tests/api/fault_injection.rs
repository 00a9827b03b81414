//! Injects a fault into each AWS call of a request, and loses all events. After the sweep, storage must match the
//! records.

use std::ops::RangeInclusive;

use local::calls::Fault;
use local::invoker::Outcome;
use reqwest::Method;
use reqwest::multipart::Form;
use serde_json::{Value, json};

use crate::helpers::{Answer, ExclusiveStack, MEBIBYTE, User, exclusive_stack, fixture, id, not_found, part};

/// A fault that begins at one call.
#[derive(Debug, Clone, Copy)]
enum InjectedFault {
    /// The process is killed before it receives the response.
    Kill,
    /// This call and all later ones fail with this fault, including their retries.
    Outage(Fault),
}

const FAULTS: [InjectedFault; 3] = [
    InjectedFault::Kill,
    InjectedFault::Outage(Fault::InternalError),
    InjectedFault::Outage(Fault::Throttling),
];

/// More calls than any of the functions makes. One of the requests must therefore succeed.
const CALLS: RangeInclusive<u32> = 1..=9;

/// More calls than any of the functions makes, including retries.
const CALLS_WITH_RETRIES: u32 = 40;

impl InjectedFault {
    fn inject(self, stack: &ExclusiveStack, function: &str, nth: u32) {
        match self {
            Self::Kill => stack.calls().inject(function, nth, Fault::KillAfter, 1),
            Self::Outage(fault) => {
                (nth..CALLS_WITH_RETRIES).for_each(|call| stack.calls().inject(function, call, fault, 1));
            }
        }
    }
}

/// A user, the record from `prepare`, and the number of the call with the fault.
type AffectedUser = (User, Value, u32);

/// For each call of `function`: prepares a new user, injects the fault and calls `act`, until a request succeeds.
/// Then lets everything expire, runs the sweep, and checks the storage of all users.
async fn fail_each_call(
    fault: InjectedFault,
    function: &str,
    prepare: impl AsyncFn(&ExclusiveStack) -> (User, Value),
    act: impl AsyncFn(&User, &Value) -> Answer,
) -> (ExclusiveStack, Vec<AffectedUser>) {
    let stack = exclusive_stack().await;
    let mut affected = Vec::new();
    let mut failed = 0;
    stack.calls().inject("process-upload", 1, Fault::KillAfter, 10_000);
    for nth in CALLS {
        let (ada, made) = prepare(&stack).await;
        fault.inject(&stack, function, nth);
        let answer = act(&ada, &made).await;
        stack.calls().clear(function);
        affected.push((ada, made, nth));
        if answer.status < 300 {
            break;
        }
        failed += 1;
        assert!(answer.status >= 500, "{fault:?} at call {nth} of {function}: {}", answer.text());
    }
    assert!((2..*CALLS.end()).contains(&failed), "{fault:?} failed {failed} requests of {function}");
    for (ada, ..) in &affected {
        ada.age_records_by_a_month().await;
    }
    stack.calls().clear("process-upload");
    let report = stack.sweep().await;
    assert_eq!((&report["failed"], &report["more"]), (&json!(0), &json!(false)), "{report}");
    for (ada, _, nth) in &affected {
        stack.assert_storage_matches_records(ada, &format!("{fault:?} at call {nth} of {function}")).await;
    }
    (stack, affected)
}

async fn new_user(stack: &ExclusiveStack) -> (User, Value) {
    (stack.signed_up_user("ada").await, Value::Null)
}

async fn user_with_file(stack: &ExclusiveStack) -> (User, Value) {
    let ada = stack.signed_up_user("ada").await;
    let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
    (ada, file)
}

/// Announces and sends a photo, or an HTML page that is declared as a PDF.
async fn user_with_upload(stack: &ExclusiveStack, content_type: &str) -> (User, Value) {
    let ada = stack.signed_up_user("ada").await;
    let is_photo = content_type == "image/jpeg";
    let bytes = if is_photo { fixture("photo.jpg") } else { b"<!doctype html><p>Hello".to_vec() };
    let file = ada.announce("/api/files", "a", content_type, bytes.len()).await;
    assert_eq!(ada.put(&file, bytes).await.status, 200);
    (ada, file)
}

async fn replace_content(user: &User, file: &Value) -> Answer {
    let form = Form::new().part("file", part("b.txt", "text/plain", *b"goodbye\n"));
    Answer::of(user.request(Method::PUT, &format!("/api/files/{}", id(file))).multipart(form)).await
}

#[tokio::test]
#[ignore = "half a minute of retries; .ci/run runs it"]
async fn a_failed_form_upload_is_cleaned_up() {
    for fault in FAULTS {
        let act = async |user: &User, _: &Value| {
            user.post_file("/api/files", "file", "a.txt", "text/plain", b"hello\n".to_vec()).await
        };
        fail_each_call(fault, "create-file", new_user, act).await;
    }
}

#[tokio::test]
#[ignore = "half a minute of retries; .ci/run runs it"]
async fn a_failed_image_form_is_cleaned_up() {
    for fault in FAULTS {
        let act = async |user: &User, _: &Value| {
            user.post_file("/api/images", "image", "photo.jpg", "image/jpeg", fixture("photo.jpg")).await
        };
        let (stack, affected) = fail_each_call(fault, "create-image", new_user, act).await;
        for (user, ..) in affected {
            for image in user.get("/api/images").await.json()["results"].as_array().expect("a list") {
                let expected = if image["status"] == "ready" { 3 } else { 0 };
                assert_eq!(stack.keys_of(id(image)).len(), expected, "original and thumbnails: {image}");
            }
        }
    }
}

#[tokio::test]
#[ignore = "half a minute of retries; .ci/run runs it"]
async fn a_failed_announcement_is_cleaned_up() {
    for fault in FAULTS {
        let body = json!({"filename": "a.txt", "content_type": "text/plain", "size": 1000});
        let act = async |user: &User, _: &Value| user.post("/api/files", body.clone()).await;
        fail_each_call(fault, "create-file", new_user, act).await;
    }
}

#[tokio::test]
#[ignore = "half a minute of retries; .ci/run runs it"]
async fn a_failed_start_of_an_upload_in_parts_is_cleaned_up() {
    for fault in FAULTS {
        let prepare = async |stack: &ExclusiveStack| {
            let ada = stack.premium_user("ada").await;
            let file = ada.announce("/api/files", "film.bin", "video/mp4", 100 * MEBIBYTE + 1).await;
            (ada, file)
        };
        let act = async |user: &User, file: &Value| user.sign_parts(file, &[1]).await;
        let (stack, affected) = fail_each_call(fault, "sign-parts", prepare, act).await;
        for (user, file, nth) in affected {
            assert!(!stack.has_upload_of(id(&file)), "{fault:?} at call {nth}");
            let file = user.get(&format!("/api/files/{}", id(&file))).await.json();
            assert_eq!(file["reason"], "expired", "{fault:?} at call {nth}");
        }
    }
}

#[tokio::test]
#[ignore = "half a minute of retries; .ci/run runs it"]
async fn a_failed_completion_is_finished_by_the_sweep() {
    for fault in FAULTS {
        for (content_type, expected) in [("image/jpeg", "ready"), ("application/pdf", "rejected")] {
            let prepare = async |stack: &ExclusiveStack| user_with_upload(stack, content_type).await;
            let act = async |user: &User, file: &Value| user.complete_put(file).await;
            let (_stack, affected) = fail_each_call(fault, "complete-file", prepare, act).await;
            for (user, file, nth) in affected {
                let file = user.get(&format!("/api/files/{}", id(&file))).await.json();
                // The sweep removes records that were rejected a month ago.
                let is_gone = expected == "rejected" && file == not_found();
                assert!(is_gone || file["status"] == expected, "{fault:?} at call {nth}: {file}");
            }
        }
    }
}

#[tokio::test]
#[ignore = "half a minute of retries; .ci/run runs it"]
async fn a_failed_replacement_leaves_the_old_or_the_new_content() {
    for fault in FAULTS {
        let (stack, affected) = fail_each_call(fault, "update-file", user_with_file, replace_content).await;
        let mut seen = Vec::new();
        for (user, file, nth) in affected {
            let file = user.get(&format!("/api/files/{}", id(&file))).await.json();
            let bytes = stack.fetch(file["file"].as_str().expect("a URL")).await.bytes;
            let name = if bytes == b"hello\n" { "a.txt" } else { "b.txt" };
            let shown = (&file["filename"], &file["size"]);
            assert_eq!(shown, (&json!(name), &json!(bytes.len())), "{fault:?} at call {nth}");
            seen.push(bytes);
        }
        assert!(seen.contains(&b"hello\n".to_vec()) && seen.contains(&b"goodbye\n".to_vec()), "{seen:?}");
    }
}

#[tokio::test]
#[ignore = "half a minute of retries; .ci/run runs it"]
async fn a_failed_deletion_of_a_file_is_cleaned_up() {
    for fault in FAULTS {
        let act = async |user: &User, file: &Value| user.delete(&format!("/api/files/{}", id(file))).await;
        fail_each_call(fault, "delete-file", user_with_file, act).await;
    }
}

#[tokio::test]
#[ignore = "half a minute of retries; .ci/run runs it"]
async fn a_failed_deletion_of_an_image_is_cleaned_up() {
    for fault in FAULTS {
        let prepare = async |stack: &ExclusiveStack| {
            let ada = stack.signed_up_user("ada").await;
            let image = ada.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
            (ada, image)
        };
        let act = async |user: &User, image: &Value| user.delete(&format!("/api/images/{}", id(image))).await;
        let (stack, affected) = fail_each_call(fault, "delete-image", prepare, act).await;
        for (user, image, nth) in affected {
            let is_there = user.get(&format!("/api/images/{}", id(&image))).await.status == 200;
            assert_eq!(stack.keys_of(id(&image)).is_empty(), !is_there, "{fault:?} at call {nth}");
        }
    }
}

/// Clients repeat a call that is not answered within two and a half seconds.
#[tokio::test]
#[ignore = "half a minute of waiting for calls that hang; .ci/run runs it"]
async fn a_request_succeeds_although_one_call_hangs() {
    let stack = exclusive_stack().await;
    for nth in 1..=3 {
        let (ada, file) = user_with_upload(&stack, "image/jpeg").await;
        stack.calls().inject("complete-file", nth, Fault::Hang, 1);
        let answer = ada.complete_put(&file).await;
        assert_eq!((answer.status, &answer.json()["status"]), (200, &json!("ready")), "call {nth}");
    }
    for nth in 1..=4 {
        let (ada, file) = user_with_file(&stack).await;
        stack.calls().inject("update-file", nth, Fault::Hang, 1);
        let answer = replace_content(&ada, &file).await;
        assert_eq!((answer.status, &answer.json()["size"]), (200, &json!(8)), "call {nth}");
        assert_eq!(ada.used_bytes().await, 8, "call {nth}");
    }
}

#[tokio::test]
#[ignore = "half a minute of sweeps that die; .ci/run runs it"]
async fn a_killed_sweep_is_completed_by_the_next_run() {
    let stack = exclusive_stack().await;
    let (ada, file) = user_with_file(&stack).await;
    assert_eq!(replace_content(&ada, &file).await.status, 200);
    let image = ada.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    assert_eq!(ada.delete(&format!("/api/images/{}", id(&image))).await.status, 204);
    stack.calls().inject("process-upload", 1, Fault::KillAfter, 10_000);
    for content_type in ["image/jpeg", "application/pdf"] {
        let photo = fixture("photo.jpg");
        let sent = ada.announce("/api/files", "a", content_type, photo.len()).await;
        assert_eq!(ada.put(&sent, photo).await.status, 200);
    }
    ada.announce("/api/images", "a.png", "image/png", 1000).await;
    ada.age_records_by_a_month().await;
    // The sweep makes sixteen queries, and several calls for each due record.
    let mut died = 0;
    for nth in 1..60 {
        stack.calls().inject("sweep-leftovers", nth, Fault::KillAfter, 1);
        let swept = stack.invoke("sweep-leftovers", json!({})).await.expect("the function exists").outcome;
        stack.calls().clear("sweep-leftovers");
        if let Outcome::Answered(_) = swept {
            break;
        }
        died += 1;
    }
    assert!((17..59).contains(&died), "the sweep was killed {died} times");
    stack.calls().clear("process-upload");
    // An image is postponed for an hour if the sweep was killed while settling it.
    ada.age_records_by_a_month().await;
    assert_eq!(stack.sweep().await["failed"], 0);
    stack.assert_storage_matches_records(&ada, "after the last sweep").await;
}

#[tokio::test]
#[ignore = "some seconds of retries; .ci/run runs it"]
async fn the_sweep_retries_what_failed_during_an_outage_of_s3() {
    let stack = exclusive_stack().await;
    let (ada, file) = user_with_file(&stack).await;
    // Otherwise a late event would find the tombstone and delete the bytes instead of the sweep.
    stack.settled().await;
    stack.calls().interrupt("delete-file", "DeleteObject", Fault::InternalError);
    assert_eq!(ada.delete(&format!("/api/files/{}", id(&file))).await.status, 500);
    stack.calls().clear("delete-file");
    ada.announce("/api/files", "a.txt", "text/plain", 1000).await;
    ada.age_records_by_a_month().await;
    for operation in ["GetObject", "DeleteObject"] {
        stack.calls().interrupt("sweep-leftovers", operation, Fault::InternalError);
    }
    let report = stack.sweep().await;
    assert_eq!(report["failed"], 2, "{report}");
    assert_eq!(stack.sweep().await["failed"], 0, "it is postponed for an hour");
    stack.calls().clear("sweep-leftovers");
    assert_eq!(stack.keys_of(id(&file)).len(), 1, "the bytes are still there");
    ada.age_records_by_a_month().await;
    assert_eq!(stack.sweep().await["failed"], 0);
    stack.assert_storage_matches_records(&ada, "after the outage").await;
}
