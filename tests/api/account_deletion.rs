//! `DELETE /api/users/me`: the account is closed immediately, and then all its data is removed.

use std::time::Duration;

use local::calls::Fault;
use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{
    Answer, ExclusiveStack, PASSWORD, TestStack, User, exclusive_stack, fixture, id, mailing_stack,
    not_signed_in, stack, token_not_valid,
};

const ME: &str = "/api/users/me";

async fn delete(user: &User) -> Answer {
    user.delete_with(ME, json!({"password": PASSWORD})).await
}

async fn sign_in(user: &User) -> (u16, Value) {
    let body = json!({"username": user.name, "password": PASSWORD});
    user.stack.post("/api/token", body).await.outcome()
}

fn no_account() -> (u16, Value) {
    (401, json!({"detail": "No active account found with the given credentials"}))
}

/// Signs up with another spelling of `name`, and returns the status.
async fn sign_up_with_other_spelling(stack: &TestStack, name: &str) -> u16 {
    stack.post("/api/users", json!({"username": name.to_uppercase(), "password": PASSWORD})).await.status
}

/// Uploads and announces a file and an image, and creates resources. Returns the ids of the files and images.
async fn upload_everything(user: &User) -> Vec<String> {
    let file = user.upload_file("a.txt", "text/plain", b"hello\n".to_vec()).await;
    let image = user.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    let announced = user.announce("/api/files", "b.txt", "text/plain", 6).await;
    for number in 0..3 {
        let resource = json!({"field1": format!("number {number}"), "field2": "x"});
        assert_eq!(user.post("/api/resource", resource).await.status, 201);
    }
    let announced_image = user.announce("/api/images", "b.jpg", "image/jpeg", 6).await;
    user.stack.settled().await;
    [&file, &image, &announced, &announced_image].map(|made| id(made).to_owned()).into()
}

/// Fails unless all data of the account and its files is removed, and its name is free.
async fn assert_erased(user: &User, belongings: &[String]) {
    let stack = &user.stack;
    stack.settled().await;
    stack.assert_no_trace_of(&user.id, &[&user.id]).await;
    for file in belongings {
        assert_eq!(stack.keys_of(file), Vec::<String>::new());
    }
    assert_eq!(sign_up_with_other_spelling(stack, &user.name).await, 201);
}

#[tokio::test]
async fn deleting_an_account_closes_it_immediately_and_then_removes_all_its_data() {
    let stack = mailing_stack();
    let (ada, email) = stack.verified_user("ada").await;
    let bob = stack.signed_up_user("bob").await;
    let bobs = upload_everything(&bob).await;
    let other_session = stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
    let adas = upload_everything(&ada).await;
    // A requested change of the address, and a link to reset the password.
    let wanted = stack.fresh_address();
    let change = json!({"email": wanted, "current_password": PASSWORD});
    assert_eq!(ada.patch(ME, change).await.status, 200);
    let to_wanted = stack.link_mailed_to(&wanted, 1).await;
    stack.reset_mail_interval().await;
    stack.post("/api/user/password-reset", json!({"email": email})).await;
    // The earlier mails are about the sign-up and the change of the address.
    let to_reset = stack.link_mailed_to(&email, 3).await;

    let answer = delete(&ada).await;
    assert_eq!((answer.status, answer.text().as_str(), answer.header("content-type")), (204, "", ""));
    ada.assert_signed_out().await;
    other_session.assert_signed_out().await;
    assert_eq!(sign_in(&ada).await, no_account());
    assert_eq!(stack.post(&to_wanted, json!({})).await.status, 404);
    assert_eq!(stack.post(&to_reset, json!({"new_password": "another horse"})).await.status, 404);

    assert_erased(&ada, &adas).await;
    assert_eq!(sign_in(&ada).await.0, 200, "the new account of that name can sign in");
    for address in [&email, &wanted] {
        let grace = stack.unverified_account("grace", address).await;
        let link = stack.link_for(&grace).await;
        assert_eq!(stack.post(&link, json!({})).await.status, 200, "the address is free");
    }
    ada.get(ME).await.assert(401, &token_not_valid());
    assert_eq!(bobs.iter().map(|file| stack.keys_of(file).len()).collect::<Vec<_>>(), [1, 3, 0, 0]);
    let resources = bob.get("/api/resource").await.json()["results"].take();
    assert_eq!(resources.as_array().expect("a list").len(), 3);
    bob.assert_signed_in().await;
}

