//! The refusals of `/api/images`, with their exact messages.

use reqwest::Method;
use reqwest::multipart::Form;
use serde_json::json;

use crate::helpers::{Answer, User, fixture, part, stack};

const MIB: usize = 1024 * 1024;
const NO_IMAGE: &str =
    "Upload a valid image. The file you uploaded was either not an image or a corrupted image.";

async fn assert_nothing_stored(user: &User) {
    assert_eq!(user.used_bytes().await, 0);
    assert_eq!(user.get("/api/images").await.json()["results"], json!([]));
    let owned = |bucket| user.stack.s3().keys(user.stack.bucket(bucket)).into_iter();
    assert_eq!(owned("OriginalsBucket").find(|key| key.starts_with(&user.id)), None);
}

#[tokio::test]
async fn a_form_without_an_image_is_refused() {
    let ada = stack().signed_up_user("ada").await;
    let answer = ada.post_multipart("/api/images", Form::new().text("title", "Holiday")).await;
    assert_eq!(answer.outcome(), (400, json!({"image": ["No file was submitted."]})));
    let message = "The submitted data was not a file. Check the encoding type on the form.";
    for field in ["image", "file"] {
        let answer = ada.post_multipart("/api/images", Form::new().text(field, "hello")).await;
        assert_eq!(answer.outcome(), (400, json!({"image": [message]})), "{field}");
        let answer = ada.post_file("/api/images", field, "a.png", "image/png", Vec::new()).await;
        assert_eq!(answer.outcome(), (400, json!({field: ["The submitted file is empty."]})));
    }
    assert_nothing_stored(&ada).await;
}

#[tokio::test]
async fn texts_and_truncated_images_are_refused_whatever_their_names() {
    let ada = stack().signed_up_user("ada").await;
    for (name, declared) in [
        ("text.jpg", "image/jpeg"),
        ("truncated.jpg", "image/jpeg"),
        ("truncated_progressive.jpg", "image/jpeg"),
        ("truncated.png", "image/png"),
        ("truncated.webp", "image/webp"),
        ("truncated.gif", "image/gif"),
    ] {
        let answer = ada.post_file("/api/images", "image", name, declared, fixture(name)).await;
        assert_eq!(answer.outcome(), (400, json!({"image": [NO_IMAGE]})), "{name}");
    }
    assert_nothing_stored(&ada).await;
}

#[tokio::test]
async fn a_decompression_bomb_is_refused_before_it_is_decoded() {
    let ada = stack().signed_up_user("ada").await;
    for name in ["bomb.png", "bomb_canvas.gif", "bomb_frame.gif", "bomb.webp", "bomb.jpg"] {
        let answer = ada.post_file("/api/images", "image", name, "image/png", fixture(name)).await;
        assert_eq!(answer.status, 400, "{name}: {}", answer.text());
        let body = answer.json();
        let message = body["image"][0].as_str().unwrap();
        let too_large = "The image is too large. It may have 64 megapixels, and 1,000,000 pixels on a side; a file of \
                         less than 1 MB may have fewer.";
        assert!([too_large, NO_IMAGE].contains(&message), "{name}: {message}");
        if ["bomb.png", "bomb_canvas.gif"].contains(&name) {
            assert_eq!(body, json!({"image": [too_large]}), "{name}");
        }
    }
    assert_nothing_stored(&ada).await;
}

#[tokio::test]
async fn the_refusal_of_an_image_over_the_form_limit_points_to_signed_uploads() {
    let ada = stack().signed_up_user("ada").await;
    let answer = ada.post_file("/api/images", "image", "a.png", "image/png", vec![0; 4 * MIB + 1]).await;
    let detail = "A form takes files of at most 4194304 bytes. Send JSON with filename, content_type and size \
                  instead, and PUT the file to the URL in the answer.";
    assert_eq!(answer.outcome(), (413, json!({"detail": detail})));
    assert_nothing_stored(&ada).await;
}

