//! Correct requests to `/api/files` and `/api/download`.

use jiff::Timestamp;
use reqwest::Method;
use reqwest::multipart::Form;
use serde_json::{Value, json};

use crate::helpers::{Answer, User, fixture, id, part, query_parameter, redacted, stack};

const TEXT: &[u8] = b"hello\n";
/// Its SHA-256, by `sha256sum`.
const TEXT_SHA256: &str = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";

/// A ready text file of `owner`, as routes show it.
fn text_file(owner: &User) -> Value {
    json!({
        "id": "[id]",
        "title": "notes.txt",
        "filename": "notes.txt",
        "content_type": "text/plain",
        "size": 6,
        "sha256": TEXT_SHA256,
        "visibility": "private",
        "uploaded_by": owner.name,
        "owner": owner.id,
        "status": "ready",
        "created_at": "[time]",
        "updated_at": "[time]",
        "file": "[url]",
    })
}

fn seconds_between(start: &Value, end: &Value) -> i64 {
    let time = |value: &Value| value.as_str().expect("a time").parse::<Timestamp>().expect("a time");
    time(end).duration_since(time(start)).as_secs()
}

#[tokio::test]
async fn a_file_stored_by_a_form_is_ready_immediately() {
    let ada = stack().signed_up_user("ada").await;
    let answer = ada.post_file("/api/files", "file", "notes.txt", "text/plain", TEXT.to_vec()).await;
    assert_eq!(answer.redacted(), (201, text_file(&ada)));
    assert_eq!(answer.header("cache-control"), "no-store");
    let file = ada.stack.fetch(answer.json()["file"].as_str().unwrap()).await;
    assert_eq!((file.status, file.bytes.as_slice()), (200, TEXT));
    assert_eq!(file.header("content-type"), "text/plain");
    assert_eq!(file.header("content-disposition"), "inline; filename=\"notes.txt\"");
}

#[tokio::test]
async fn a_form_can_set_title_and_visibility() {
    let ada = stack().signed_up_user("ada").await;
    let form = Form::new()
        .text("title", "Shopping")
        .text("visibility", "members")
        .part("file", part("notes.txt", "text/plain", TEXT));
    let mut expected = text_file(&ada);
    expected["title"] = "Shopping".into();
    expected["visibility"] = "members".into();
    assert_eq!(ada.post_multipart("/api/files", form).await.redacted(), (201, expected));
}

#[tokio::test]
async fn a_file_in_the_field_pdf_is_a_members_file_with_its_url_in_pdf_too() {
    let ada = stack().signed_up_user("ada").await;
    let bytes = b"%PDF-1.4\n%%EOF\n".to_vec();
    let answer = ada.post_file("/api/files", "pdf", "paper.pdf", "application/pdf", bytes.clone()).await;
    let mut expected = text_file(&ada);
    for (name, value) in [
        ("title", json!("paper.pdf")),
        ("filename", json!("paper.pdf")),
        ("content_type", json!("application/pdf")),
        ("size", json!(15)),
        // printf '%%PDF-1.4\n%%%%EOF\n' | sha256sum
        ("sha256", json!("14bcd090baf31edba64e9cbd8cdfc15f943344aa72cb3675ad8e91bfcbce03ad")),
        ("visibility", json!("members")),
        ("pdf", json!("[url]")),
    ] {
        expected[name] = value;
    }
    assert_eq!(answer.redacted(), (201, expected));
    assert_eq!(answer.json()["pdf"], answer.json()["file"]);
    assert_eq!(ada.stack.fetch(answer.json()["pdf"].as_str().unwrap()).await.bytes, bytes);
}

#[tokio::test]
async fn announcing_a_file_by_json_returns_how_to_send_it() {
    let ada = stack().signed_up_user("ada").await;
    let body = json!({
        "filename": "notes.txt", "content_type": "Text/Plain; charset=utf-8", "size": 6,
        "sha256": TEXT_SHA256.to_uppercase(), "title": "Shopping", "visibility": "members",
    });
    let answer = ada.post("/api/files", body).await;
    let mut expected = text_file(&ada);
    for (name, value) in [
        ("title", json!("Shopping")),
        ("visibility", json!("members")),
        ("status", json!("pending")),
        ("file", Value::Null),
        (
            "upload",
            json!({
                "method": "PUT",
                "url": "[url]",
                "headers": {
                    "content-type": "text/plain",
                    "if-none-match": "*",
                    // echo 5891...be03 | xxd -r -p | base64
                    "x-amz-checksum-sha256": "WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM=",
                },
                "expires_at": "[time]",
            }),
        ),
    ] {
        expected[name] = value;
    }
    assert_eq!(answer.redacted(), (201, expected.clone()));
    assert_eq!(answer.header("cache-control"), "no-store");
    let announced = answer.json();
    assert_eq!(seconds_between(&announced["created_at"], &announced["upload"]["expires_at"]), 900);
    assert_eq!(
        query_parameter(announced["upload"]["url"].as_str().unwrap(), "X-Amz-Expires").as_deref(),
        Some("900")
    );

    let path = format!("/api/files/{}", id(&announced));
    expected.as_object_mut().unwrap().shift_remove("upload");
    assert_eq!(
        ada.get(&path).await.redacted(),
        (200, expected.clone()),
        "only the announcement says how to send the file"
    );
    assert_eq!(ada.put(&announced, TEXT.to_vec()).await.status, 200);
    ada.stack.settled().await;
    expected["status"] = "ready".into();
    expected["file"] = "[url]".into();
    let ready = ada.get(&path).await;
    assert_eq!(ready.redacted(), (200, expected));
    assert_eq!(ada.stack.fetch(ready.json()["file"].as_str().unwrap()).await.bytes, TEXT);
}

