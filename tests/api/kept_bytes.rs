//! Deleted, replaced and rejected bytes, which S3 keeps for some days, and the second limit that they count against.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use local::invoker::Outcome;
use local::stack::Presign;
use reqwest::Method;
use reqwest::multipart::Form;
use serde_json::{Value, json};

use crate::helpers::{
    Answer, MEBIBYTE, TestStack, User, concurrently, exclusive_stack, fixture, id, part, stack, stack_with,
    upload_key,
};

const GIB: u64 = 1 << 30;
/// `KeepDeletedDays` and the two days after which the sweep subtracts.
const DAYS: SignedDuration = SignedDuration::from_hours((7 + 2) * 24);

fn exceeded() -> (u16, Value) {
    (403, json!({"detail": "Storage quota exceeded.", "code": "quota_exceeded"}))
}

fn announcement(size: u64) -> Value {
    json!({"filename": "a.bin", "content_type": "application/octet-stream", "size": size})
}

async fn replace(user: &User, file: &Value, bytes: &[u8]) -> Answer {
    let form = Form::new().part("file", part("b.txt", "text/plain", bytes.to_vec()));
    Answer::of(user.request(Method::PUT, &format!("/api/files/{}", id(file))).multipart(form)).await
}

async fn delete(user: &User, file: &Value) {
    assert_eq!(user.delete(&format!("/api/files/{}", id(file))).await.status, 204);
}

/// Sends an event to process-upload again, as S3 sometimes does.
async fn send_again(stack: &TestStack, event: &Value) {
    let invoked = stack.invoke("process-upload", event.clone()).await.expect("the function exists");
    assert!(matches!(invoked.outcome, Outcome::Answered(_)), "{:?}", invoked.outcome);
}

#[tokio::test]
async fn deleted_bytes_are_kept_and_counted() {
    let ada = stack().signed_up_user("ada").await;
    let by_form = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
    let by_put = ada.upload("/api/files", "b.txt", "text/plain", b"goodbye\n".to_vec()).await;
    let photo = ada.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    ada.stack.settled().await;
    let bytes = fixture("photo.jpg").len() as u64;
    assert_eq!((ada.used_bytes().await, ada.kept_bytes().await), (bytes + 14, 0));
    for (path, kept) in [
        (format!("/api/files/{}", id(&by_form)), 6),
        (format!("/api/files/{}", id(&by_put)), 14),
        (format!("/api/images/{}", id(&photo)), bytes + 14),
    ] {
        assert_eq!(ada.delete(&path).await.status, 204);
        assert_eq!(ada.delete(&path).await.status, 404);
        assert_eq!(ada.kept_bytes().await, kept, "{path}");
        ada.stack.assert_kept_bytes_match(&ada, &path).await;
    }
    assert_eq!(ada.used_bytes().await, 0);
    assert_eq!(ada.kept_records().await.len(), 1, "all deletions of a day have one record");
}

#[tokio::test]
async fn staff_see_the_kept_bytes_and_add_to_them() {
    let stack = stack();
    let (ada, staff) = (stack.signed_up_user("ada").await, crate::staff::staff_user(&stack).await);
    let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
    let path = format!("/api/users/{}", ada.id);
    assert_eq!(staff.delete(&format!("{path}/files/{}", id(&file))).await.status, 204);
    let shown = staff.get(&path).await.json();
    assert_eq!((&shown["used_bytes"], &shown["kept_bytes"]), (&json!(0), &json!(6)));
    stack.assert_kept_bytes_match(&ada, "deleted by staff").await;
}

#[tokio::test]
async fn replaced_bytes_are_counted_at_once_and_deleted_later() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    let file = ada.upload("/api/files", "a.txt", "text/plain", b"hello\n".to_vec()).await;
    assert_eq!(replace(&ada, &file, b"goodbye\n").await.status, 200);
    assert_eq!((ada.used_bytes().await, ada.kept_bytes().await), (8, 6));
    assert_eq!(stack.old_bytes(&ada), 0, "the old content can be read for a while");
    ada.age_records_by_a_month().await;
    stack.sweep().await;
    stack.assert_storage_matches_records(&ada, "replaced").await;
    delete(&ada, &file).await;
    assert_eq!(ada.kept_bytes().await, 14);
    stack.assert_kept_bytes_match(&ada, "deleted").await;
}

#[tokio::test]
async fn a_file_that_was_replaced_often_counts_every_content_once() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
    // The record holds three old versions; the bytes of others are deleted at once.
    for round in 1..=5_u64 {
        assert_eq!(replace(&ada, &file, b"goodbye\n").await.status, 200);
        assert_eq!(ada.kept_bytes().await, 6 + (round - 1) * 8);
    }
    delete(&ada, &file).await;
    stack.settled().await;
    assert_eq!(ada.kept_bytes().await, 6 + 5 * 8);
    stack.assert_kept_bytes_match(&ada, "replaced five times").await;
}

