//! Changes take effect immediately even while all eventually consistent reads are frozen. A read that lacks
//! `ConsistentRead` sees none of the changes, so these tests fail.

use std::ops::Deref;

use local::dynamodb::Frozen;
use reqwest::Method;
use reqwest::multipart::Form;
use serde_json::{Value, json};

use crate::helpers::{
    Answer, ExclusiveStack, PASSWORD, TestStack, User, exclusive_stack, fixture, id, not_found, part,
};
use crate::helpers::{stack_with, token_not_valid};
use crate::staff::staff_user;
use crate::staff_tiers::{assign_tier, create_tier, path_of};

const TEXT: &[u8] = b"The quick brown fox.\n";
const NEW_PASSWORD: &str = "another horse battery";

/// A stack whose eventually consistent reads are frozen.
struct StaleStack {
    // Dropped first, so that no reads are frozen when another test gets the stack.
    frozen: Frozen,
    stack: ExclusiveStack,
}

async fn stack_with_stale_reads() -> StaleStack {
    let stack = exclusive_stack().await;
    StaleStack { frozen: stack.freeze_reads().await, stack }
}

impl Deref for StaleStack {
    type Target = TestStack;

    fn deref(&self) -> &TestStack {
        &self.stack
    }
}

/// The ids of a list. The field `list` contains it: `files` in `/api/all_files`, and otherwise `results`.
async fn listed_ids(user: &User, path: &str, list: &str) -> Vec<String> {
    let answer = user.get(path).await;
    assert_eq!(answer.status, 200, "{}", user.stack.explain(&answer));
    answer.json()[list].as_array().expect("a list").iter().map(|listed| id(listed).to_owned()).collect()
}

async fn assert_stored(user: &User, url: &Value, bytes: &[u8]) {
    assert_eq!(user.stack.fetch(url.as_str().expect("a URL")).await.bytes, bytes);
}

#[tokio::test]
async fn sign_ups_and_sign_outs_take_effect_immediately() {
    let stack = stack_with_stale_reads().await;
    let ada = stack.signed_up_user("ada").await;
    ada.assert_signed_in().await;
    assert_eq!(ada.get("/api/users/me").await.json()["username"], *ada.name);
    stack.post("/api/token/verify", json!({"token": ada.access})).await.assert(200, &json!({}));
    let again = json!({"username": ada.name, "password": PASSWORD});
    let taken = json!({"username": ["A user with that username already exists."]});
    stack.post("/api/users", again).await.assert(400, &taken);

    let other_session = stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
    let sessions = listed_ids(&ada, "/api/users/me/sessions", "results").await;
    assert_eq!(sessions.len(), 2);
    assert_eq!(other_session.post("/api/user/logout", json!({})).await.status, 200);
    other_session.assert_signed_out().await;
    assert_eq!(listed_ids(&ada, "/api/users/me/sessions", "results").await, sessions[1..]);

    let other_session = stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
    let change = json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD});
    assert_eq!(ada.post("/api/users/me/password", change).await.status, 204);
    other_session.assert_signed_out().await;
    ada.assert_signed_in().await;
    let old = stack.post("/api/token", json!({"username": ada.name, "password": PASSWORD})).await;
    assert_eq!(old.status, 401, "{}", old.text());
    let other_session = stack.sign_in(&ada.name, NEW_PASSWORD, ada.id.clone()).await;
    assert_eq!(ada.post("/api/user/logout", json!({"all": true})).await.status, 200);
    other_session.assert_signed_out().await;

    let ada = stack.sign_in(&ada.name, NEW_PASSWORD, ada.id.clone()).await;
    assert_eq!(ada.delete_with("/api/users/me", json!({"password": NEW_PASSWORD})).await.status, 204);
    ada.get("/api/users/me").await.assert(401, &token_not_valid());
}

#[tokio::test]
async fn verifications_and_password_resets_take_effect_immediately() {
    let stack = stack_with(&[("MailFrom", "stale@example.com")]);
    let _frozen = stack.freeze_reads().await;
    let (ada, email) = stack.verified_user("ada").await;
    assert_eq!(ada.get("/api/users/me").await.json()["email_verified"], true);
    stack.reset_mail_interval().await;
    let requested = stack.post("/api/user/password-reset", json!({"email": email})).await;
    assert_eq!(requested.status, 202, "{}", stack.explain(&requested));
    let link = stack.link_mailed_to(&email, 2).await;
    assert_eq!(stack.get(&link).await.status, 200);
    assert_eq!(stack.post(&link, json!({"new_password": NEW_PASSWORD})).await.status, 204);
    ada.assert_signed_out().await;
    stack.post(&link, json!({"new_password": PASSWORD})).await.assert(404, &not_found());
    stack.sign_in(&ada.name, NEW_PASSWORD, ada.id.clone()).await.assert_signed_in().await;
}