#[tokio::test]
async fn an_announced_pdf_has_no_url_until_its_bytes_arrive() {
    let ada = stack().signed_up_user("ada").await;
    let announced = ada.announce("/api/files", "paper.pdf", "application/pdf", 15).await;
    assert_eq!((&announced["file"], &announced["pdf"]), (&Value::Null, &Value::Null));
    assert_eq!(announced["sha256"], Value::Null);
    let announced = redacted(announced);
    assert_eq!(
        announced["upload"]["headers"],
        json!({"content-type": "application/pdf", "if-none-match": "*"})
    );
}

#[tokio::test]
async fn a_file_is_shown_to_its_owner() {
    let ada = stack().signed_up_user("ada").await;
    let file = ada.upload_file("notes.txt", "text/plain", TEXT).await;
    for slash in ["", "/"] {
        let answer = ada.get(&format!("/api/files/{}{slash}", id(&file))).await;
        assert_eq!(answer.redacted(), (200, text_file(&ada)));
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.json()["id"], file["id"]);
        assert_eq!(answer.json()["created_at"], file["created_at"]);
        let url = answer.json()["file"].as_str().unwrap().to_owned();
        assert_eq!(query_parameter(&url, "X-Amz-Expires").as_deref(), Some("900"));
    }
}

#[tokio::test]
async fn a_download_redirects_to_the_file_as_an_attachment() {
    let ada = stack().signed_up_user("ada").await;
    let file = ada.upload_file("notes.txt", "text/plain", TEXT).await;
    let path = format!("/api/download/{}", id(&file));
    let redirect = ada.get(&path).await;
    assert_eq!((redirect.status, redirect.text().as_str()), (302, ""));
    assert_eq!(redirect.header("cache-control"), "no-store");
    let json = ada.get_as_json(&path).await;
    assert_eq!(json.redacted(), (200, json!({"url": "[url]", "expires_at": "[time]"})));
    assert_eq!(json.header("cache-control"), "no-store");
    assert!((898..=902).contains(&seconds_between(&file["created_at"], &json.json()["expires_at"])));
    let signed = json.json()["url"].as_str().unwrap().to_owned();
    for url in [redirect.header("location"), &signed] {
        let answer = ada.stack.fetch(url).await;
        assert_eq!((answer.status, answer.bytes.as_slice()), (200, TEXT));
        assert_eq!(answer.header("content-disposition"), "attachment; filename=\"notes.txt\"");
    }
}

#[tokio::test]
async fn a_download_in_a_browser_is_redirected() {
    let ada = stack().signed_up_user("ada").await;
    let file = ada.upload_file("notes.txt", "text/plain", TEXT).await;
    let request = ada.request(Method::GET, &format!("/api/download/{}", id(&file)));
    let answer = Answer::of(request.header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")).await;
    assert_eq!(answer.status, 302);
}

#[tokio::test]
async fn deleting_a_file_removes_its_bytes_and_releases_its_quota() {
    let ada = stack().signed_up_user("ada").await;
    let kept = ada.upload_file("kept.txt", "text/plain", TEXT).await;
    let file = ada.upload_file("notes.txt", "text/plain", TEXT).await;
    assert_eq!(ada.used_bytes().await, 12);
    let path = format!("/api/files/{}", id(&file));
    let answer = ada.delete(&path).await;
    assert_eq!((answer.status, answer.text().as_str()), (204, ""));
    for path in [path.clone(), format!("/api/download/{}", id(&file))] {
        assert_eq!(ada.get(&path).await.outcome(), (404, json!({"detail": "Not found."})));
    }
    assert_eq!(ada.delete(&path).await.outcome(), (404, json!({"detail": "Not found."})));
    assert_eq!(ada.used_bytes().await, 6);
    let listed = ada.get("/api/files").await.json();
    assert_eq!((listed["results"].as_array().unwrap().len(), &listed["results"][0]["id"]), (1, &kept["id"]));
    ada.stack.settled().await;
    assert_eq!(ada.stack.keys_of(id(&file)), Vec::<String>::new());
    assert_eq!(
        ada.stack.fetch(file["file"].as_str().unwrap()).await.status,
        403,
        "the old URL does not work"
    );
}

#[tokio::test]
async fn a_picture_stored_as_a_file_is_not_changed() {
    let ada = stack().signed_up_user("ada").await;
    let file = ada.upload_file("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    assert_eq!((&file["status"], &file["content_type"]), (&json!("ready"), &json!("image/jpeg")));
    let stored = ada.stack.fetch(file["file"].as_str().unwrap()).await;
    assert_eq!(stored.bytes, fixture("photo.jpg"));
    assert_eq!(stored.header("content-disposition"), "inline; filename=\"photo.jpg\"");
}