#[tokio::test]
async fn rejected_bytes_count_with_their_real_size() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let page = b"<!doctype html><p>Hello".to_vec();
    let file = ada.upload("/api/files", "a.pdf", "application/pdf", page.clone()).await;
    assert_eq!(file["reason"], "content_type_mismatch");
    assert_eq!((ada.used_bytes().await, ada.kept_bytes().await), (0, page.len() as u64));
    // A URL for another size, as a fault of ours would make it.
    let announced = ada.announce("/api/files", "a.bin", "application/octet-stream", 1000).await;
    let url = stack.sign_put(&upload_key(&announced), 7, local::clock::now());
    assert_eq!(stack.put_octets(&url, b"1234567".to_vec()).await.status, 200);
    stack.settled().await;
    let shown = ada.get(&format!("/api/files/{}", id(&announced))).await.json();
    assert_eq!(shown["reason"], "size_mismatch");
    assert_eq!((ada.used_bytes().await, ada.kept_bytes().await), (0, page.len() as u64 + 7));
    delete(&ada, &file).await;
    stack.settled().await;
    stack.assert_kept_bytes_match(&ada, "a rejected file adds nothing when it is deleted").await;
}

#[tokio::test]
async fn what_was_never_stored_counts_nothing() {
    let stack = exclusive_stack().await;
    let ada = stack.premium_user("ada").await;
    let expired = ada.announce("/api/files", "a.bin", "video/mp4", 1000).await;
    let deleted = ada.announce("/api/files", "a.bin", "video/mp4", 1000).await;
    let in_parts = ada.announce("/api/files", "a.bin", "video/mp4", 100 * MEBIBYTE + 1).await;
    assert_eq!(ada.sign_parts(&in_parts, &[7]).await.status, 200);
    delete(&ada, &deleted).await;
    delete(&ada, &in_parts).await;
    assert_eq!(ada.kept_bytes().await, 0);
    ada.age_records_by_a_month().await;
    stack.sweep().await;
    assert_eq!(ada.get(&format!("/api/files/{}", id(&expired))).await.json()["reason"], "expired");
    assert_eq!((ada.used_bytes().await, ada.kept_bytes().await, ada.kept_records().await.len()), (0, 0, 0));
    let originals = stack.bucket("OriginalsBucket");
    assert_eq!(stack.s3().versions(originals, &ada.id), [], "not even delete markers were made");
}

#[tokio::test]
async fn bytes_that_arrive_at_a_deleted_file_count_each_time_but_each_event_only_once() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    let file = ada.announce("/api/files", "a.txt", "text/plain", 6).await;
    stack.s3().pause_events();
    assert_eq!(ada.put(&file, b"hello\n".to_vec()).await.status, 200);
    delete(&ada, &file).await;
    assert_eq!(ada.kept_bytes().await, 0, "nobody has looked yet whether the bytes arrived");
    stack.s3().resume_events();
    stack.settled().await;
    assert_eq!(ada.kept_bytes().await, 6);
    // The URL still works, because there is no object any more.
    assert_eq!(ada.put(&file, b"HELLO\n".to_vec()).await.status, 200);
    stack.settled().await;
    assert_eq!(ada.kept_bytes().await, 12);
    let events = stack.events_about(&upload_key(&file));
    assert_eq!(events.len(), 2);
    for event in events.iter().rev() {
        send_again(&stack, event).await;
    }
    assert_eq!(ada.kept_bytes().await, 12);
    stack.assert_kept_bytes_match(&ada, "sent twice").await;
}

#[tokio::test]
async fn late_events_of_a_file_that_was_ready_count_nothing() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    stack.s3().pause_events();
    let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
    delete(&ada, &file).await;
    assert_eq!(ada.kept_bytes().await, 6);
    stack.s3().resume_events();
    stack.settled().await;
    assert_eq!(ada.kept_bytes().await, 6);
    // A file by PUT, of which bytes arrive again after the deletion.
    let file = ada.announce("/api/files", "b.txt", "text/plain", 8).await;
    assert_eq!(ada.put(&file, b"goodbye\n".to_vec()).await.status, 200);
    stack.settled().await;
    delete(&ada, &file).await;
    assert_eq!(ada.kept_bytes().await, 14);
    assert_eq!(ada.put(&file, b"goodbye\n".to_vec()).await.status, 200);
    stack.settled().await;
    assert_eq!(ada.kept_bytes().await, 22, "another object, which the deletion has not counted");
    stack.assert_kept_bytes_match(&ada, "deleted").await;
}