#[tokio::test]
async fn storing_changing_and_deleting_a_file_takes_effect_immediately() {
    let stack = stack_with_stale_reads().await;
    let ada = stack.signed_up_user("ada").await;
    let form = ada.upload_file("fox.txt", "text/plain", TEXT).await;
    let put = ada.upload("/api/files", "dog.txt", "text/plain", TEXT.to_vec()).await;
    assert_eq!(put["status"], "ready", "{put}");
    assert_eq!(listed_ids(&ada, "/api/files", "results").await, [id(&put), id(&form)]);
    // The stack can have members files of other tests.
    let mut visible = listed_ids(&ada, "/api/all_files", "files").await;
    visible.retain(|file| [id(&put), id(&form)].contains(&file.as_str()));
    assert_eq!(visible, [id(&put), id(&form)]);
    assert_eq!(ada.used_bytes().await, 2 * 21);
    for file in [&form, &put] {
        let (path, download) = (format!("/api/files/{}", id(file)), format!("/api/download/{}", id(file)));
        assert_stored(&ada, &ada.get(&path).await.json()["file"], TEXT).await;
        assert_stored(&ada, &json!(ada.url_of(&download).await), TEXT).await;
        assert_eq!(ada.patch(&path, json!({"title": "A fox"})).await.json()["title"], "A fox");
        assert_eq!(ada.get(&path).await.json()["title"], "A fox");
        assert!(ada.get("/download-files").await.json()["files"]["A fox"].is_string());
        let put_metadata = ada.request(Method::PUT, &path).json(&json!({"filename": "cat.txt"}));
        assert_eq!(Answer::of(put_metadata).await.json()["filename"], "cat.txt");
        assert_eq!(ada.get(&path).await.json()["filename"], "cat.txt");
        assert_eq!(ada.delete(&path).await.status, 204);
        ada.get(&path).await.assert(404, &not_found());
        ada.get(&download).await.assert(404, &not_found());
        assert!(!listed_ids(&ada, "/api/files", "results").await.contains(&id(file).to_owned()));
    }
    assert_eq!(ada.used_bytes().await, 0);
}

#[tokio::test]
async fn visibility_takes_effect_immediately_except_in_lists_of_members_files() {
    let stack = stack_with_stale_reads().await;
    let (ada, bob) = (stack.signed_up_user("ada").await, stack.signed_up_user("bob").await);
    let file = ada.upload_file("fox.txt", "text/plain", TEXT).await;
    let (path, download) = (format!("/api/files/{}", id(&file)), format!("/api/download/{}", id(&file)));
    for _ in 0..2 {
        for path in [&path, &download] {
            bob.get(path).await.assert(404, &not_found());
        }
        assert_eq!(ada.patch(&path, json!({"visibility": "members"})).await.status, 200);
        assert_eq!(bob.get(&path).await.json()["owner"], *ada.id);
        assert_stored(&bob, &json!(bob.url_of(&download).await), TEXT).await;
        assert_eq!(ada.patch(&path, json!({"visibility": "private"})).await.status, 200);
    }
    for path in [&path, &download] {
        bob.get(path).await.assert(404, &not_found());
    }

    let title = stack.fresh_name("A shared fox ");
    let change = json!({"visibility": "members", "title": title});
    assert_eq!(ada.patch(&path, change).await.status, 200);
    let shows = async |user: &User| {
        let by_id =
            listed_ids(user, "/api/all_files?limit=100", "files").await.contains(&id(&file).to_owned());
        (by_id, user.get("/download-files").await.json()["files"][&title].is_string())
    };
    assert_eq!((shows(&ada).await, shows(&bob).await), ((true, true), (false, false)));
    let StaleStack { frozen, stack } = stack;
    drop(frozen);
    assert_eq!((shows(&ada).await, shows(&bob).await), ((true, true), (true, true)));
    // The index can still contain a file that is private now. The list checks each file that the index contains.
    let _frozen = stack.freeze_reads().await;
    assert_eq!(ada.patch(&path, json!({"visibility": "private"})).await.status, 200);
    assert_eq!((shows(&ada).await, shows(&bob).await), ((true, true), (false, false)));
}

#[tokio::test]
async fn created_and_revoked_share_links_take_effect_immediately() {
    let stack = stack_with_stale_reads().await;
    let ada = stack.signed_up_user("ada").await;
    ada.move_to_tier("enterprise").await;
    let file = ada.upload_file("fox.txt", "text/plain", TEXT).await;
    let links = format!("/api/files/{}/links", id(&file));
    let make = async |options: Value| {
        let answer = ada.post(&links, options).await;
        assert_eq!(answer.status, 201, "{}", stack.explain(&answer));
        let url = answer.json()["url"].as_str().expect("a URL").to_owned();
        (answer.json(), url.strip_prefix(stack.api_url()).expect("a URL of this stack").to_owned())
    };
    let (once, path) = make(json!({"expires_in": 300, "max_downloads": 1})).await;
    assert_eq!(stack.get(&path).await.status, 200, "the link has a page");
    let opened = stack.post(&path, json!({})).await;
    assert_eq!(opened.status, 303, "{}", stack.explain(&opened));
    assert_stored(&ada, &json!(opened.header("location")), TEXT).await;
    assert_eq!(ada.get(&links).await.json()["results"][0]["downloads"], 1);
    stack.post(&path, json!({})).await.assert(404, &not_found());

    let (open, path) = make(json!({"expires_in": 300})).await;
    let opened = stack.get(&path).await;
    assert_stored(&ada, &json!(opened.header("location")), TEXT).await;
    assert_eq!(listed_ids(&ada, &links, "results").await, [id(&open), id(&once)]);
    assert_eq!(ada.delete(&format!("{links}/{}", id(&open))).await.status, 204);
    stack.get(&path).await.assert(404, &not_found());
    assert_eq!(listed_ids(&ada, &links, "results").await, [id(&once)]);

    let (_, path) = make(json!({"expires_in": 300})).await;
    assert_eq!(ada.delete(&format!("/api/files/{}", id(&file))).await.status, 204);
    stack.get(&path).await.assert(404, &not_found());
}