#[tokio::test]
async fn invalid_json_for_an_image_is_refused_as_for_a_file() {
    let ada = stack().signed_up_user("ada").await;
    let required = json!(["This field is required."]);
    let expected = json!({"filename": required, "content_type": required, "size": required});
    assert_eq!(ada.post("/api/images", json!({})).await.outcome(), (400, expected));
    let body = json!({"filename": "..", "content_type": "image", "size": 0});
    let expected = json!({
        "filename": ["Enter a valid file name."],
        "content_type": ["Enter a valid media type."],
        "size": ["Ensure this value is greater than or equal to 1."],
    });
    assert_eq!(ada.post("/api/images", body).await.outcome(), (400, expected));
    assert_nothing_stored(&ada).await;
}

#[tokio::test]
async fn an_image_can_be_announced_with_any_type() {
    let ada = stack().signed_up_user("ada").await;
    for declared in ["image/jpeg", "image/jpg", "image/pjpeg", "image/tiff", "application/octet-stream"] {
        let made = ada.announce("/api/images", "a", declared, 1).await;
        let facts = json!([made["status"], made["content_type"]]);
        assert_eq!(facts, json!(["pending", declared]));
    }
}

#[tokio::test]
async fn an_image_over_fifty_mebibytes_is_refused() {
    let ada = stack().signed_up_user("ada").await;
    let body = |size: usize| json!({"filename": "a.png", "content_type": "image/png", "size": size});
    let detail = "The file is too large: an image takes at most 52428800 bytes.";
    let answer = ada.post("/api/images", body(50 * MIB + 1)).await;
    assert_eq!(answer.outcome(), (413, json!({"detail": detail})));
    assert_nothing_stored(&ada).await;
    assert_eq!(ada.post("/api/images", body(50 * MIB)).await.status, 201);
}

#[tokio::test]
async fn an_image_over_the_quota_is_refused() {
    let ada = stack().signed_up_user("ada").await;
    let bytes = fixture("photo.jpg");
    ada.leave_room_for(bytes.len() as u64 - 1).await;
    let before = ada.used_bytes().await;
    let expected = (403, json!({"detail": "Storage quota exceeded.", "code": "quota_exceeded"}));
    let by_form = ada.post_file("/api/images", "image", "photo.jpg", "image/jpeg", bytes.clone()).await;
    assert_eq!(by_form.outcome(), expected);
    let body = json!({"filename": "photo.jpg", "content_type": "image/jpeg", "size": bytes.len()});
    assert_eq!(ada.post("/api/images", body).await.outcome(), expected);
    assert_eq!(ada.used_bytes().await, before);
    ada.leave_room_for(bytes.len() as u64).await;
    ada.upload_image("photo.jpg", "image/jpeg", bytes).await;
    assert_eq!(ada.used_bytes().await, 1 << 30);
}

#[tokio::test]
async fn a_body_that_is_the_image_itself_is_refused() {
    let ada = stack().signed_up_user("ada").await;
    let request = ada.request(Method::POST, "/api/images").header("content-type", "image/png");
    let answer = Answer::of(request.body(fixture("one_pixel.png"))).await;
    let expected = json!({"detail": "Unsupported media type \"image/png\" in request."});
    assert_eq!(answer.outcome(), (415, expected));
}

#[tokio::test]
async fn all_invalid_fields_of_an_image_form_are_reported_together() {
    let ada = stack().signed_up_user("ada").await;
    let form = Form::new()
        .text("title", "x".repeat(256))
        .part("image", part("..", "image/png", fixture("one_pixel.png")));
    let expected = json!({
        "image": ["Enter a valid file name."],
        "title": ["Ensure this field has no more than 255 characters."],
    });
    assert_eq!(ada.post_multipart("/api/images", form).await.outcome(), (400, expected));
    assert_nothing_stored(&ada).await;
}