#[tokio::test]
async fn the_name_stays_taken_until_all_other_data_is_removed() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    let adas = upload_everything(&ada).await;
    stack.calls().interrupt("erase-account", "DeleteObject", Fault::InternalError);
    assert_eq!(delete(&ada).await.status, 204);
    let body = json!({"username": ada.name, "password": PASSWORD});
    let taken = json!({"username": ["A user with that username already exists."]});
    stack.post("/api/users", body).await.assert(400, &taken);
    assert_eq!(sign_in(&ada).await, no_account());
    ada.assert_signed_out().await;
    stack.calls().clear("erase-account");
    // Lambda may have given up by now; then the sweep starts another round.
    stack.settled().await;
    let order = format!("ERASE#{}", ada.id);
    if stack.record(&order, "ERASE").await["is_emptied"] == Value::Null {
        stack.set_attribute(&order, "ERASE", "due_at", json!({"S": "2026-01-01T00:00:00.000Z"})).await;
        stack.sweep().await;
    }
    assert_erased(&ada, &adas).await;
}

#[tokio::test]
async fn an_erasure_that_needs_several_runs_completes() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    // These records are too large for one run to read all of them.
    for number in 0..4 {
        let item = json!({
            "pk": {"S": format!("USER#{}", ada.id)}, "sk": {"S": format!("SESSION#{number}")},
            "text": {"S": "x".repeat(390_000)},
        });
        stack.dynamodb("PutItem", json!({"Item": item})).await;
    }
    let rounds = || stack.calls().count("erase-account", "TransactWriteItems");
    let before = rounds();
    assert_eq!(delete(&ada).await.status, 204);
    assert_erased(&ada, &[]).await;
    assert_eq!(rounds() - before, 2, "one transaction requests another run, and one ends the erasure");
}

#[tokio::test]
async fn a_missing_or_wrong_password_deletes_nothing() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let file = ada.upload_file("a.txt", "text/plain", b"hello\n".to_vec()).await;
    for (body, message) in [
        (json!({}), "This field is required."),
        (json!({"password": ""}), "This field may not be blank."),
        (json!({"password": null}), "This field may not be null."),
        (json!({"password": [PASSWORD]}), "Not a valid string."),
        (json!({"password": format!("{PASSWORD} ")}), "Invalid password."),
    ] {
        ada.delete_with(ME, body).await.assert(400, &json!({"password": [message]}));
    }
    let nothing = Answer::of(ada.request(Method::DELETE, ME)).await;
    nothing.assert(400, &json!({"password": ["This field is required."]}));
    let form = Answer::of(ada.request(Method::DELETE, ME).form(&[("password", PASSWORD)])).await;
    let message = "Unsupported media type \"application/x-www-form-urlencoded\" in request.";
    form.assert(415, &json!({"detail": message}));
    stack.settled().await;
    ada.assert_signed_in().await;
    assert_eq!(stack.keys_of(id(&file)).len(), 1);
}

#[tokio::test]
async fn nothing_is_deleted_without_a_valid_token() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let request = || stack.http.delete(stack.url(ME)).json(&json!({"password": PASSWORD}));
    Answer::of(request()).await.assert(401, &not_signed_in());
    let signed_out = stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
    assert_eq!(signed_out.post("/api/user/logout", json!({})).await.status, 200);
    delete(&signed_out).await.assert(401, &token_not_valid());
    stack.settled().await;
    ada.assert_signed_in().await;
    assert_eq!(delete(&ada).await.status, 204);
    delete(&ada).await.assert(401, &token_not_valid());
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn an_address_verified_during_the_deletion_of_its_account_becomes_free() {
    let stack = exclusive_stack().await;
    let (ada, old) = stack.verified_user("ada").await;
    let (given_up, new) = (stack.fresh_address(), stack.fresh_address());
    for email in [&given_up, &new] {
        let body = json!({"email": email, "current_password": PASSWORD});
        assert_eq!(ada.patch(ME, body).await.status, 200);
    }
    let link = stack.link_mailed_to(&new, 1).await;
    // At this point the function has read the account, but not closed it.
    let slow = Fault::Delay(Duration::from_millis(500));
    stack.calls().interrupt("delete-current-user", "TransactWriteItems", slow);
    let verify = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        stack.post(&link, json!({})).await.status
    };
    let (deleted, verified) = tokio::join!(delete(&ada), verify);
    assert_eq!((deleted.status, verified), (204, 200));
    assert_erased(&ada, &[]).await;
    for address in [old, new] {
        let grace = stack.unverified_account("grace", &address).await;
        let link = stack.link_for(&grace).await;
        assert_eq!(stack.post(&link, json!({})).await.status, 200, "the address is free");
    }
}