#[tokio::test]
async fn the_second_limit_is_three_times_the_space_of_the_tier() {
    let ada = stack().signed_up_user("ada").await;
    let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
    ada.set_kept_bytes(3 * GIB - 6 - 7).await;
    assert_eq!(ada.post("/api/files", announcement(8)).await.outcome(), exceeded());
    let eight = b"goodbye\n".to_vec();
    let by_form = ada.post_file("/api/files", "file", "a.txt", "text/plain", eight.clone()).await;
    assert_eq!(by_form.outcome(), exceeded());
    assert_eq!(replace(&ada, &file, &eight).await.outcome(), exceeded());
    let image = json!({"filename": "a.png", "content_type": "image/png", "size": 8});
    assert_eq!(ada.post("/api/images", image).await.outcome(), exceeded());
    let image = ada.post_file("/api/images", "image", "a.png", "image/png", fixture("one_pixel.png")).await;
    assert_eq!(image.outcome(), exceeded());
    let shared = Form::new().part("file", part("a.txt", "text/plain", eight));
    let shared = shared.text("title", "Letter").text("uploaded_by", "Ada");
    assert_eq!(ada.post_multipart("/upload-files", shared).await.outcome(), exceeded());
    assert_eq!((ada.used_bytes().await, ada.kept_bytes().await), (6, 3 * GIB - 13));
    assert_eq!(
        ada.post("/api/files", announcement(7)).await.status,
        201,
        "both together can be used completely"
    );
    assert_eq!(ada.post("/api/files", announcement(1)).await.outcome(), exceeded());
    assert_eq!(ada.patch(&format!("/api/files/{}", id(&file)), json!({"title": "b"})).await.status, 200);
    // A deletion moves bytes from one number to the other, so it does not make room.
    delete(&ada, &file).await;
    assert_eq!(ada.post("/api/files", announcement(1)).await.outcome(), exceeded());
}

#[tokio::test]
async fn concurrent_announcements_never_exceed_the_second_limit() {
    let ada = stack().signed_up_user("ada").await;
    ada.set_kept_bytes(3 * GIB - 5 * 1000 - 999).await;
    let announce = |_| {
        let ada = ada.clone();
        async move { ada.post("/api/files", announcement(1000)).await.status }
    };
    let mut statuses = concurrently((0..12).map(announce)).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [vec![201; 5], vec![403; 7]].concat());
    assert_eq!(ada.used_bytes().await, 5000);
}

#[tokio::test]
async fn deletions_and_announcements_at_the_same_time_add_up() {
    let ada = stack().signed_up_user("ada").await;
    ada.set_kept_bytes(2 * GIB).await;
    let mut files = Vec::new();
    for _ in 0..6 {
        files.push(ada.upload_file("a.txt", "text/plain", *b"hello\n").await);
    }
    // The third limit is far away: every one of the requests succeeds, although the kept bytes grow meanwhile.
    let deletions = files.iter().map(|file| {
        let (ada, file) = (ada.clone(), file.clone());
        async move { delete(&ada, &file).await }
    });
    let announcements = (0..6).map(|_| {
        let ada = ada.clone();
        async move { assert_eq!(ada.post("/api/files", announcement(1000)).await.status, 201) }
    });
    tokio::join!(concurrently(deletions), concurrently(announcements));
    assert_eq!((ada.used_bytes().await, ada.kept_bytes().await), (6000, 2 * GIB + 36));
    // Of several deletions of one file, one counts.
    let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
    let again = |_| {
        let (ada, path) = (ada.clone(), format!("/api/files/{}", id(&file)));
        async move { ada.delete(&path).await.status }
    };
    let mut statuses = concurrently((0..6).map(again)).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 404, 404, 404, 404, 404]);
    assert_eq!(ada.kept_bytes().await, 2 * GIB + 42);
}

#[tokio::test]
async fn the_sweep_subtracts_kept_bytes_two_days_after_their_last_day() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
    let before = local::clock::now();
    delete(&ada, &file).await;
    let records = ada.kept_records().await;
    let due: Timestamp = records[0]["due_at"]["S"].as_str().unwrap().parse().unwrap();
    let due_in = due.duration_since(before);
    assert!(
        due_in >= DAYS - SignedDuration::from_secs(1) && due_in < DAYS + SignedDuration::from_secs(60),
        "{due}"
    );
    ada.age_kept_bytes(DAYS - SignedDuration::from_mins(5)).await;
    stack.sweep().await;
    assert_eq!(ada.kept_bytes().await, 6, "it is not yet time");
    ada.age_kept_bytes(SignedDuration::from_mins(6)).await;
    let report = stack.sweep().await;
    assert!(report["subtracted"].as_u64() >= Some(1) && report["failed"] == 0, "{report}");
    assert_eq!((ada.kept_bytes().await, ada.kept_records().await.len()), (0, 0));
    assert_eq!(stack.sweep().await["subtracted"], 0);
    assert_eq!(ada.kept_bytes().await, 0, "subtracted once");
}

