//! Share links stop working when their file is deleted, even if a new file has the same name.

use serde_json::json;

use crate::helpers::{id, stack};
use crate::shares::{create_link, link_path, open_link, sharer};

#[tokio::test]
async fn a_new_file_of_the_same_name_does_not_revive_a_dead_link() {
    let stack = stack();
    let (ada, file) = sharer(&stack).await;
    let direct = create_link(&ada, &file, json!({"expires_in": 300})).await;
    let asking = create_link(&ada, &file, json!({"expires_in": 300, "max_downloads": 2})).await;
    assert_eq!(ada.delete(&format!("/api/files/{}", id(&file))).await.status, 204);
    let again = ada.upload_file("fox.txt", "text/plain", *b"another fox\n").await;
    assert_eq!(again["filename"], file["filename"]);
    let not_found = json!({"detail": "Not found."});
    stack.get(&link_path(&stack, &direct)).await.assert(404, &not_found);
    open_link(&stack, &link_path(&stack, &asking), json!({})).await.assert(404, &not_found);
}

#[tokio::test]
async fn the_signed_url_behind_a_link_stops_working_when_the_file_is_deleted() {
    let stack = stack();
    let (ada, file) = sharer(&stack).await;
    let made = create_link(&ada, &file, json!({"expires_in": 300})).await;
    let opened = stack.get(&link_path(&stack, &made)).await;
    let url = opened.header("location");
    assert_eq!(stack.fetch(url).await.status, 200);
    assert_eq!(ada.delete(&format!("/api/files/{}", id(&file))).await.status, 204);
    // The signature is valid for five minutes, but the bytes are deleted. S3 returns 404 only to callers that may
    // list the bucket, and 403 to others.
    assert_eq!(stack.fetch(url).await.status, 403);
}
