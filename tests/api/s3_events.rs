//! Events of S3, which can arrive repeatedly, late and in any order.

use local::invoker::Outcome;
use serde_json::{Value, json};

use crate::helpers::{TestStack, User, exclusive_stack, fixture, id, stack, upload_key};

/// Delivers an event as if S3 had sent it again.
async fn deliver(stack: &TestStack, event: Value) {
    let invocation = stack.invoke("process-upload", event).await.expect("the function exists");
    assert_eq!(invocation.outcome, Outcome::Answered("null".into()));
}

/// The stored record and the keys of a file or image, and the used quota.
async fn stored_state(user: &User, sort_key: &str, file: &Value) -> (Value, Vec<String>, u64) {
    let record = user.stack.record(&format!("OWNER#{}", user.id), &format!("{sort_key}{}", id(file))).await;
    (record, user.stack.keys_of(id(file)), user.used_bytes().await)
}

#[tokio::test]
async fn a_repeated_event_changes_nothing() {
    let ada = stack().signed_up_user("ada").await;
    for (path, sort_key, name, content_type, status) in [
        ("/api/files", "FILE#", "photo.jpg", "image/jpeg", "ready"),
        ("/api/images", "IMAGE#", "photo.jpg", "image/jpeg", "ready"),
        ("/api/files", "FILE#", "page.png", "image/png", "rejected"),
        ("/api/images", "IMAGE#", "text.jpg", "image/jpeg", "rejected"),
    ] {
        let announced = ada.announce(path, name, content_type, fixture(name).len()).await;
        assert_eq!(ada.put(&announced, fixture(name)).await.status, 200);
        ada.stack.settled().await;
        let before = stored_state(&ada, sort_key, &announced).await;
        assert_eq!(before.0["status"]["S"], status);
        let events = ada.stack.events_about(&upload_key(&announced));
        assert_eq!(events.len(), 1);
        for _ in 0..2 {
            deliver(&ada.stack, events[0].clone()).await;
            assert_eq!(stored_state(&ada, sort_key, &announced).await, before, "{path} {name}");
        }
    }
}

#[tokio::test]
async fn concurrent_deliveries_of_one_event_settle_the_upload_once() {
    let stack = exclusive_stack().await;
    for (name, status) in [("photo.jpg", "ready"), ("text.jpg", "rejected")] {
        let ada = stack.signed_up_user("ada").await;
        let announced = ada.announce("/api/images", name, "image/jpeg", fixture(name).len()).await;
        ada.put(&announced, fixture(name)).await;
        let event = stack.events_about(&upload_key(&announced)).remove(0);
        tokio::join!(deliver(&stack, event.clone()), deliver(&stack, event), stack.settled());
        let image = ada.get(&format!("/api/images/{}", id(&announced))).await.json();
        assert_eq!(image["status"], status);
        let (used, objects) = if status == "ready" { (fixture(name).len() as u64, 3) } else { (0, 0) };
        assert_eq!((ada.used_bytes().await, stack.keys_of(id(&announced)).len()), (used, objects));
    }
}

#[tokio::test]
async fn a_late_event_of_a_deleted_file_restores_nothing() {
    let ada = stack().signed_up_user("ada").await;
    for (path, sort_key) in [("/api/files", "FILE#"), ("/api/images", "IMAGE#")] {
        let announced = ada.announce(path, "photo.jpg", "image/jpeg", fixture("photo.jpg").len()).await;
        ada.put(&announced, fixture("photo.jpg")).await;
        ada.stack.settled().await;
        assert_eq!(ada.delete(&format!("{path}/{}", id(&announced))).await.status, 204);
        let before = stored_state(&ada, sort_key, &announced).await;
        assert_eq!((before.0["status"]["S"].as_str(), before.1.len(), before.2), (Some("deleting"), 0, 0));
        let event = ada.stack.events_about(&upload_key(&announced)).remove(0);
        deliver(&ada.stack, event).await;
        assert_eq!(stored_state(&ada, sort_key, &announced).await, before);
        assert_eq!(ada.get(&format!("{path}/{}", id(&announced))).await.status, 404);
    }
}