#[tokio::test]
async fn thumbnails_made_during_an_erasure_are_removed() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    let photo = fixture("photo.jpg");
    let image = ada.announce("/api/images", "photo.jpg", "image/jpeg", photo.len()).await;
    // At this point the thumbnails are stored, but the record is not updated yet.
    let slow = Fault::Delay(Duration::from_millis(1500));
    stack.calls().interrupt("process-upload", "TransactWriteItems", slow);
    assert_eq!(ada.put(&image, photo).await.status, 200);
    while stack.keys_of(id(&image)).len() < 3 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(delete(&ada).await.status, 204);
    assert_erased(&ada, &[id(&image).to_owned()]).await;
}

/// Deletes an account with a file, an image and two sessions, and injects `fault` into the `nth` call of
/// erase-account. Fails unless the account is erased. Returns the number of calls of all runs of erase-account.
async fn delete_with_fault(stack: &ExclusiveStack, nth: u32, fault: Option<Fault>) -> u32 {
    let ada = stack.signed_up_user("ada").await;
    stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
    let file = ada.upload_file("a.txt", "text/plain", b"hello\n".to_vec()).await;
    let image = ada.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    let resource = ada.request(Method::POST, "/api/resource").header("idempotency-key", "once");
    let answer = Answer::of(resource.json(&json!({"field1": "one", "field2": "two"}))).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    stack.settled().await;
    let queries = stack.calls().count("erase-account", "Query");
    let calls = calls_of_erase_account(stack);
    if let Some(fault) = fault {
        stack.calls().inject("erase-account", nth, fault, 1);
    }
    assert_eq!(delete(&ada).await.status, 204);
    assert_erased(&ada, &[id(&file).to_owned(), id(&image).to_owned()]).await;
    let keys = stack.partition(&format!("IDEMPOTENCY#{}", ada.id)).await;
    assert_eq!(keys, json!([]));
    let queries = stack.calls().count("erase-account", "Query") - queries;
    // Without a killed run there is one query each for files, links, resources, keys, and the account's partition.
    assert!(queries > 5 || fault != Some(Fault::KillAfter), "killed after call {nth}: {queries}");
    u32::try_from(calls_of_erase_account(stack) - calls).expect("a few calls")
}

fn calls_of_erase_account(stack: &ExclusiveStack) -> usize {
    let of_table = ["Query", "GetItem", "DeleteItem", "TransactWriteItems"];
    let operations = of_table.into_iter().chain(["DeleteObject", "AbortMultipartUpload"]);
    operations.map(|operation| stack.calls().count("erase-account", operation)).sum()
}

#[tokio::test]
#[ignore = "half a minute; .ci/run runs it"]
async fn an_erasure_killed_after_any_of_its_calls_is_completed() {
    let stack = exclusive_stack().await;
    let calls = delete_with_fault(&stack, 0, None).await;
    assert!(
        calls >= 15,
        "five queries; four objects, two uploads, a resource, a key, two sessions, an account: {calls}"
    );
    for nth in 1..=calls {
        delete_with_fault(&stack, nth, Some(Fault::KillAfter)).await;
    }
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn an_erasure_completes_although_a_call_fails_once() {
    let stack = exclusive_stack().await;
    let last = delete_with_fault(&stack, 0, None).await;
    for (nth, fault) in
        [(1, Fault::Throttling), (3, Fault::InternalError), (last, Fault::TransactionConflict)]
    {
        delete_with_fault(&stack, nth, Some(fault)).await;
    }
}

#[tokio::test]
async fn bytes_that_arrive_after_the_erasure_are_removed() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let file = ada.announce("/api/files", "a.txt", "text/plain", 6).await;
    let photo = fixture("photo.jpg");
    let image = ada.announce("/api/images", "photo.jpg", "image/jpeg", photo.len()).await;
    assert_eq!(delete(&ada).await.status, 204);
    stack.settled().await;
    // The signed URLs are valid for 15 minutes, so they still work.
    assert_eq!(ada.put(&file, b"hello\n".to_vec()).await.status, 200);
    assert_eq!(ada.put(&image, photo).await.status, 200);
    assert_erased(&ada, &[id(&file).to_owned(), id(&image).to_owned()]).await;
}
