//! `PUT /api/files/{id}` replaces the content of a file. Readers get all of the old or all of the new content.

use reqwest::Method;
use reqwest::multipart::Form;
use serde_json::{Value, json};

use crate::helpers::{Answer, MEBIBYTE, User, concurrently, fixture, id, not_found, part, stack, upload_key};

/// The SHA-256 of `hello\n` and of `%PDF-1.7 new\n`, by `sha256sum`.
const HELLO: &str = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
const PDF: &str = "c59213872e84707355a542cacd714154c016b1bfd0342dd752ac3456b2f55df4";

fn form(name: &str, content_type: &str, bytes: impl Into<Vec<u8>>) -> Form {
    Form::new().part("file", part(name, content_type, bytes))
}

async fn replace(user: &User, file: &Value, form: Form) -> Answer {
    Answer::of(user.request(Method::PUT, &format!("/api/files/{}", id(file))).multipart(form)).await
}

async fn get_file(user: &User, file: &Value) -> Value {
    user.get(&format!("/api/files/{}", id(file))).await.json()
}

#[tokio::test]
async fn a_form_replaces_the_content_and_its_metadata() {
    let ada = stack().signed_up_user("ada").await;
    let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
    assert_eq!(file["sha256"], HELLO);
    let answer = replace(&ada, &file, form("b.pdf", "application/pdf", *b"%PDF-1.7 new\n")).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let replaced = answer.json();
    answer.assert(
        200,
        &json!({
            "id": file["id"], "title": "b.pdf", "filename": "b.pdf", "content_type": "application/pdf",
            "size": 13, "sha256": PDF,
            "visibility": "private", "uploaded_by": ada.name, "owner": ada.id, "status": "ready",
            "created_at": file["created_at"], "updated_at": replaced["updated_at"],
            "file": replaced["file"], "pdf": replaced["file"],
        }),
    );
    assert!(replaced["updated_at"].as_str() > file["updated_at"].as_str());
    assert_eq!(ada.stack.fetch(replaced["file"].as_str().unwrap()).await.bytes, b"%PDF-1.7 new\n");
    assert_eq!(ada.used_bytes().await, 13);
    let listed = ada.get("/api/files").await.json();
    assert_eq!(listed["results"].as_array().unwrap().len(), 1);
    assert_eq!(listed["results"][0]["sha256"], replaced["sha256"]);
}

#[tokio::test]
async fn a_form_can_set_title_and_visibility_with_the_content() {
    let ada = stack().signed_up_user("ada").await;
    let bob = ada.stack.signed_up_user("bob").await;
    let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
    let with_title =
        form("b.txt", "text/plain", *b"goodbye\n").text("title", "Letter").text("visibility", "members");
    let replaced = replace(&ada, &file, with_title).await.json();
    assert_eq!((&replaced["title"], &replaced["visibility"]), (&json!("Letter"), &json!("members")));
    let url = bob.url_of(&format!("/api/download/{}", id(&file))).await;
    assert_eq!(bob.stack.fetch(&url).await.bytes, b"goodbye\n");
    // Other users see the new content immediately.
    let again = replace(&ada, &file, form("c.txt", "text/plain", *b"hello\n")).await.json();
    assert_eq!(again["visibility"], "members");
    assert_eq!(get_file(&bob, &file).await["sha256"], HELLO);
    // Only the owner can replace the content.
    replace(&bob, &file, form("d.txt", "text/plain", *b"mine\n")).await.assert(404, &not_found());
}

#[tokio::test]
async fn the_old_content_stays_readable_by_urls_that_were_signed_before() {
    let ada = stack().signed_up_user("ada").await;
    let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
    let old = file["file"].as_str().unwrap();
    assert_eq!(replace(&ada, &file, form("a.txt", "text/plain", *b"goodbye\n")).await.status, 200);
    ada.stack.settled().await;
    assert_eq!(ada.stack.fetch(old).await.bytes, b"hello\n");
    assert_eq!(ada.used_bytes().await, 8, "an old content uses no quota");
    assert_eq!(ada.stack.keys_of(id(&file)).len(), 2);
    assert_eq!(ada.delete(&format!("/api/files/{}", id(&file))).await.status, 204);
    assert_eq!(ada.stack.keys_of(id(&file)), Vec::<String>::new());
    assert_eq!(ada.used_bytes().await, 0);
}

