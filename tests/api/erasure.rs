//! Erasures with uploads and mails in flight leave no trace of the account.

use std::time::Duration;

use local::calls::Fault;
use reqwest::Method;
use reqwest::multipart::Form;
use serde_json::{Value, json};

use crate::helpers::{Answer, MEBIBYTE, PASSWORD, TestStack, User, exclusive_stack, fixture, id, part};

const ME: &str = "/api/users/me";
const TEXT: &[u8] = b"hello\n";

async fn delete(user: &User) {
    assert_eq!(user.delete_with(ME, json!({"password": PASSWORD})).await.status, 204);
}

/// The ids of the files of `owner` that `user` can see.
async fn visible_files(user: &User, owner: &User) -> Vec<String> {
    let files = user.get("/api/all_files?limit=100").await.json();
    let files = files["files"].as_array().expect("a list").iter();
    files.filter(|file| file["owner"] == owner.id).map(|file| id(file).to_owned()).collect()
}

async fn post_once(user: &User, path: &str, body: Value) -> Value {
    let request = user.request(Method::POST, path).header("idempotency-key", path);
    let answer = Answer::of(request.json(&body)).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

/// Requests a change of the address, and verifies the new one if `verify` is true.
async fn change_address(user: &User, verify: bool) -> String {
    let stack = &user.stack;
    let address = stack.fresh_address();
    let body = json!({"email": address, "current_password": PASSWORD});
    assert_eq!(user.patch(ME, body).await.status, 200);
    let link = stack.link_mailed_to(&address, 1).await;
    if verify {
        assert_eq!(stack.post(&link, json!({})).await.status, 200);
    }
    address
}

/// Creates a link to `file`, and one to another file, which is then deleted.
async fn create_links(user: &User, file: &Value) {
    let gone = user.upload_file("gone.txt", "text/plain", TEXT).await;
    for file in [file, &gone] {
        let options = json!({"expires_in": 300, "password": "open sesame"});
        post_once(user, &format!("/api/files/{}/links", id(file)), options).await;
    }
    assert_eq!(user.delete(&format!("/api/files/{}", id(&gone))).await.status, 204);
}

/// Marks `address` as undeliverable in the format of older releases.
async fn mark_as_older_releases(stack: &TestStack, address: &str) {
    let item = json!({
        "pk": {"S": format!("EMAIL#{address}")}, "sk": {"S": "UNDELIVERABLE"}, "reason": {"S": "bounce"},
        "at": {"S": "2026-01-01T00:00:00Z"},
    });
    stack.put_records(&[item]).await;
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn an_erasure_leaves_no_trace_in_the_table_and_the_buckets() {
    let stack = exclusive_stack().await;
    let (ada, first) = stack.verified_user("zuleika").await;
    ada.move_to_tier("enterprise").await;
    // The account has former, abandoned and pending addresses, and queued mails to them.
    let second = change_address(&ada, true).await;
    let given_up = change_address(&ada, false).await;
    let wanted = change_address(&ada, false).await;
    stack.post("/api/user/password-reset", json!({"email": second})).await;
    stack.post("/api/user/resend-verification", json!({"email": wanted})).await;
    stack.settled().await;
    mark_as_older_releases(&stack, &second).await;

    let form = Form::new().part("file", part("a.txt", "text/plain", TEXT)).text("visibility", "members");
    let file = ada.post_multipart("/api/files", form).await.json();
    ada.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    create_links(&ada, &file).await;
    post_once(&ada, "/api/resource", json!({"field1": "one", "field2": "two"})).await;
    stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
    let large = ada.announce("/api/files", "film.bin", "video/mp4", 100 * MEBIBYTE + 1).await;
    assert_eq!(ada.sign_parts(&large, &[1]).await.status, 200);
    let (late, lost) = (
        ada.announce_members_file("late.txt", TEXT).await,
        ada.announce_members_file("lost.txt", TEXT).await,
    );

    delete(&ada).await;
    stack.settled().await;
    // The signed URLs still work. The event of one of the two uploads is lost.
    assert_eq!(ada.put(&late, TEXT.to_vec()).await.status, 200);
    stack.settled().await;
    stack.s3().pause_events();
    assert_eq!(ada.put(&lost, TEXT.to_vec()).await.status, 200);
    assert_eq!((stack.keys_of(id(&late)).len(), stack.keys_of(id(&lost)).len()), (0, 1));
    let texts = [&ada.id, &ada.name, &first, &second, &given_up, &wanted].map(String::as_str);
    stack.assert_no_trace_of(&ada.id, &texts).await;
    for gone in [&file, &large, &late, &lost] {
        assert_eq!(stack.keys_of(id(gone)), Vec::<String>::new());
    }
    stack.s3().resume_events();
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn members_files_whose_bytes_arrive_during_the_erasure_stay_invisible() {
    let stack = exclusive_stack().await;
    let (ada, bob) = (stack.signed_up_user("ada").await, stack.signed_up_user("bob").await);
    let mut pending = Vec::new();
    for number in 0..12 {
        pending.push(ada.announce_members_file(&format!("{number}.txt"), TEXT).await);
    }
    // So the records change between the erasure's read and its delete.
    let slow = Fault::Delay(Duration::from_millis(700));
    stack.calls().interrupt("erase-account", "DeleteObject", slow);
    delete(&ada).await;
    assert_eq!(visible_files(&bob, &ada).await, Vec::<String>::new());
    for file in &pending {
        assert_eq!(ada.put(file, TEXT.to_vec()).await.status, 200);
        assert_eq!(bob.get(&format!("/api/files/{}", id(file))).await.status, 404);
    }
    assert_eq!(visible_files(&bob, &ada).await, Vec::<String>::new());
    stack.settled().await;
    for file in &pending {
        assert_eq!(stack.keys_of(id(file)), Vec::<String>::new());
        assert_eq!(stack.record(&format!("SHARED#{}", id(file)), "FILE").await, Value::Null);
    }
    assert_eq!(visible_files(&bob, &ada).await, Vec::<String>::new());
    stack.assert_no_trace_of(&ada.id, &[&ada.id]).await;
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn a_members_file_completed_during_the_deletion_of_its_account_stays_invisible() {
    let stack = exclusive_stack().await;
    let (ada, bob) = (stack.signed_up_user("ada").await, stack.signed_up_user("bob").await);
    stack.s3().pause_events();
    let earlier = ada.announce_members_file("earlier.txt", TEXT).await;
    assert_eq!(ada.put(&earlier, TEXT.to_vec()).await.status, 200);
    assert_eq!(ada.complete_put(&earlier).await.json()["status"], "ready");
    assert_eq!(visible_files(&bob, &ada).await, [id(&earlier)]);
    let file = ada.announce_members_file("a.txt", TEXT).await;
    assert_eq!(ada.put(&file, TEXT.to_vec()).await.status, 200);
    // At this point the bytes are checked, but the record is not written yet.
    let slow = Fault::Delay(Duration::from_millis(1500));
    stack.calls().interrupt("complete-file", "TransactWriteItems", slow);
    let close = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        delete(&ada).await;
    };
    let (completed, ()) = tokio::join!(ada.complete_put(&file), close);
    // Either the record exists and its account is closed, or both are removed.
    assert!([401, 404].contains(&completed.status), "{}", completed.text());
    stack.s3().resume_events();
    stack.settled().await;
    assert_eq!(stack.record(&format!("SHARED#{}", id(&file)), "FILE").await, Value::Null);
    assert_eq!(visible_files(&bob, &ada).await, Vec::<String>::new());
    stack.assert_no_trace_of(&ada.id, &[&ada.id]).await;
}

#[tokio::test]
async fn an_erasure_keeps_the_mails_of_other_accounts_to_the_same_address() {
    let stack = exclusive_stack().await;
    let (ada, _) = stack.verified_user("ada").await;
    let wanted = change_address(&ada, false).await;
    let eve = stack.unverified_account("eve", &wanted).await;
    let link = stack.link_for(&eve).await;
    stack.settled().await;
    delete(&ada).await;
    stack.settled().await;
    let mails = stack.partition(&format!("MAIL#{wanted}")).await;
    let about: Vec<_> = mails.as_array().expect("mails").iter().map(|mail| &mail["user_id"]["S"]).collect();
    assert_eq!(about, [&json!(eve.id)]);
    assert_eq!(stack.post(&link, json!({})).await.status, 200);
}
