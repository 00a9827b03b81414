//! Deletions of images that are processed at the same time.

use std::time::Duration;

use local::calls::Fault;
use local::invoker::Outcome;
use serde_json::{Value, json};

use crate::helpers::{ExclusiveStack, User, exclusive_stack, fixture, id, upload_key};

/// A delay that is long enough for the other function to finish.
const DELAYED: Fault = Fault::Delay(Duration::from_millis(600));

/// Stores the bytes of an image and pauses its event. Returns the user, the image and its path.
async fn stored_image(stack: &ExclusiveStack, name: &str, content_type: &str) -> (User, Value, String) {
    let ada = stack.signed_up_user("ada").await;
    stack.s3().pause_events();
    let announced = ada.announce("/api/images", name, content_type, fixture(name).len()).await;
    assert_eq!(ada.put(&announced, fixture(name)).await.status, 200);
    let path = format!("/api/images/{}", id(&announced));
    (ada, announced, path)
}

async fn assert_nothing_left(user: &User, image: &Value) {
    user.stack.settled().await;
    assert_eq!(user.stack.keys_of(id(image)), Vec::<String>::new());
    assert_eq!(user.used_bytes().await, 0);
    let path = format!("/api/images/{}", id(image));
    assert_eq!(user.get(&path).await.outcome(), (404, json!({"detail": "Not found."})));
}

#[tokio::test]
async fn deleting_an_image_during_its_processing_leaves_no_thumbnail() {
    let stack = exclusive_stack().await;
    let (ada, image, path) = stored_image(&stack, "photo.jpg", "image/jpeg").await;
    // At this call the thumbnails are stored, but the record is not ready yet.
    stack.calls().inject("process-upload", 6, DELAYED, 1);
    stack.s3().resume_events();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(ada.delete(&path).await.status, 204);
    assert_nothing_left(&ada, &image).await;
}

#[tokio::test]
async fn an_image_that_becomes_ready_during_its_deletion_leaves_no_thumbnail() {
    let stack = exclusive_stack().await;
    let (ada, image, path) = stored_image(&stack, "photo.jpg", "image/jpeg").await;
    // At this call the deletion has read the pending record, but not written yet.
    stack.calls().inject("delete-image", 3, DELAYED, 1);
    let processed = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        stack.s3().resume_events();
        stack.settled().await;
    };
    let (answer, ()) = tokio::join!(ada.delete(&path), processed);
    assert_eq!(answer.status, 204);
    assert_nothing_left(&ada, &image).await;
}

#[tokio::test]
async fn an_image_that_is_rejected_during_its_deletion_is_deleted() {
    let stack = exclusive_stack().await;
    let (ada, image, path) = stored_image(&stack, "text.jpg", "image/jpeg").await;
    stack.calls().inject("delete-image", 3, DELAYED, 1);
    let processed = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        stack.s3().resume_events();
        stack.settled().await;
    };
    let (answer, ()) = tokio::join!(ada.delete(&path), processed);
    assert_eq!(answer.status, 204);
    assert_nothing_left(&ada, &image).await;
}

#[tokio::test]
async fn deleting_an_image_after_its_processing_was_killed_leaves_no_thumbnail() {
    let stack = exclusive_stack().await;
    // Thumbnails of transparent images are PNGs, and others are JPEGs.
    for (name, content_type) in [("photo.jpg", "image/jpeg"), ("transparent.png", "image/png")] {
        let (ada, image, path) = stored_image(&stack, name, content_type).await;
        stack.s3().resume_events();
        stack.settled().await;
        let event = stack.events_about(&upload_key(&image)).remove(0);
        // This state is as if the function had been killed before it updated the record.
        let (pk, sk) = (format!("OWNER#{}", ada.id), format!("IMAGE#{}", id(&image)));
        stack.set_attribute(&pk, &sk, "status", json!({"S": "pending"})).await;
        stack.set_attribute(&pk, &sk, "picture", json!({"NULL": true})).await;
        assert_eq!(stack.keys_of(id(&image)).len(), 3);
        assert_eq!(ada.delete(&path).await.status, 204);
        let invocation = stack.invoke("process-upload", event).await.unwrap();
        assert_eq!(invocation.outcome, Outcome::Answered("null".into()));
        assert_nothing_left(&ada, &image).await;
    }
}

#[tokio::test]
async fn a_thumbnail_made_during_the_deletion_of_its_image_is_not_kept() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    let image = ada.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    ada.forget_thumbnail(&image, "200").await;
    let path = format!("/api/images/{}", id(&image));
    // The calls before are for caller, record, tiers, original and thumbnail. This one updates the record.
    stack.calls().inject("get-thumbnail", 6, DELAYED, 1);
    let deleted = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        ada.delete(&path).await.status
    };
    let thumbnail = format!("{path}/thumbnail?size=200");
    let (answer, status) = tokio::join!(ada.get(&thumbnail), deleted);
    assert_eq!((answer.outcome(), status), ((404, json!({"detail": "Not found."})), 204));
    assert_nothing_left(&ada, &image).await;
}
