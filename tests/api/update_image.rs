//! `PATCH /api/images/{id}`.

use serde_json::{Value, json};

use crate::helpers::{fixture, id, not_found, stack};

#[tokio::test]
async fn the_owner_changes_title_and_file_name_of_an_image() {
    let ada = stack().signed_up_user("ada").await;
    let image = ada.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    let path = format!("/api/images/{}", id(&image));
    let (_, before) = ada.get(&path).await.redacted();
    let mut expected = before.clone();
    expected["title"] = json!("Holiday");
    let answer = ada.patch(&path, json!({"title": " Holiday "})).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.redacted(), (200, expected.clone()));
    expected["filename"] = json!("sea.jpg");
    let change = json!({"filename": "../sea.jpg", "visibility": "members", "status": "pending", "width": 1});
    assert_eq!(ada.patch(&path, change).await.redacted(), (200, expected.clone()));
    assert_eq!(ada.get(&path).await.redacted(), (200, expected.clone()));
    // Nothing changes with an empty body.
    assert_eq!(ada.patch(&path, json!({})).await.redacted(), (200, expected.clone()));
    let listed = ada.get("/api/images").await.redacted();
    assert_eq!(listed, (200, json!({"next": null, "results": [expected]})));

    // The original is downloaded by its new name.
    ada.move_to_tier("premium").await;
    let shown = ada.patch(&path, json!({"filename": "sea.jpg"})).await.json();
    let fetch = async |url: &Value| ada.stack.fetch(url.as_str().expect("a URL")).await;
    assert_eq!(fetch(&shown["thumbnails"]["200"]).await.status, 200);
    let original = fetch(&shown["original"]).await;
    assert_eq!(original.header("content-disposition"), "inline; filename=\"sea.jpg\"");
}

#[tokio::test]
async fn a_pending_image_can_be_changed_before_its_bytes_arrive() {
    let ada = stack().signed_up_user("ada").await;
    let bytes = fixture("photo.jpg");
    let image = ada.announce("/api/images", "photo.jpg", "image/jpeg", bytes.len()).await;
    let path = format!("/api/images/{}", id(&image));
    let changed = ada.patch(&path, json!({"title": "Holiday"})).await;
    assert_eq!((changed.status, &changed.json()["status"]), (200, &json!("pending")));
    assert_eq!(ada.put(&image, bytes).await.status, 200);
    ada.stack.settled().await;
    let ready = ada.get(&path).await.json();
    assert_eq!((&ready["status"], &ready["title"]), (&json!("ready"), &json!("Holiday")));
}

#[tokio::test]
async fn only_the_owner_can_change_an_image_and_only_on_the_route_for_images() {
    let (ada, eve) = (stack().signed_up_user("ada").await, stack().signed_up_user("eve").await);
    let image = ada.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
    let change = json!({"title": "Mine"});
    eve.patch(&format!("/api/images/{}", id(&image)), change.clone()).await.assert(404, &not_found());
    for path in [format!("/api/images/{}", id(&file)), format!("/api/files/{}", id(&image))] {
        ada.patch(&path, change.clone()).await.assert(404, &not_found());
    }
    let path = format!("/api/images/{}", id(&image));
    assert_eq!(ada.get(&path).await.json()["title"], image["title"]);
    assert_eq!(ada.delete(&path).await.status, 204);
    ada.patch(&path, change).await.assert(404, &not_found());
}

#[tokio::test]
async fn invalid_descriptions_are_refused() {
    let ada = stack().signed_up_user("ada").await;
    let image = ada.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    let path = format!("/api/images/{}", id(&image));
    let errors = json!({"title": ["This field may not be blank."], "filename": ["Not a valid string."]});
    ada.patch(&path, json!({"title": " ", "filename": []})).await.assert(400, &errors);
}