#[tokio::test]
async fn an_event_of_another_version_does_not_change_the_current_one() {
    let ada = stack().signed_up_user("ada").await;
    let announced = ada.announce("/api/files", "a.txt", "text/plain", 6).await;
    let ready = ada.upload("/api/files", "b.txt", "text/plain", b"hello\n".to_vec()).await;
    for file in [&announced, &ready] {
        let before = stored_state(&ada, "FILE#", file).await;
        let other = format!("{}/{}/018f0000-0000-7000-8000-000000000000", ada.id, id(file));
        let mut event = ada
            .stack
            .s3()
            .events()
            .first()
            .map_or(Value::Null, |sent| serde_json::from_slice(&sent.event).expect("events are JSON"));
        event["Records"][0]["s3"]["object"]["key"] = other.into();
        deliver(&ada.stack, event).await;
        assert_eq!(stored_state(&ada, "FILE#", file).await, before);
    }
}

#[tokio::test]
async fn events_in_the_wrong_order_have_the_same_result() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    stack.s3().pause_events();
    let announced = ada.announce("/api/images", "photo.jpg", "image/jpeg", fixture("photo.jpg").len()).await;
    // One key gets two events: the owner deletes the image, and then stores it again with the URL, which still works.
    ada.put(&announced, fixture("photo.jpg")).await;
    ada.delete(&format!("/api/images/{}", id(&announced))).await;
    assert_eq!(
        stack.keys_of(id(&announced)).len(),
        1,
        "S3 keeps the bytes, so their event counts them first"
    );
    stack.s3().resume_events();
    stack.settled().await;
    assert_eq!(stack.keys_of(id(&announced)).len(), 0);
    stack.s3().pause_events();
    assert_eq!(ada.put(&announced, fixture("photo.jpg")).await.status, 200);
    assert_eq!(stack.keys_of(id(&announced)).len(), 1, "the bytes stay until the event arrives");
    stack.s3().resume_events();
    stack.settled().await;
    let events = stack.events_about(&upload_key(&announced));
    assert_eq!(events.len(), 2);
    for event in events.into_iter().rev() {
        deliver(&stack, event).await;
        assert_eq!(stack.keys_of(id(&announced)), Vec::<String>::new());
    }
    assert_eq!(ada.used_bytes().await, 0);
    assert_eq!(ada.kept_bytes().await, 2 * fixture("photo.jpg").len() as u64, "each object counts once");
}

#[tokio::test]
async fn an_upload_is_pending_until_its_event_arrives() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    stack.s3().pause_events();
    let bytes = fixture("photo.jpg");
    let announced = ada.announce("/api/images", "photo.jpg", "image/jpeg", bytes.len()).await;
    assert_eq!(ada.put(&announced, bytes.clone()).await.status, 200);
    let path = format!("/api/images/{}", id(&announced));
    let pending = ada.get(&path).await.json();
    assert_eq!((&pending["status"], &pending["thumbnails"]), (&json!("pending"), &json!({})));
    assert_eq!(ada.get(&format!("{path}/thumbnail?size=200")).await.status, 409);
    assert_eq!(ada.used_bytes().await, bytes.len() as u64);
    stack.s3().resume_events();
    stack.settled().await;
    assert_eq!(ada.get(&path).await.json()["status"], "ready");
}

#[tokio::test]
async fn a_form_is_ready_without_its_event_which_then_changes_nothing() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    stack.s3().pause_events();
    let image = ada.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
    let before = [stored_state(&ada, "IMAGE#", &image).await, stored_state(&ada, "FILE#", &file).await];
    stack.s3().resume_events();
    stack.settled().await;
    assert_eq!(stored_state(&ada, "IMAGE#", &image).await, before[0]);
    assert_eq!(stored_state(&ada, "FILE#", &file).await, before[1]);
    assert_eq!(before.map(|(_, keys, _)| keys.len()), [3, 1]);
}

#[tokio::test]
async fn an_event_with_an_unknown_key_is_ignored() {
    let ada = stack().signed_up_user("ada").await;
    let file = ada.upload("/api/files", "a.txt", "text/plain", b"hello\n".to_vec()).await;
    let key = ada.stack.keys_of(id(&file)).remove(0);
    let event = ada.stack.events_about(&key).remove(0);
    for key in ["readme.txt", "a/b/c", "", "////", &format!("{key}/x"), "%zz/..", &key.to_uppercase()] {
        let mut event = event.clone();
        event["Records"][0]["s3"]["object"]["key"] = key.into();
        deliver(&ada.stack, event).await;
    }
    deliver(&ada.stack, json!({"Records": []})).await;
    assert_eq!(ada.stack.original_of(id(&file)), Some(b"hello\n".to_vec()));
}
