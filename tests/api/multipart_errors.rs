//! The refusals of requests for invalid parts, and of incomplete uploads.

use serde_json::{Value, json};

use crate::helpers::{MEBIBYTE, User, fixture, id, not_found, stack};

/// The smallest file that is sent in parts. It has seven, and the last has four mebibytes and one byte.
const SIZE: usize = 100 * MEBIBYTE + 1;
const LAST: usize = 4 * MEBIBYTE + 1;

async fn announce_file(user: &User) -> Value {
    user.announce("/api/files", "film.bin", "application/octet-stream", SIZE).await
}

#[tokio::test]
async fn invalid_part_numbers_are_refused() {
    let ada = stack().premium_user("ada").await;
    let file = announce_file(&ada).await;
    let path = format!("/api/files/{}/parts", id(&file));
    let many: Vec<_> = (1..=101).collect();
    for (body, message) in [
        (json!({}), "This field is required."),
        (json!({"numbers": null}), "This field may not be null."),
        (json!({"numbers": 1}), "Expected a list of items but got type \"int\"."),
        (json!({"numbers": []}), "This list may not be empty."),
        (json!({"numbers": many}), "Ensure this field has no more than 100 elements."),
        (json!({"numbers": ["one"]}), "A valid integer is required."),
        (json!({"numbers": [0]}), "Ensure this value is greater than or equal to 1."),
        (json!({"numbers": [8]}), "Ensure this value is less than or equal to 7."),
    ] {
        ada.post(&path, body).await.assert(400, &json!({"numbers": [message]}));
    }
    assert!(!ada.stack.has_upload_of(id(&file)), "no upload was started");
}

#[tokio::test]
async fn only_a_pending_upload_in_parts_has_parts() {
    let ada = stack().premium_user("ada").await;
    let single = ada.announce("/api/files", "a.txt", "text/plain", 6).await;
    let ready = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
    let rejected = ada.upload("/api/files", "a.pdf", "application/pdf", fixture("page.png")).await;
    for (file, message) in [
        (single, "This file is sent by a single PUT, to the URL it was announced with."),
        (ready, "The file is complete already."),
        (rejected, "The file was rejected."),
    ] {
        let conflict = json!({"detail": message});
        ada.sign_parts(&file, &[1]).await.assert(409, &conflict);
        ada.list_parts(&file).await.assert(409, &conflict);
    }
}

#[tokio::test]
async fn parts_are_refused_after_the_upload_expired() {
    let ada = stack().premium_user("ada").await;
    let file = announce_file(&ada).await;
    ada.age_records_by_a_month().await;
    let conflict = json!({"detail": "The time to send this file is over. Announce it again."});
    ada.sign_parts(&file, &[1]).await.assert(409, &conflict);
    ada.list_parts(&file).await.assert(409, &conflict);
}

#[tokio::test]
async fn complete_names_every_missing_or_different_part() {
    let ada = stack().premium_user("ada").await;
    let file = announce_file(&ada).await;
    let all_missing: Vec<_> = (1..=7).map(|number| format!("Part {number} is missing.")).collect();
    ada.complete(&file, &json!([])).await.assert(400, &json!({"parts": all_missing}));

    let last = ada.send_parts(&file, &vec![0; SIZE], &[7]).await.remove(0);
    assert_eq!(ada.list_parts(&file).await.json()["parts"][0]["size"], LAST);
    let missing = |others: &[&str]| {
        let first = (1..=6).map(|number| format!("Part {number} is missing."));
        json!({"parts": first.chain(others.iter().map(ToString::to_string)).collect::<Vec<_>>()})
    };
    ada.complete(&file, &json!([last])).await.assert(400, &missing(&[]));
    let claimed = json!([{"number": 1, "etag": last["etag"]}, last]);
    ada.complete(&file, &claimed).await.assert(400, &missing(&[]));
    let another = json!([{"number": 7, "etag": "\"0123456789abcdef0123456789abcdef\""}]);
    ada.complete(&file, &another).await.assert(400, &missing(&["Part 7 in the store is another."]));
    let stranger = json!([last, {"number": 8, "etag": last["etag"]}]);
    ada.complete(&file, &stranger).await.assert(400, &missing(&["There is no part 8; the last is 7."]));
    assert_eq!(ada.get(&format!("/api/files/{}", id(&file))).await.json()["status"], "pending");
}

#[tokio::test]
async fn an_invalid_list_of_parts_is_refused() {
    let ada = stack().premium_user("ada").await;
    let file = announce_file(&ada).await;
    let path = format!("/api/files/{}/complete", id(&file));
    let form = "Expected a list of objects with number and etag.";
    for (body, message) in [
        (json!({}), "This field is required."),
        (json!({"parts": null}), form),
        (json!({"parts": "1"}), form),
        (json!({"parts": [1]}), form),
        (json!({"parts": [{"number": 1}]}), form),
        (json!({"parts": [{"number": -1, "etag": "a"}]}), form),
        (json!({"parts": [{"number": 1, "etag": null}]}), form),
    ] {
        ada.post(&path, body).await.assert(400, &json!({"parts": [message]}));
    }
    ada.complete_put(&file).await.assert(400, &json!({"parts": ["This field is required."]}));
}

#[tokio::test]
async fn complete_settles_a_single_put_without_waiting_for_its_event() {
    let ada = stack().signed_up_user("ada").await;
    let file = ada.announce("/api/files", "a.txt", "text/plain", 6).await;
    ada.complete_put(&file).await.assert(400, &json!({"file": ["No file was submitted."]}));
    assert_eq!(ada.put(&file, b"hello\n".to_vec()).await.status, 200);
    let complete = ada.complete_put(&file).await;
    assert_eq!((complete.status, &complete.json()["status"]), (200, &json!("ready")), "{}", complete.text());
    let url = complete.json()["file"].as_str().unwrap().to_owned();
    assert_eq!(ada.stack.fetch(&url).await.bytes, b"hello\n");

    let page = fixture("page.png");
    let pdf = ada.announce("/api/files", "a.pdf", "application/pdf", page.len()).await;
    assert_eq!(ada.put(&pdf, page).await.status, 200);
    let complete = ada.complete_put(&pdf).await.json();
    assert_eq!(
        (&complete["status"], &complete["reason"]),
        (&json!("rejected"), &json!("content_type_mismatch"))
    );
}

#[tokio::test]
async fn only_the_owner_of_a_file_can_send_its_parts() {
    let stack = stack();
    let (ada, eve) = (stack.premium_user("ada").await, stack.premium_user("eve").await);
    let file = announce_file(&ada).await;
    let image = ada.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    for (user, file) in [(&eve, &file), (&ada, &image), (&ada, &json!({"id": "1"}))] {
        user.sign_parts(file, &[1]).await.assert(404, &not_found());
        user.list_parts(file).await.assert(404, &not_found());
        user.complete(file, &json!([])).await.assert(404, &not_found());
    }
}