#[tokio::test]
async fn an_account_fits_again_when_its_kept_bytes_are_subtracted() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    ada.set_kept_bytes(3 * GIB).await;
    assert_eq!(ada.post("/api/files", announcement(1)).await.outcome(), exceeded());
    ada.age_kept_bytes(SignedDuration::from_hours(1000 * 366 * 24)).await;
    stack.sweep().await;
    assert_eq!(ada.post("/api/files", announcement(1)).await.status, 201);
}

#[tokio::test]
async fn an_erased_account_leaves_no_record_of_kept_bytes() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
    ada.upload_file("b.txt", "text/plain", *b"hello\n").await;
    delete(&ada, &file).await;
    let body = json!({"password": ada.password});
    assert_eq!(ada.delete_with("/api/users/me", body).await.status, 204);
    stack.settled().await;
    stack.assert_no_trace_of(&ada.id, &[&ada.id]).await;
    let kept = stack.s3().versions(stack.bucket("OriginalsBucket"), &format!("{}/", ada.id));
    assert!(
        kept.iter().any(|version| version.size == Some(6)),
        "only the rule of the bucket removes the bytes"
    );
    assert!(!kept.iter().any(|version| version.is_latest && version.size.is_some()), "{kept:?}");
}

#[tokio::test]
async fn a_deployment_that_keeps_nothing_counts_nothing() {
    let stack = stack_with(&[("KeepDeletedDays", "0")]);
    let ada = stack.signed_up_user("ada").await;
    let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
    assert_eq!(replace(&ada, &file, b"goodbye\n").await.status, 200);
    delete(&ada, &file).await;
    let rejected =
        ada.upload("/api/files", "a.pdf", "application/pdf", b"<!doctype html><p>Hello".to_vec()).await;
    assert_eq!(rejected["status"], "rejected");
    let late = ada.announce("/api/files", "a.txt", "text/plain", 6).await;
    delete(&ada, &late).await;
    assert_eq!(ada.put(&late, b"hello\n".to_vec()).await.status, 200);
    stack.settled().await;
    assert_eq!((ada.used_bytes().await, ada.kept_bytes().await, ada.kept_records().await.len()), (0, 0, 0));
    let versions = stack.s3().versions(stack.bucket("OriginalsBucket"), &format!("{}/", ada.id));
    assert!(versions.iter().all(|version| version.size.is_none()), "{versions:?}");
}

#[tokio::test]
async fn a_deleted_file_is_brought_back_by_its_record_and_the_removal_of_the_delete_marker() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
    stack.settled().await;
    let (owner, sort) = (format!("OWNER#{}", ada.id), format!("FILE#{}", id(&file)));
    let record = stack.record(&owner, &sort).await;
    delete(&ada, &file).await;
    ada.age_records_by_a_month().await;
    stack.sweep().await;
    assert_eq!(stack.record(&owner, &sort).await, Value::Null);
    // As an operator does it, with a record from a backup.
    let bucket = stack.bucket("OriginalsBucket");
    let markers = stack.s3().versions(bucket, &format!("{}/{}", ada.id, id(&file)));
    let events = stack.s3().events().len();
    for marker in markers.iter().filter(|version| version.size.is_none()) {
        let remove = Presign {
            method: "DELETE",
            bucket,
            key: &marker.key,
            query: &[("versionId", &marker.id)],
            headers: &[],
            signed_at: local::clock::now(),
            expires_in: Duration::from_mins(5),
        };
        let url = stack.sign_as("operator", &remove);
        assert_eq!(Answer::of(stack.http.delete(url)).await.status, 204);
    }
    stack.put_records(&[record]).await;
    let shown = ada.get(&format!("/api/files/{}", id(&file))).await.json();
    assert_eq!(shown["status"], "ready");
    assert_eq!(stack.fetch(shown["file"].as_str().expect("a URL")).await.bytes, b"hello\n");
    assert_eq!(stack.s3().events().len(), events, "no event processes the file again");
    // The audit gives the account the bytes that its records reserve.
    let order = json!({"repair": true, "older_than_seconds": 0});
    stack.invoke("audit-storage", order).await.expect("the function exists");
    assert_eq!((ada.used_bytes().await, stack.original_of(id(&file))), (6, Some(b"hello\n".to_vec())));
    delete(&ada, &file).await;
    assert_eq!(
        (ada.used_bytes().await, ada.kept_bytes().await),
        (0, 12),
        "the first deletion counts until its day"
    );
}
