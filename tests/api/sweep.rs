//! The sweep finishes interrupted uploads, and removes what has expired.

use local::calls::Fault;
use reqwest::Method;
use reqwest::multipart::Form;
use serde_json::{Value, json};

use crate::helpers::{Answer, MEBIBYTE, User, exclusive_stack, fixture, id, not_found, part, upload_key};

async fn get_record(user: &User, path: &str, record: &Value) -> Value {
    user.get(&format!("{path}/{}", id(record))).await.json()
}

async fn replace(user: &User, file: &Value) -> Answer {
    let form = Form::new().part("file", part("b.txt", "text/plain", *b"goodbye\n"));
    Answer::of(user.request(Method::PUT, &format!("/api/files/{}", id(file))).multipart(form)).await
}

#[tokio::test]
async fn an_announced_upload_that_is_never_sent_expires_and_releases_its_quota() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    let file = ada.announce("/api/files", "a.txt", "text/plain", 1000).await;
    let image = ada.announce("/api/images", "a.png", "image/png", 1000).await;
    assert_eq!(ada.used_bytes().await, 2000);
    ada.age_records_by_a_month().await;
    let report = stack.sweep().await;
    assert!(report["expired"].as_u64() >= Some(2) && report["failed"] == 0, "{report}");
    for (path, record) in [("/api/files", &file), ("/api/images", &image)] {
        let shown = get_record(&ada, path, record).await;
        assert_eq!((&shown["status"], &shown["reason"]), (&json!("rejected"), &json!("expired")), "{path}");
    }
    assert_eq!(ada.used_bytes().await, 0);
    stack.assert_storage_matches_records(&ada, "expired").await;
    let again = stack.sweep().await;
    assert_eq!(again["expired"], 0, "nothing is left to expire: {again}");
}

#[tokio::test]
async fn an_upload_whose_event_was_lost_is_settled() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    // process-upload is killed three times, and then Lambda stops repeating the event.
    let uploads = [
        ("/api/files", "a.txt", "text/plain", b"hello\n".to_vec(), "ready"),
        ("/api/images", "photo.jpg", "image/jpeg", fixture("photo.jpg"), "ready"),
        ("/api/files", "a.pdf", "application/pdf", fixture("page.png"), "rejected"),
    ];
    let mut announced = Vec::new();
    for (path, name, content_type, bytes, expected) in uploads {
        stack.calls().inject("process-upload", 1, Fault::KillAfter, 3);
        let record = ada.announce(path, name, content_type, bytes.len()).await;
        assert_eq!(ada.put(&record, bytes).await.status, 200);
        stack.settled().await;
        stack.calls().clear("process-upload");
        assert_eq!(get_record(&ada, path, &record).await["status"], "pending", "{name}");
        announced.push((path, record, expected));
    }
    ada.age_records_by_a_month().await;
    let report = stack.sweep().await;
    assert!(report["settled"].as_u64() >= Some(3) && report["failed"] == 0, "{report}");
    for (path, record, expected) in announced {
        let shown = get_record(&ada, path, &record).await;
        assert_eq!(shown["status"], *expected, "{shown}");
    }
    let image = ada.get("/api/images").await.json()["results"][0].take();
    let thumbnail = image["thumbnails"]["200"].as_str().expect("a URL");
    assert_eq!(stack.fetch(thumbnail).await.status, 200);
    stack.assert_storage_matches_records(&ada, "lost events").await;
}

#[tokio::test]
async fn an_unfinished_upload_in_parts_is_aborted() {
    let stack = exclusive_stack().await;
    let ada = stack.premium_user("ada").await;
    let size = 100 * MEBIBYTE + 1;
    let file = ada.announce("/api/files", "film.bin", "video/mp4", size).await;
    let half = ada.sign_parts(&file, &[7]).await.json();
    assert_eq!(half["parts"][0]["number"], 7);
    // The function is killed after it started the upload, but before it updated the record.
    let other = ada.announce("/api/files", "film.bin", "video/mp4", size).await;
    stack.calls().inject("sign-parts", 3, Fault::KillAfter, 1);
    assert_eq!(ada.sign_parts(&other, &[1]).await.status, 500);
    stack.calls().clear("sign-parts");
    assert!(stack.has_upload_of(id(&file)) && stack.has_upload_of(id(&other)));
    ada.age_records_by_a_month().await;
    stack.sweep().await;
    assert!(!stack.has_upload_of(id(&file)) && !stack.has_upload_of(id(&other)));
    assert_eq!(get_record(&ada, "/api/files", &file).await["reason"], "expired");
    stack.assert_storage_matches_records(&ada, "unfinished parts").await;
}