#[tokio::test]
async fn a_resource_is_always_read_in_its_latest_version() {
    let stack = stack_with_stale_reads().await;
    let ada = stack.signed_up_user("ada").await;
    let mut made = ada.post("/api/resource", json!({"field1": "one", "field2": "two"})).await.json();
    let path = format!("/api/resource/{}", id(&made));
    ada.get(&path).await.assert(200, &made);
    made["field2"] = json!("three");
    ada.patch(&path, json!({"field2": "three"})).await.assert(200, &made);
    ada.get(&path).await.assert(200, &made);
    ada.get("/api/resource").await.assert(200, &json!({"next": null, "results": [made]}));
    assert_eq!(ada.delete(&path).await.status, 204);
    ada.get(&path).await.assert(404, &not_found());
    ada.get("/api/resource").await.assert(200, &json!({"next": null, "results": []}));
}

#[tokio::test]
async fn changes_of_tiers_take_effect_on_images_immediately() {
    let stack = stack_with_stale_reads().await;
    let (grace, ada) = (staff_user(&stack).await, stack.signed_up_user("ada").await);
    let image = ada.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    let announced = ada.upload("/api/images", "photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    assert_eq!(announced["status"], "ready", "{announced}");
    assert_eq!(listed_ids(&ada, "/api/images", "results").await, [id(&announced), id(&image)]);
    let path = format!("/api/images/{}", id(&image));
    let thumbnail = async |size: u32| ada.get(&format!("{path}/thumbnail?size={size}")).await.status;
    assert_eq!((thumbnail(200).await, thumbnail(400).await), (302, 403));
    assert_eq!(ada.get(&path).await.json()["original"], Value::Null);

    let tier = create_tier(&grace).await;
    let mut settings = tier.clone();
    settings["thumbnail_sizes"] = json!([100, 400]);
    assert_eq!(assign_tier(&grace, &ada, &tier).await.status, 200);
    assert_eq!(ada.get("/api/users/me").await.json()["tier"], tier["name"]);
    let changed = grace.request(Method::PUT, &path_of(&tier)).json(&settings);
    Answer::of(changed).await.assert(200, &settings);
    grace.get(&path_of(&tier)).await.assert(200, &settings);
    assert_eq!((thumbnail(200).await, thumbnail(400).await, thumbnail(100).await), (403, 302, 302));
    let shown = ada.get(&path).await.json();
    assert_stored(&ada, &shown["original"], &fixture("photo.jpg")).await;
    assert_eq!(shown["thumbnails"].as_object().expect("thumbnails").len(), 2, "{shown}");

    assert_eq!(grace.delete(&path_of(&tier)).await.status, 409, "an account is in the tier");
    let found = grace.get(&format!("/api/users?username={}", ada.name)).await.json();
    assert_eq!(found["results"][0]["tier"], tier["name"]);
    assert_eq!(grace.patch(&format!("/api/users/{}", ada.id), json!({"tier": "Basic"})).await.status, 200);
    assert_eq!(grace.delete(&path_of(&tier)).await.status, 204);
    grace.get(&path_of(&tier)).await.assert(404, &not_found());
    assert_eq!((thumbnail(200).await, thumbnail(400).await), (302, 403));
    assert_eq!(ada.delete(&path).await.status, 204);
    ada.get(&path).await.assert(404, &not_found());
    assert_eq!(listed_ids(&ada, "/api/images", "results").await, [id(&announced)]);

    let closed = grace.patch(&format!("/api/users/{}", ada.id), json!({"is_active": false})).await;
    assert_eq!(closed.status, 200, "{}", stack.explain(&closed));
    ada.assert_signed_out().await;
}

#[tokio::test]
async fn a_members_file_from_a_form_is_visible_to_others_immediately() {
    let stack = stack_with_stale_reads().await;
    let (ada, bob) = (stack.signed_up_user("ada").await, stack.signed_up_user("bob").await);
    let form = Form::new().part("file", part("fox.txt", "text/plain", TEXT));
    let answer =
        ada.post_multipart("/upload-files", form.text("title", "A fox").text("uploaded_by", "Ada")).await;
    assert_eq!(answer.status, 200, "{}", stack.explain(&answer));
    let seen = bob.get(&format!("/api/files/{}", id(&answer.json()))).await.json();
    assert_eq!(seen["uploaded_by"], "Ada");
}
