//! The quota of an account, which each record reserves and releases exactly.

use reqwest::multipart::Form;
use serde_json::json;

use crate::helpers::{User, concurrently, fixture, id, part, stack};

const GIB: u64 = 1 << 30;

fn exceeded() -> (u16, serde_json::Value) {
    (403, json!({"detail": "Storage quota exceeded.", "code": "quota_exceeded"}))
}

fn announcement(size: u64) -> serde_json::Value {
    json!({"filename": "a.bin", "content_type": "application/octet-stream", "size": size})
}

/// Announces `count` files of `size` bytes concurrently. Returns how many were accepted, and how many exceeded the
/// quota.
async fn race(user: &User, count: usize, size: u64) -> (usize, usize) {
    let announce = |_| {
        let user = user.clone();
        async move { user.post("/api/files", announcement(size)).await.outcome() }
    };
    let answers = concurrently((0..count).map(announce)).await;
    let accepted = answers.iter().filter(|(status, _)| *status == 201).count();
    let refused = answers.iter().filter(|answer| **answer == exceeded()).count();
    assert_eq!(accepted + refused, count, "{answers:?}");
    (accepted, refused)
}

#[tokio::test]
async fn announcing_reserves_quota_and_deleting_releases_it() {
    let ada = stack().signed_up_user("ada").await;
    assert_eq!(ada.used_bytes().await, 0);
    let pending = ada.announce("/api/files", "a.bin", "video/mp4", 1_000_000).await;
    assert_eq!(ada.used_bytes().await, 1_000_000);
    let photo = ada.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    let with_photo = 1_000_000 + fixture("photo.jpg").len() as u64;
    assert_eq!(ada.used_bytes().await, with_photo, "thumbnails use no quota");
    ada.stack.settled().await;
    let text = ada.upload("/api/files", "a.txt", "text/plain", b"hello\n".to_vec()).await;
    assert_eq!(ada.used_bytes().await, with_photo + 6, "settling does not change the used quota");
    for (path, left) in [
        (format!("/api/files/{}", id(&pending)), with_photo - 1_000_000 + 6),
        (format!("/api/images/{}", id(&photo)), 6),
        (format!("/api/files/{}", id(&text)), 0),
    ] {
        assert_eq!(ada.delete(&path).await.status, 204);
        assert_eq!(ada.used_bytes().await, left);
        assert_eq!(ada.delete(&path).await.status, 404);
        assert_eq!(ada.used_bytes().await, left, "quota is released once");
    }
}

#[tokio::test]
async fn a_file_over_the_quota_is_refused_by_json_and_by_form() {
    let ada = stack().signed_up_user("ada").await;
    ada.leave_room_for(5).await;
    assert_eq!(ada.post("/api/files", announcement(6)).await.outcome(), exceeded());
    let by_form = ada.post_file("/api/files", "file", "a.txt", "text/plain", b"hello\n".to_vec()).await;
    assert_eq!(by_form.outcome(), exceeded());
    let part = part("a.txt", "text/plain", *b"hello\n");
    let form = Form::new().part("file", part).text("title", "Letter").text("uploaded_by", "Ada");
    assert_eq!(ada.post_multipart("/upload-files", form).await.outcome(), exceeded());
    assert_eq!(ada.used_bytes().await, GIB - 5);
    assert_eq!(ada.get("/api/files").await.json()["results"], json!([]));
    assert_eq!(ada.post("/api/files", announcement(5)).await.status, 201, "the quota can be used completely");
    assert_eq!(ada.used_bytes().await, GIB);
    assert_eq!(ada.post("/api/files", announcement(1)).await.outcome(), exceeded());
}

#[tokio::test]
async fn thirty_concurrent_announcements_all_succeed() {
    let ada = stack().signed_up_user("ada").await;
    assert_eq!(race(&ada, 30, 1000).await, (30, 0));
    assert_eq!(ada.used_bytes().await, 30_000);
    assert_eq!(ada.get("/api/files?limit=100").await.json()["results"].as_array().unwrap().len(), 30);
}

#[tokio::test]
async fn concurrent_announcements_never_exceed_the_quota() {
    let ada = stack().signed_up_user("ada").await;
    ada.leave_room_for(5 * 1000 + 999).await;
    assert_eq!(race(&ada, 20, 1000).await, (5, 15));
    assert_eq!(ada.used_bytes().await, GIB - 999);
    assert_eq!(ada.get("/api/files").await.json()["results"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn concurrent_forms_never_exceed_the_quota() {
    let ada = stack().signed_up_user("ada").await;
    ada.leave_room_for(2 * 6 + 5).await;
    let upload = |_| {
        let ada = ada.clone();
        async move { ada.post_file("/api/files", "file", "a.txt", "text/plain", b"hello\n".to_vec()).await.status }
    };
    let mut statuses = concurrently((0..8).map(upload)).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 201, 403, 403, 403, 403, 403, 403]);
    assert_eq!(ada.used_bytes().await, GIB - 5);
    ada.stack.settled().await;
    let stored = ada.stack.s3().keys(ada.stack.bucket("OriginalsBucket"));
    assert_eq!(
        stored.iter().filter(|key| key.starts_with(&ada.id)).count(),
        2,
        "refused files are not stored"
    );
}

#[tokio::test]
async fn concurrent_deletes_of_one_file_release_its_quota_once() {
    let ada = stack().signed_up_user("ada").await;
    ada.announce("/api/files", "kept.bin", "video/mp4", 7).await;
    let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
    let delete = |_| {
        let (ada, path) = (ada.clone(), format!("/api/files/{}", id(&file)));
        async move { ada.delete(&path).await.status }
    };
    let mut statuses = concurrently((0..6).map(delete)).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 404, 404, 404, 404, 404]);
    assert_eq!(ada.used_bytes().await, 7);
}

#[tokio::test]
async fn concurrent_announcements_and_deletes_add_up() {
    let ada = stack().signed_up_user("ada").await;
    let mut made = Vec::new();
    for _ in 0..10 {
        made.push(ada.announce("/api/files", "a.bin", "video/mp4", 1000).await);
    }
    let deletes = made.iter().map(|file| {
        let (ada, path) = (ada.clone(), format!("/api/files/{}", id(file)));
        async move { assert_eq!(ada.delete(&path).await.status, 204) }
    });
    let (_, created) = tokio::join!(concurrently(deletes), race(&ada, 10, 77));
    assert_eq!(created, (10, 0));
    assert_eq!(ada.used_bytes().await, 770);
}
