//! How many AWS calls in sequence requests about files and images make.

use reqwest::Method;
use reqwest::multipart::Form;
use serde_json::json;

use crate::aws_calls::CallCounter;
use crate::helpers::{Answer, MEBIBYTE, fixture, id, part};

#[tokio::test]
async fn announcing_a_file_takes_two_calls_storing_it_four_and_deleting_it_three() {
    let counter = CallCounter::start().await;
    let ada = counter.stack.signed_up_user("ada").await;
    let body = json!({"filename": "a.txt", "content_type": "text/plain", "size": 6});
    let announce = async || ada.post("/api/files", body.clone()).await;
    assert_eq!(counter.sequential_calls("create-file", announce).await, 2);
    let store =
        async || ada.post_file("/api/files", "file", "a.txt", "text/plain", b"hello\n".to_vec()).await;
    assert_eq!(counter.sequential_calls("create-file", store).await, 4);
    let delete = async || {
        let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
        ada.delete(&format!("/api/files/{}", id(&file))).await
    };
    assert_eq!(counter.sequential_calls("delete-file", delete).await, 3);
}

#[tokio::test]
async fn listing_showing_and_downloading_files_takes_one_call() {
    let counter = CallCounter::start().await;
    let ada = counter.stack.signed_up_user("ada").await;
    let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
    for (function, path) in [
        ("list-files", "/api/files".to_owned()),
        ("list-files", "/api/files?status=ready&content_type=text/plain".to_owned()),
        ("get-file", format!("/api/files/{}", id(&file))),
        ("download-file", format!("/api/download/{}", id(&file))),
    ] {
        assert_eq!(counter.sequential_calls(function, async || ada.get(&path).await).await, 1, "{path}");
    }
}

#[tokio::test]
async fn showing_and_downloading_a_file_of_another_account_takes_two_calls() {
    let counter = CallCounter::start().await;
    let (ada, bob) = (counter.stack.signed_up_user("ada").await, counter.stack.signed_up_user("bob").await);
    let form =
        Form::new().part("file", part("a.txt", "text/plain", *b"hello\n")).text("visibility", "members");
    let file = ada.post_multipart("/api/files", form).await.json();
    // The first call reads the copy, and the second reads the account that owns it.
    for (function, path) in [
        ("get-file", format!("/api/files/{}", id(&file))),
        ("download-file", format!("/api/download/{}", id(&file))),
    ] {
        assert_eq!(counter.sequential_calls(function, async || bob.get(&path).await).await, 2, "{path}");
    }
}

#[tokio::test]
async fn announcing_an_image_takes_two_calls_storing_it_four_and_deleting_it_three() {
    let counter = CallCounter::start().await;
    let ada = counter.stack.signed_up_user("ada").await;
    let body = json!({"filename": "photo.jpg", "content_type": "image/jpeg", "size": 6});
    let announce = async || ada.post("/api/images", body.clone()).await;
    assert_eq!(counter.sequential_calls("create-image", announce).await, 2);
    let store =
        async || ada.post_file("/api/images", "image", "a.jpg", "image/jpeg", fixture("photo.jpg")).await;
    assert_eq!(counter.sequential_calls("create-image", store).await, 4);
    let delete = async || {
        let image = ada.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
        ada.delete(&format!("/api/images/{}", id(&image))).await
    };
    assert_eq!(counter.sequential_calls("delete-image", delete).await, 3);
}

#[tokio::test]
async fn listing_images_showing_one_and_finding_a_thumbnail_takes_one_call() {
    let counter = CallCounter::start().await;
    let ada = counter.stack.signed_up_user("ada").await;
    let image = ada.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    for (function, path) in [
        ("list-images", "/api/images".to_owned()),
        ("get-image", format!("/api/images/{}", id(&image))),
        ("get-thumbnail", format!("/api/images/{}/thumbnail?size=200", id(&image))),
    ] {
        assert_eq!(counter.sequential_calls(function, async || ada.get(&path).await).await, 1, "{path}");
    }
}

#[tokio::test]
async fn replacing_a_content_takes_four_calls_and_completing_a_put_three() {
    let counter = CallCounter::start().await;
    let ada = counter.stack.signed_up_user("ada").await;
    let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
    let path = format!("/api/files/{}", id(&file));
    let replace = async || {
        let form = Form::new().part("file", part("b.txt", "text/plain", *b"goodbye\n"));
        Answer::of(ada.request(Method::PUT, &path).multipart(form)).await
    };
    assert_eq!(counter.sequential_calls("update-file", replace).await, 4);
    // The event is paused, because it could settle the file before this request.
    counter.stack.s3().pause_events();
    let complete = async || {
        let file = ada.announce("/api/files", "a.txt", "text/plain", 6).await;
        assert_eq!(ada.put(&file, b"hello\n".to_vec()).await.status, 200);
        ada.complete_put(&file).await
    };
    assert_eq!(counter.sequential_calls("complete-file", complete).await, 3);
}

#[tokio::test]
async fn signing_parts_takes_one_call_after_the_first_time_and_listing_them_two() {
    let counter = CallCounter::start().await;
    let ada = counter.stack.premium_user("ada").await;
    let announce = async || ada.announce("/api/files", "film.bin", "video/mp4", 100 * MEBIBYTE + 1).await;
    let first = async || ada.sign_parts(&announce().await, &[1]).await;
    assert_eq!(counter.sequential_calls("sign-parts", first).await, 3);
    let file = announce().await;
    assert_eq!(
        counter.sequential_calls("sign-parts", async || ada.sign_parts(&file, &[1, 7]).await).await,
        1
    );
    assert_eq!(counter.sequential_calls("list-parts", async || ada.list_parts(&file).await).await, 2);
}
