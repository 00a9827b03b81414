//! Large files, which are announced, sent in parts, resumed and completed.

use std::time::Duration;

use local::calls::Fault;
use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{
    Answer, MEBIBYTE, User, concurrently, exclusive_stack, find_part, id, not_found, query_parameter, stack,
};

const PART: usize = 16 * MEBIBYTE;
/// The smallest file that is sent in parts. It has seven, and the last has four mebibytes and one byte.
const SIZE: usize = 100 * MEBIBYTE + 1;

/// Bytes that differ in each part.
fn content(size: usize) -> Vec<u8> {
    let mut bytes = vec![0; size];
    for (index, block) in bytes.chunks_exact_mut(MEBIBYTE).enumerate() {
        block[..8].copy_from_slice(&(index as u64 + 1).to_be_bytes());
    }
    bytes
}

async fn announce_file(user: &User, size: usize) -> Value {
    user.announce("/api/files", "film.bin", "application/octet-stream", size).await
}

#[tokio::test]
async fn a_file_over_100_mebibytes_is_announced_in_parts() {
    let ada = stack().premium_user("ada").await;
    let body = json!({
        "filename": "film.bin", "content_type": "video/mp4", "size": SIZE, "sha256": "0".repeat(64),
    });
    let answer = ada.post("/api/files", body).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let file = answer.json();
    answer.assert(
        201,
        &json!({
            "id": file["id"], "title": "film.bin", "filename": "film.bin", "content_type": "video/mp4",
            "size": SIZE, "sha256": null, "visibility": "private", "uploaded_by": ada.name, "owner": ada.id,
            "status": "pending", "created_at": file["created_at"], "updated_at": file["created_at"],
            "file": null,
            "upload": {"type": "multipart", "part_size": PART, "part_count": 7},
        }),
    );
    assert_eq!(ada.used_bytes().await, SIZE as u64);
    let single = announce_file(&ada, SIZE - 1).await;
    assert_eq!(single["upload"]["method"], "PUT");
}

#[tokio::test]
async fn the_largest_file_of_a_tier_fits_into_ten_thousand_parts() {
    let ada = stack().signed_up_user("ada").await;
    ada.move_to_tier("enterprise").await;
    let largest = announce_file(&ada, 50 * 1024 * MEBIBYTE).await;
    let (size, count) = (&largest["upload"]["part_size"], &largest["upload"]["part_count"]);
    assert!(count.as_u64().unwrap() <= 10_000, "{count}");
    assert_eq!(size.as_u64().unwrap() * count.as_u64().unwrap(), 50 * 1024 * MEBIBYTE as u64);
}

#[tokio::test]
async fn the_url_of_a_part_accepts_exactly_its_length() {
    let ada = stack().premium_user("ada").await;
    let file = announce_file(&ada, SIZE).await;
    let stored = |parts: Value| json!({"parts": parts, "part_size": PART, "part_count": 7});
    ada.list_parts(&file).await.assert(200, &stored(json!([])));
    let answer = ada.sign_parts(&file, &[7, 1]).await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
    let signed = answer.json();
    let numbers: Vec<_> = signed["parts"].as_array().unwrap().iter().map(|part| &part["number"]).collect();
    assert_eq!(numbers, [&json!(7), &json!(1)]);
    let last = find_part(&signed, 7);
    assert_eq!(*last, json!({"number": 7, "url": last["url"], "expires_at": last["expires_at"]}));
    let url = last["url"].as_str().unwrap();
    assert_eq!(query_parameter(url, "X-Amz-Expires").as_deref(), Some("3600"));
    assert_eq!(query_parameter(url, "X-Amz-SignedHeaders").as_deref(), Some("content-length;host"));
    let length = SIZE - 6 * PART;
    let too_long = Answer::of(ada.stack.http.put(url).body(vec![0; length + 1])).await;
    assert_eq!(too_long.status, 403, "{}", too_long.text());
    let etag = ada.stack.put_part(&last["url"], vec![0; length]).await;
    let expected = stored(json!([{"number": 7, "size": length, "etag": etag}]));
    ada.list_parts(&file).await.assert(200, &expected);
}

#[tokio::test]
async fn parts_can_be_sent_in_any_order() {
    let ada = stack().premium_user("ada").await;
    let file = announce_file(&ada, SIZE).await;
    let bytes = content(SIZE);
    let mut sent = ada.send_parts(&file, &bytes, &[6, 7, 5, 4]).await;
    sent.extend(ada.send_parts(&file, &bytes, &[3, 1, 2]).await);
    let answer = ada.complete(&file, &json!(sent)).await;
    let url = answer.json()["file"].clone();
    let mut expected = file.clone();
    expected.as_object_mut().unwrap().remove("upload");
    expected["status"] = "ready".into();
    expected["updated_at"] = answer.json()["updated_at"].clone();
    expected["file"] = url.clone();
    answer.assert(200, &expected);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(
        ada.stack.fetch(url.as_str().unwrap()).await.bytes == bytes,
        "the bytes differ from those that were sent"
    );
    assert_eq!(ada.used_bytes().await, SIZE as u64);

    // A client that lost the response repeats the request. The event that follows changes nothing.
    let again = ada.complete(&file, &json!(sent)).await;
    assert_eq!((again.status, &again.json()["status"]), (200, &json!("ready")));
    ada.stack.settled().await;
    assert_eq!(ada.get(&format!("/api/files/{}", id(&file))).await.json()["status"], "ready");
    let conflict = json!({"detail": "The file is complete already."});
    ada.list_parts(&file).await.assert(409, &conflict);
    ada.sign_parts(&file, &[1]).await.assert(409, &conflict);
    assert!(!ada.stack.has_upload_of(id(&file)));
}

