//! Signed PUTs. S3 accepts exactly what was announced, and only once.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::helpers::{Answer, User, id, query_parameter, stack, upload_key};

const TEXT: &[u8] = b"hello\n";
/// Its SHA-256, by `sha256sum`.
const TEXT_SHA256: &str = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";

/// PUTs to the URL of an announced upload with these headers only.
async fn put_with(user: &User, announced: &Value, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let request = user.stack.http.put(announced["upload"]["url"].as_str().expect("a URL"));
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    Answer::of(request.body(body.to_vec())).await
}

async fn announce_file(user: &User) -> Value {
    user.announce("/api/files", "notes.txt", "text/plain", TEXT.len()).await
}

/// The status of a file, its stored bytes, and the used quota.
async fn state(user: &User, file: &Value) -> (Value, Option<Vec<u8>>, u64) {
    user.stack.settled().await;
    let status = user.get(&format!("/api/files/{}", id(file))).await.json()["status"].take();
    (status, user.stack.original_of(id(file)), user.used_bytes().await)
}

fn created_at(file: &Value) -> Timestamp {
    file["created_at"].as_str().expect("a time").parse().expect("a time")
}

#[tokio::test]
async fn exactly_length_type_host_and_if_none_match_are_signed() {
    let ada = stack().signed_up_user("ada").await;
    for path in ["/api/files", "/api/images"] {
        let announced = ada.announce(path, "dot.png", "image/png", 69).await;
        let url = announced["upload"]["url"].as_str().unwrap();
        let signed = query_parameter(url, "X-Amz-SignedHeaders");
        assert_eq!(signed.as_deref(), Some("content-length;content-type;host;if-none-match"));
        assert_eq!(query_parameter(url, "X-Amz-Expires").as_deref(), Some("900"));
        let headers = json!({"content-type": "image/png", "if-none-match": "*"});
        assert_eq!(announced["upload"]["headers"], headers);
        assert!(url.starts_with(ada.stack.s3_url()), "{url}");
    }
}

#[tokio::test]
async fn a_key_contains_ids_and_no_part_of_the_name() {
    let ada = stack().signed_up_user("ada").await;
    let announced = ada.announce("/api/files", "secret plan.txt", "text/plain", 6).await;
    let key = upload_key(&announced);
    assert!(key.starts_with(&format!("{}/{}/", ada.id, id(&announced))), "{key}");
    assert!(!announced["upload"]["url"].as_str().unwrap().contains("secret"));
}

#[tokio::test]
async fn s3_refuses_another_length_or_type() {
    let ada = stack().signed_up_user("ada").await;
    let file = announce_file(&ada).await;
    let good = [("content-type", "text/plain"), ("if-none-match", "*")];
    for (headers, body) in [
        (good, &b"hello"[..]),
        (good, b"hello!\n"),
        (good, b""),
        ([("content-type", "text/html"), ("if-none-match", "*")], TEXT),
        ([("content-type", "text/plain"), ("if-none-match", "\"x\"")], TEXT),
    ] {
        let answer = put_with(&ada, &file, &headers, body).await;
        assert_eq!(answer.status, 403, "{headers:?} {body:?} {}", answer.text());
    }
    for missing in [&good[..1], &good[1..], &[]] {
        assert_eq!(put_with(&ada, &file, missing, TEXT).await.status, 403, "{missing:?}");
    }
    assert_eq!(state(&ada, &file).await, (json!("pending"), None, 6));
    assert_eq!(ada.put(&file, TEXT.to_vec()).await.status, 200, "the URL still works after refused PUTs");
    assert_eq!(state(&ada, &file).await, (json!("ready"), Some(TEXT.to_vec()), 6));
}

#[tokio::test]
async fn unsigned_headers_and_changed_urls_are_refused() {
    let ada = stack().signed_up_user("ada").await;
    let file = announce_file(&ada).await;
    for added in [("x-amz-acl", "public-read"), ("x-amz-meta-owner", "eve")] {
        let headers = [("content-type", "text/plain"), ("if-none-match", "*"), added];
        assert_eq!(put_with(&ada, &file, &headers, TEXT).await.status, 403, "{added:?}");
    }
    let url = file["upload"]["url"].as_str().unwrap();
    let other_key = url.replacen(id(&file), "018f0000-0000-7000-8000-000000000000", 1);
    let later = url.replacen("X-Amz-Expires=900", "X-Amz-Expires=9000", 1);
    assert!(other_key != url && later != url);
    for changed in [other_key, later] {
        assert_eq!(
            ada.put(
                &json!({"upload": {"url": changed, "headers": {
                    "content-type": "text/plain", "if-none-match": "*",
                }}}),
                TEXT.to_vec()
            )
            .await
            .status,
            403
        );
    }
    assert_eq!(state(&ada, &file).await, (json!("pending"), None, 6));
}

