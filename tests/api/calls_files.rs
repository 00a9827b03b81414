//! AWS calls that follow one another in requests about files and images, as quality.md has them.

use serde_json::json;

use crate::calls::Measured;
use crate::helpers::{fixture, id};

#[tokio::test]
async fn a_file_is_announced_in_two_calls_stored_in_four_and_deleted_in_three() {
    let measured = Measured::stack().await;
    let ada = measured.stack.signed_up_user("ada").await;
    let body = json!({"filename": "a.txt", "content_type": "text/plain", "size": 6});
    let announce = async || ada.post("/api/files", body.clone()).await;
    assert_eq!(measured.in_sequence("create-file", announce).await, 2);
    let store =
        async || ada.post_file("/api/files", "file", "a.txt", "text/plain", b"hello\n".to_vec()).await;
    assert_eq!(measured.in_sequence("create-file", store).await, 4);
    let delete = async || {
        let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
        ada.delete(&format!("/api/files/{}", id(&file))).await
    };
    assert_eq!(measured.in_sequence("delete-file", delete).await, 3);
}

#[tokio::test]
async fn files_are_listed_shown_and_downloaded_in_one_call() {
    let measured = Measured::stack().await;
    let ada = measured.stack.signed_up_user("ada").await;
    let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
    for (function, path) in [
        ("list-files", "/api/files".to_owned()),
        ("list-files", "/api/files?status=ready&content_type=text/plain".to_owned()),
        ("get-file", format!("/api/files/{}", id(&file))),
        ("download-file", format!("/api/download/{}", id(&file))),
    ] {
        assert_eq!(measured.in_sequence(function, async || ada.get(&path).await).await, 1, "{path}");
    }
}

#[tokio::test]
async fn an_image_is_announced_in_two_calls_stored_in_four_and_deleted_in_three() {
    let measured = Measured::stack().await;
    let ada = measured.stack.signed_up_user("ada").await;
    let body = json!({"filename": "photo.jpg", "content_type": "image/jpeg", "size": 6});
    let announce = async || ada.post("/api/images", body.clone()).await;
    assert_eq!(measured.in_sequence("create-image", announce).await, 2);
    let store =
        async || ada.post_file("/api/images", "image", "a.jpg", "image/jpeg", fixture("photo.jpg")).await;
    assert_eq!(measured.in_sequence("create-image", store).await, 4);
    let delete = async || {
        let image = ada.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
        ada.delete(&format!("/api/images/{}", id(&image))).await
    };
    assert_eq!(measured.in_sequence("delete-image", delete).await, 3);
}

#[tokio::test]
async fn images_are_listed_and_shown_and_their_thumbnails_found_in_one_call() {
    let measured = Measured::stack().await;
    let ada = measured.stack.signed_up_user("ada").await;
    let image = ada.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    for (function, path) in [
        ("list-images", "/api/images".to_owned()),
        ("get-image", format!("/api/images/{}", id(&image))),
        ("get-thumbnail", format!("/api/images/{}/thumbnail?size=200", id(&image))),
    ] {
        assert_eq!(measured.in_sequence(function, async || ada.get(&path).await).await, 1, "{path}");
    }
}