#[tokio::test]
async fn concurrent_first_requests_for_parts_start_one_upload() {
    let stack = exclusive_stack().await;
    let ada = stack.premium_user("ada").await;
    let file = announce_file(&ada, SIZE).await;
    // Each request starts an upload before any of them has recorded its upload.
    stack.calls().inject("sign-parts", 4, Fault::Delay(Duration::from_millis(300)), 6);
    let requests = (1..=6).map(|number| {
        let (ada, file) = (ada.clone(), file.clone());
        async move { ada.sign_parts(&file, &[number]).await }
    });
    let answers = concurrently(requests).await;
    let uploads: Vec<_> = answers
        .iter()
        .map(|answer| {
            assert_eq!(answer.status, 200, "{}", answer.text());
            query_parameter(answer.json()["parts"][0]["url"].as_str().unwrap(), "uploadId")
        })
        .collect();
    assert!(uploads.iter().all(|upload| *upload == uploads[0]), "{uploads:?}");
    let under_way = ada.stack.s3().uploads(ada.stack.bucket("OriginalsBucket"));
    assert_eq!(under_way.iter().filter(|key| key.contains(id(&file))).count(), 1);
}

#[tokio::test]
async fn deleting_a_file_aborts_its_upload() {
    let ada = stack().premium_user("ada").await;
    let file = announce_file(&ada, SIZE).await;
    ada.send_parts(&file, &content(SIZE), &[7]).await;
    let url = find_part(&ada.sign_parts(&file, &[6]).await.json(), 6)["url"].clone();
    assert!(ada.stack.has_upload_of(id(&file)));
    let path = format!("/api/files/{}", id(&file));
    assert_eq!(ada.delete(&path).await.status, 204);
    assert!(!ada.stack.has_upload_of(id(&file)));
    assert_eq!(ada.used_bytes().await, 0);
    let late = Answer::of(ada.stack.http.put(url.as_str().unwrap()).body(vec![0; PART])).await;
    assert_eq!(late.status, 404, "{}", late.text());
    for request in [
        ada.request(Method::GET, &format!("{path}/parts")),
        ada.request(Method::POST, &format!("{path}/parts")).json(&json!({"numbers": [1]})),
        ada.request(Method::POST, &format!("{path}/complete")).json(&json!({"parts": []})),
    ] {
        Answer::of(request).await.assert(404, &not_found());
    }
}

#[tokio::test]
async fn deleting_an_account_aborts_its_uploads() {
    let ada = stack().premium_user("ada").await;
    let file = announce_file(&ada, SIZE).await;
    ada.send_parts(&file, &content(SIZE), &[7]).await;
    assert_eq!(ada.delete_with("/api/users/me", json!({"password": ada.password})).await.status, 204);
    ada.stack.settled().await;
    assert!(!ada.stack.has_upload_of(id(&file)));
}

#[tokio::test]
async fn content_that_contradicts_its_type_is_rejected_at_completion() {
    let ada = stack().premium_user("ada").await;
    let file = ada.announce("/api/files", "a.pdf", "application/pdf", SIZE).await;
    let mut bytes = content(SIZE);
    bytes[..15].copy_from_slice(b"<!DOCTYPE html>");
    let sent = ada.send_parts(&file, &bytes, &[1, 2, 3, 4, 5, 6, 7]).await;
    let answer = ada.complete(&file, &json!(sent)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["status"], "rejected");
    assert_eq!(answer.json()["reason"], "content_type_mismatch");
    assert_eq!(answer.json()["file"], Value::Null);
    assert_eq!(ada.used_bytes().await, 0);
    ada.stack.settled().await;
    assert_eq!(ada.stack.keys_of(id(&file)), Vec::<String>::new());
}

/// Two clients send parts, and functions are killed. The parts in S3 decide what is missing.
#[tokio::test]
#[ignore = "300 MB take some seconds; .ci/run runs it"]
async fn an_upload_of_300_megabytes_is_resumed_by_another_client() {
    const LARGE: usize = 300_000_000;
    let stack = exclusive_stack().await;
    let ada = stack.premium_user("ada").await;
    let bytes = content(LARGE);
    let file = announce_file(&ada, LARGE).await;
    assert_eq!(file["upload"]["part_count"], 18);
    // The function is killed after it has started the upload, and the first client stops after some parts.
    stack.calls().inject("sign-parts", 3, Fault::KillAfter, 1);
    assert_eq!(ada.sign_parts(&file, &[1]).await.status, 500);
    ada.send_parts(&file, &bytes, &[1, 2, 5, 18]).await;

    let stored = ada.list_parts(&file).await.json();
    let stored: Vec<_> =
        stored["parts"].as_array().unwrap().iter().map(|part| part["number"].as_u64().unwrap()).collect();
    assert_eq!(stored, [1, 2, 5, 18]);
    let missing: Vec<_> = (1..=18).filter(|number| !stored.contains(number)).collect();
    for number in missing {
        ada.send_parts(&file, &bytes, &[number]).await;
    }
    let parts = ada.list_parts(&file).await.json()["parts"].take();
    // The function is killed after S3 has completed the upload. The client can repeat the request.
    stack.calls().inject("complete-file", 4, Fault::KillAfter, 1);
    assert_eq!(ada.complete(&file, &parts).await.status, 500);
    let complete = ada.complete(&file, &parts).await;
    assert_eq!((complete.status, &complete.json()["status"]), (200, &json!("ready")), "{}", complete.text());
    let url = ada.url_of(&format!("/api/download/{}", id(&file))).await;
    let downloaded = stack.fetch(&url).await.bytes;
    let sha256 =
        |bytes: &[u8]| aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref().to_vec();
    assert_eq!(sha256(&downloaded), sha256(&bytes));
}