#[tokio::test]
async fn an_expired_url_is_refused() {
    let ada = stack().signed_up_user("ada").await;
    let file = ada.announce("/api/files", "a.bin", "application/octet-stream", 6).await;
    let key = upload_key(&file);
    for (minutes, status) in [(-16, 403), (-14, 200)] {
        let signed_at = created_at(&file) + SignedDuration::from_mins(minutes);
        let url = ada.stack.sign_put(&key, 6, signed_at);
        let answer = ada.stack.put_octets(&url, TEXT.to_vec()).await;
        assert_eq!(answer.status, status, "{}", answer.text());
    }
    assert_eq!(state(&ada, &file).await, (json!("ready"), Some(TEXT.to_vec()), 6));
}

#[tokio::test]
async fn a_second_put_to_the_same_url_is_refused() {
    let ada = stack().signed_up_user("ada").await;
    let file = announce_file(&ada).await;
    assert_eq!(ada.put(&file, TEXT.to_vec()).await.status, 200);
    assert_eq!(ada.put(&file, b"other\n".to_vec()).await.status, 412);
    assert_eq!(state(&ada, &file).await, (json!("ready"), Some(TEXT.to_vec()), 6));
    assert_eq!(ada.put(&file, b"later\n".to_vec()).await.status, 412);
    assert_eq!(state(&ada, &file).await, (json!("ready"), Some(TEXT.to_vec()), 6));
}

#[tokio::test]
async fn exactly_one_of_two_concurrent_puts_succeeds() {
    let ada = stack().signed_up_user("ada").await;
    let file = announce_file(&ada).await;
    let (one, other) = tokio::join!(ada.put(&file, TEXT.to_vec()), ada.put(&file, b"other\n".to_vec()));
    let winner = if one.status == 200 { TEXT } else { b"other\n" };
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    // S3 answers the later of two concurrent PUTs with 412, or with 409 while the first is still running.
    assert!(statuses == [200, 412] || statuses == [200, 409], "{statuses:?}");
    assert_eq!(state(&ada, &file).await, (json!("ready"), Some(winner.to_vec()), 6));
}

#[tokio::test]
async fn s3_enforces_an_announced_checksum() {
    let ada = stack().signed_up_user("ada").await;
    let body = json!({
        "filename": "notes.txt", "content_type": "text/plain", "size": 6, "sha256": TEXT_SHA256,
    });
    let file = ada.post("/api/files", body).await.json();
    let url = file["upload"]["url"].as_str().unwrap();
    let signed = query_parameter(url, "X-Amz-SignedHeaders").unwrap();
    assert_eq!(signed, "content-length;content-type;host;if-none-match;x-amz-checksum-sha256");
    let wrong = ada.put(&file, b"jello\n".to_vec()).await;
    assert_eq!(wrong.status, 400, "{}", wrong.text());
    assert!(wrong.text().contains("<Code>BadDigest</Code>"), "{}", wrong.text());
    let without = [("content-type", "text/plain"), ("if-none-match", "*")];
    assert_eq!(put_with(&ada, &file, &without, TEXT).await.status, 403);
    assert_eq!(state(&ada, &file).await, (json!("pending"), None, 6));
    assert_eq!(ada.put(&file, TEXT.to_vec()).await.status, 200);
    assert_eq!(state(&ada, &file).await, (json!("ready"), Some(TEXT.to_vec()), 6));
}

#[tokio::test]
async fn a_put_after_the_deletion_leaves_no_object() {
    let ada = stack().signed_up_user("ada").await;
    for (path, content_type) in [("/api/files", "text/plain"), ("/api/images", "image/png")] {
        let bytes = crate::helpers::fixture("one_pixel.png");
        let announced = ada.announce(path, "dot.png", content_type, bytes.len()).await;
        let shown = format!("{path}/{}", id(&announced));
        assert_eq!(ada.delete(&shown).await.status, 204);
        assert_eq!(ada.used_bytes().await, 0);
        for _ in 0..2 {
            assert_eq!(ada.put(&announced, bytes.clone()).await.status, 200, "the URL still works");
            ada.stack.settled().await;
            assert_eq!(ada.stack.keys_of(id(&announced)), Vec::<String>::new());
        }
        assert_eq!(ada.get(&shown).await.status, 404);
        assert_eq!((ada.get(path).await.json()["results"].clone(), ada.used_bytes().await), (json!([]), 0));
    }
}

#[tokio::test]
async fn objects_with_unknown_keys_are_deleted() {
    let ada = stack().signed_up_user("ada").await;
    let file = ada.upload_file("notes.txt", "text/plain", TEXT).await;
    let other = "018f0000-0000-7000-8000-000000000000";
    for key in [
        format!("{}/{}/{other}", ada.id, id(&file)),
        format!("{}/{other}/{other}", ada.id),
        format!("{other}/{other}/{other}"),
    ] {
        let url = ada.stack.sign_put(&key, 6, created_at(&file));
        assert_eq!(ada.stack.put_octets(&url, b"other\n".to_vec()).await.status, 200);
        ada.stack.settled().await;
        assert_eq!(ada.stack.events_about(&key).len(), 1, "{key}");
        assert!(ada.stack.s3().object(ada.stack.bucket("OriginalsBucket"), &key).is_none(), "{key}");
    }
    assert_eq!(state(&ada, &file).await, (json!("ready"), Some(TEXT.to_vec()), 6));
}