#[tokio::test]
async fn only_the_last_three_old_contents_are_kept() {
    let ada = stack().signed_up_user("ada").await;
    let file = ada.upload_file("a.txt", "text/plain", *b"0").await;
    for number in 1..=8_u8 {
        let answer = replace(&ada, &file, form("a.txt", "text/plain", [b'0' + number])).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    ada.stack.settled().await;
    assert_eq!(ada.stack.keys_of(id(&file)).len(), 4, "the current content and three old ones");
    assert_eq!(ada.used_bytes().await, 1);
    let url = get_file(&ada, &file).await["file"].as_str().unwrap().to_owned();
    assert_eq!(ada.stack.fetch(&url).await.bytes, b"8");
}

#[tokio::test]
async fn a_repeated_event_of_the_old_content_changes_nothing() {
    let ada = stack().signed_up_user("ada").await;
    let announced = ada.announce("/api/files", "a.pdf", "application/pdf", 9).await;
    let key = upload_key(&announced);
    assert_eq!(ada.put(&announced, b"%PDF-1.7\n".to_vec()).await.status, 200);
    ada.stack.settled().await;
    let event = ada.stack.events_about(&key).remove(0);
    let replaced = replace(&ada, &announced, form("b.txt", "text/plain", *b"goodbye\n")).await.json();
    ada.stack.invoke("process-upload", event).await.unwrap();
    let after = get_file(&ada, &announced).await;
    for field in ["status", "size", "sha256", "content_type", "filename", "updated_at"] {
        assert_eq!(after[field], replaced[field], "{field}");
    }
    assert_eq!(ada.stack.fetch(after["file"].as_str().unwrap()).await.bytes, b"goodbye\n");
    // The URL accepts no second content.
    assert_eq!(ada.put(&announced, b"%PDF-evil".to_vec()).await.status, 412);
}

#[tokio::test]
async fn pending_and_rejected_files_can_be_replaced() {
    let ada = stack().signed_up_user("ada").await;
    let pending = ada.announce("/api/files", "a.pdf", "application/pdf", 1000).await;
    let rejected = ada.upload("/api/files", "a.pdf", "application/pdf", fixture("page.png")).await;
    assert_eq!(rejected["status"], "rejected");
    for file in [&pending, &rejected] {
        let replaced = replace(&ada, file, form("b.txt", "text/plain", *b"goodbye\n")).await;
        assert_eq!((replaced.status, &replaced.json()["status"]), (200, &json!("ready")));
        assert_eq!(replaced.json()["reason"], Value::Null);
    }
    assert_eq!(ada.used_bytes().await, 16);
    // The URL of the announced content still works, but bytes that arrive there are ignored.
    assert_eq!(ada.put(&pending, vec![b'x'; 1000]).await.status, 200);
    ada.stack.settled().await;
    let after = get_file(&ada, &pending).await;
    assert_eq!((&after["size"], &after["status"]), (&json!(8), &json!("ready")));
    assert_eq!(ada.used_bytes().await, 16);
    assert_eq!(ada.stack.keys_of(id(&pending)).len(), 1, "the late bytes are removed");
}

#[tokio::test]
async fn replacing_a_file_that_is_being_sent_in_parts_aborts_the_upload() {
    let ada = stack().premium_user("ada").await;
    let file = ada.announce("/api/files", "film.bin", "video/mp4", 100 * MEBIBYTE + 1).await;
    assert_eq!(ada.sign_parts(&file, &[1]).await.status, 200);
    let replaced = replace(&ada, &file, form("b.txt", "text/plain", *b"goodbye\n")).await;
    assert_eq!((replaced.status, &replaced.json()["status"]), (200, &json!("ready")));
    assert!(!ada.stack.has_upload_of(id(&file)));
    assert_eq!(ada.used_bytes().await, 8);
}

#[tokio::test]
async fn new_content_is_checked_like_the_first() {
    let ada = stack().signed_up_user("ada").await;
    let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
    let html = form("a.png", "image/png", *b"<!DOCTYPE html><p>hello</p>");
    let wrong = json!({"file": ["The content of this file is not image/png."]});
    replace(&ada, &file, html).await.assert(400, &wrong);
    let no_file = json!({"file": ["No file was submitted."]});
    replace(&ada, &file, Form::new().text("title", "a")).await.assert(400, &no_file);
    let empty = json!({"file": ["The submitted file is empty."]});
    replace(&ada, &file, form("a.txt", "text/plain", *b"")).await.assert(400, &empty);
    let large =
        replace(&ada, &file, form("a.bin", "application/octet-stream", vec![0; 4 * MEBIBYTE + 1])).await;
    assert_eq!(large.status, 413, "{}", large.text());
    assert_eq!(get_file(&ada, &file).await["sha256"], HELLO);
    assert_eq!(ada.used_bytes().await, 6);
}

#[tokio::test]
async fn the_quota_needs_room_for_both_contents_during_a_replacement() {
    let ada = stack().signed_up_user("ada").await;
    let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
    ada.leave_room_for(7).await;
    let refused = json!({"detail": "Storage quota exceeded.", "code": "quota_exceeded"});
    replace(&ada, &file, form("b.txt", "text/plain", *b"goodbye\n")).await.assert(403, &refused);
    let answer = replace(&ada, &file, form("b.txt", "text/plain", *b"bye\n")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(ada.used_bytes().await, (1 << 30) - 7 - 2);
}

#[tokio::test]
async fn concurrent_replacements_never_mix_their_contents() {
    let ada = stack().signed_up_user("ada").await;
    let file = ada.upload_file("a.txt", "text/plain", *b"0").await;
    let puts = (1..=6_usize).map(|number| {
        let (ada, file) = (ada.clone(), file.clone());
        async move { replace(&ada, &file, form("a.txt", "text/plain", vec![b'0'; number])).await }
    });
    let answers = concurrently(puts).await;
    let conflict = json!({"detail": "Another request has replaced the content of this file."});
    for answer in &answers {
        match answer.status {
            200 => {}
            _ => answer.assert(409, &conflict),
        }
    }
    assert!(answers.iter().any(|answer| answer.status == 200));
    ada.stack.settled().await;
    let after = get_file(&ada, &file).await;
    let bytes = ada.stack.fetch(after["file"].as_str().unwrap()).await.bytes;
    assert_eq!(after["size"], bytes.len());
    assert_eq!(ada.used_bytes().await, bytes.len() as u64);
}

#[tokio::test]
async fn patch_cannot_replace_the_content() {
    let ada = stack().signed_up_user("ada").await;
    let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
    let path = format!("/api/files/{}", id(&file));
    let form = Form::new().part("file", part("b.txt", "text/plain", *b"goodbye\n"));
    let patched = Answer::of(ada.request(Method::PATCH, &path).multipart(form)).await;
    assert_eq!(patched.status, 415, "PATCH changes only metadata: {}", patched.text());
    assert_eq!(get_file(&ada, &file).await["sha256"], HELLO);
}