#[tokio::test]
async fn a_tombstone_is_removed_when_no_signed_url_can_write_any_more() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    let file = ada.announce("/api/files", "a.txt", "text/plain", 6).await;
    let (owner, sort) = (format!("OWNER#{}", ada.id), format!("FILE#{}", id(&file)));
    assert_eq!(ada.delete(&format!("/api/files/{}", id(&file))).await.status, 204);
    assert_eq!(
        stack.record(&owner, &sort).await["status"]["S"],
        "deleting",
        "a signed URL of it is still valid"
    );
    // The event is lost, so only the sweep can find the bytes.
    stack.calls().inject("process-upload", 1, Fault::KillAfter, 3);
    assert_eq!(ada.put(&file, b"hello\n".to_vec()).await.status, 200);
    ada.age_records_by_a_month().await;
    stack.calls().clear("process-upload");
    let report = stack.sweep().await;
    assert!(report["removed"].as_u64() >= Some(1), "{report}");
    assert_eq!(stack.record(&owner, &sort).await, Value::Null);
    assert!(!stack.s3().keys(stack.bucket("OriginalsBucket")).contains(&upload_key(&file)));
    stack.assert_storage_matches_records(&ada, "deleted").await;
}

#[tokio::test]
async fn bytes_that_arrive_after_a_rejection_are_removed_although_their_event_is_lost() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    let page = b"<!doctype html><p>Hello".to_vec();
    let file = ada.announce("/api/files", "a.pdf", "application/pdf", page.len()).await;
    assert_eq!(ada.put(&file, page.clone()).await.status, 200);
    stack.settled().await;
    stack.calls().inject("process-upload", 1, Fault::KillAfter, 3);
    // The URL still works, because the rejected bytes were deleted.
    assert_eq!(ada.put(&file, page).await.status, 200);
    ada.age_records_by_a_month().await;
    stack.calls().clear("process-upload");
    stack.sweep().await;
    assert_eq!(
        get_record(&ada, "/api/files", &file).await,
        not_found(),
        "the sweep removes rejected records after thirty days"
    );
    stack.assert_storage_matches_records(&ada, "rejected").await;
}

#[tokio::test]
async fn old_contents_are_removed_when_their_urls_have_expired() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
    assert_eq!(replace(&ada, &file).await.status, 200);
    assert_eq!(stack.keys_of(id(&file)).len(), 2);
    ada.age_records_by_a_month().await;
    stack.sweep().await;
    stack.assert_storage_matches_records(&ada, "replaced").await;
    let now = get_record(&ada, "/api/files", &file).await;
    assert_eq!(now["size"], 8);
    assert_eq!(stack.fetch(now["file"].as_str().unwrap()).await.bytes, b"goodbye\n");
}

#[tokio::test]
async fn a_members_file_whose_event_was_lost_becomes_visible() {
    let stack = exclusive_stack().await;
    let (ada, bob) = (stack.signed_up_user("ada").await, stack.signed_up_user("bob").await);
    stack.s3().pause_events();
    let file = ada.announce_members_file("a.txt", b"hello\n").await;
    assert_eq!(ada.put(&file, b"hello\n".to_vec()).await.status, 200);
    ada.age_records_by_a_month().await;
    stack.sweep().await;
    stack.s3().resume_events();
    assert_eq!(bob.get(&format!("/api/files/{}", id(&file))).await.status, 200);
}

#[tokio::test]
async fn a_stuck_erasure_is_restarted() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
    stack.calls().inject("erase-account", 1, Fault::KillAfter, 1000);
    assert_eq!(ada.delete_with("/api/users/me", json!({"password": ada.password})).await.status, 204);
    let order = format!("ERASE#{}", ada.id);
    stack.set_attribute(&order, "ERASE", "due_at", json!({"S": "2026-01-01T00:00:00.000Z"})).await;
    let report = stack.sweep().await;
    assert!(report["erasures"].as_u64() >= Some(1), "{report}");
    assert_eq!(stack.record(&order, "ERASE").await["rounds"]["N"], "1", "the stream starts another round");
    stack.calls().clear("erase-account");
    stack.settled().await;
    assert_eq!(stack.keys_of(id(&file)), Vec::<String>::new());
    stack.assert_no_trace_of(&ada.id, &[&ada.id]).await;
}

#[tokio::test]
async fn a_record_that_fails_is_postponed_and_does_not_block_others() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    let (owner, due) = ("OWNER#nobody", "2026-01-01T00:00:00.000Z");
    for shard in "0123456789abcdef".chars() {
        let sort = format!("FILE#{shard}");
        let item = json!({"pk": {"S": owner}, "sk": {"S": sort}, "due": {"S": shard}, "due_at": {"S": due}});
        stack.dynamodb("PutItem", json!({"Item": item})).await;
    }
    ada.announce("/api/files", "a.txt", "text/plain", 1000).await;
    ada.age_records_by_a_month().await;
    let report = stack.sweep().await;
    assert_eq!(report["failed"], 16, "{report}");
    stack.assert_storage_matches_records(&ada, "other records failed").await;
    assert_eq!(stack.sweep().await["failed"], 0, "they are postponed");
    for shard in "0123456789abcdef".chars() {
        let sort = format!("FILE#{shard}");
        assert!(stack.record(owner, &sort).await["due_at"]["S"].as_str() > Some(due));
        stack.dynamodb("DeleteItem", json!({"Key": {"pk": {"S": owner}, "sk": {"S": sort}}})).await;
    }
}
