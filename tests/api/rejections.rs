//! Uploads that contradict their announcement are rejected with a reason. Their bytes are deleted, and their quota is
//! released.

use serde_json::{Value, json};

use crate::helpers::{User, fixture, id, redacted, stack};

/// Announces and PUTs a fixture, and returns the settled record.
async fn upload_fixture(user: &User, path: &str, name: &str, content_type: &str) -> Value {
    user.upload(path, name, content_type, fixture(name)).await
}

/// Fails unless a rejected upload has left only its record.
async fn assert_only_record_left(user: &User, path: &str, record: &Value) {
    assert_eq!(user.used_bytes().await, 0);
    assert_eq!(user.stack.keys_of(id(record)), Vec::<String>::new());
    let listed = user.get(path).await.json();
    assert_eq!(redacted(listed), json!({"next": null, "results": [redacted(record.clone())]}));
    let shown = format!("{path}/{}", id(record));
    assert_eq!(user.delete(&shown).await.status, 204);
    assert_eq!(user.get(&shown).await.status, 404);
    assert_eq!(user.used_bytes().await, 0, "quota is released once");
}

#[tokio::test]
async fn a_text_declared_as_a_photo_is_rejected() {
    let ada = stack().signed_up_user("ada").await;
    let image = upload_fixture(&ada, "/api/images", "text.jpg", "image/jpeg").await;
    let expected = json!({
        "id": "[id]",
        "title": "text.jpg",
        "filename": "text.jpg",
        "content_type": "image/jpeg",
        "size": 40,
        "width": null,
        "height": null,
        "status": "rejected",
        "thumbnails": {},
        "original": null,
        "created_at": "[time]",
        "reason": "content_type_mismatch",
    });
    assert_eq!(redacted(image.clone()), expected);
    let thumbnail = ada.get(&format!("/api/images/{}/thumbnail?size=200", id(&image))).await;
    assert_eq!(thumbnail.outcome(), (409, json!({"detail": "The image is not ready."})));
    assert_only_record_left(&ada, "/api/images", &image).await;
}

#[tokio::test]
async fn an_html_page_declared_as_a_picture_is_rejected() {
    let ada = stack().signed_up_user("ada").await;
    let file = upload_fixture(&ada, "/api/files", "page.png", "image/png").await;
    let expected = json!({
        "id": "[id]",
        "title": "page.png",
        "filename": "page.png",
        "content_type": "image/png",
        "size": 56,
        "sha256": null,
        "visibility": "private",
        "uploaded_by": ada.name,
        "owner": ada.id,
        "status": "rejected",
        "created_at": "[time]",
        "updated_at": "[time]",
        "file": null,
        "reason": "content_type_mismatch",
    });
    assert_eq!(redacted(file.clone()), expected);
    let download = ada.get(&format!("/api/download/{}", id(&file))).await;
    assert_eq!(download.outcome(), (409, json!({"detail": "The file is not ready."})));
    assert_only_record_left(&ada, "/api/files", &file).await;
}

#[tokio::test]
async fn an_image_that_is_an_html_page_is_rejected_with_its_type() {
    let ada = stack().signed_up_user("ada").await;
    let record = upload_fixture(&ada, "/api/images", "page.png", "image/png").await;
    let facts = json!([record["status"], record["reason"], record["content_type"]]);
    assert_eq!(facts, json!(["rejected", "unsupported_type: text/html", "image/png"]));
    assert_only_record_left(&ada, "/api/images", &record).await;
}

#[tokio::test]
async fn content_of_an_unknown_type_keeps_the_declared_type() {
    let ada = stack().signed_up_user("ada").await;
    for (name, declared) in [("text.jpg", "text/csv"), ("text.jpg", "application/octet-stream")] {
        let file = upload_fixture(&ada, "/api/files", name, declared).await;
        assert_eq!((&file["status"], &file["content_type"]), (&json!("ready"), &json!(declared)));
    }
}

#[tokio::test]
async fn a_damaged_image_is_rejected() {
    for (name, declared) in [
        ("truncated.jpg", "image/jpeg"),
        ("truncated.png", "image/png"),
        ("truncated.webp", "image/webp"),
        ("truncated.gif", "image/gif"),
    ] {
        let ada = stack().signed_up_user("ada").await;
        let image = upload_fixture(&ada, "/api/images", name, declared).await;
        let facts = json!([image["status"], image["reason"]]);
        assert_eq!(facts, json!(["rejected", "invalid_image"]), "{name}");
        assert_only_record_left(&ada, "/api/images", &image).await;
    }
}

#[tokio::test]
async fn a_decompression_bomb_is_rejected() {
    for (name, declared, reason) in [
        ("bomb.png", "image/png", "image_too_large"),
        ("bomb_canvas.gif", "image/gif", "image_too_large"),
        ("bomb_frame.gif", "image/gif", ""),
        ("bomb.webp", "image/webp", ""),
        ("bomb.jpg", "image/jpeg", "image_too_large"),
    ] {
        let ada = stack().signed_up_user("ada").await;
        let image = upload_fixture(&ada, "/api/images", name, declared).await;
        assert_eq!(image["status"], "rejected", "{name}");
        let found = image["reason"].as_str().unwrap();
        // An inconsistent header can be reported as too large or as invalid.
        assert!(found == reason || (reason.is_empty() && !found.is_empty()), "{name}: {found}");
        assert_only_record_left(&ada, "/api/images", &image).await;
    }
}

#[tokio::test]
async fn a_decompression_bomb_is_accepted_as_a_file() {
    let ada = stack().signed_up_user("ada").await;
    let file = upload_fixture(&ada, "/api/files", "bomb.png", "image/png").await;
    assert_eq!((&file["status"], &file["size"]), (&json!("ready"), &json!(fixture("bomb.png").len())));
}

#[tokio::test]
async fn a_second_put_after_a_rejection_leaves_no_object() {
    let ada = stack().signed_up_user("ada").await;
    let announced = ada.announce("/api/images", "text.jpg", "image/jpeg", 40).await;
    for _ in 0..2 {
        assert_eq!(ada.put(&announced, fixture("text.jpg")).await.status, 200);
        ada.stack.settled().await;
        let image = ada.get(&format!("/api/images/{}", id(&announced))).await.json();
        assert_eq!(image["status"], "rejected");
        assert_eq!(ada.stack.keys_of(id(&announced)), Vec::<String>::new());
        assert_eq!(ada.used_bytes().await, 0, "quota is released once");
    }
}
