//! Share links: owners create them, and everyone who has one can open it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{Answer, TestStack, User, fixture, id, stack, stack_with};
use crate::staff::staff_user;
use crate::staff_tiers::tier_settings;

const TEXT: &[u8] = b"The quick brown fox.\n";

/// A user whose tier allows share links, and one of the user's files.
pub async fn sharer(stack: &TestStack) -> (User, Value) {
    let ada = stack.signed_up_user("ada").await;
    ada.move_to_tier("enterprise").await;
    let file = ada.upload_file("fox.txt", "text/plain", TEXT).await;
    (ada, file)
}

/// Creates a link to a file, and returns it.
pub async fn create_link(user: &User, file: &Value, options: Value) -> Value {
    let answer = user.post(&format!("/api/files/{}/links", id(file)), options).await;
    assert_eq!(answer.status, 201, "{}", user.stack.explain(&answer));
    assert_eq!(answer.header("cache-control"), "no-store");
    answer.json()
}

/// A stack for tests with a tier without share links, because other tests expect the built-in tiers.
pub fn link_tier_stack() -> TestStack {
    stack_with(&[("MailFrom", "link-tiers@example.com")])
}

/// Creates a tier without share links, and returns its id. Only for [`link_tier_stack`].
pub async fn tier_without_links(stack: &TestStack) -> String {
    let mut settings = tier_settings(&stack.fresh_name("Tier "));
    settings["expiring_links"] = json!(false);
    let answer = staff_user(stack).await.post("/api/account-tiers", settings).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    id(&answer.json()).to_owned()
}

pub fn link_path(stack: &TestStack, link: &Value) -> String {
    let url = link["url"].as_str().expect("a URL");
    url.strip_prefix(stack.api_url()).expect("a URL of this stack").to_owned()
}

pub async fn open_link(stack: &TestStack, path: &str, body: Value) -> Answer {
    stack.post(path, body).await
}

#[tokio::test]
async fn a_link_leads_everyone_who_has_it_to_the_file() {
    let stack = stack();
    let (ada, file) = sharer(&stack).await;
    let made = create_link(&ada, &file, json!({"expires_in": 300})).await;
    let expires: jiff::Timestamp = made["expires_at"].as_str().expect("a time").parse().expect("a time");
    let left = expires.duration_since(local::clock::now()).as_secs();
    assert!((290..=300).contains(&left), "{left}");
    let expected = json!({
        "id": made["id"], "url": made["url"], "expires_at": made["expires_at"], "max_downloads": null, "downloads": 0,
        "has_password": false, "created_at": made["created_at"],
    });
    assert_eq!(made, expected);
    let created: jiff::Timestamp = made["created_at"].as_str().expect("a time").parse().expect("a time");
    assert_eq!(expires.duration_since(created).as_secs(), 300);
    let token = made["url"].as_str().and_then(|url| url.rsplit('/').next()).expect("a token");
    assert_eq!(token.len(), 43, "a token has 256 bits in base64url");

    let answer = stack.get(&link_path(&stack, &made)).await;
    assert_eq!((answer.status, answer.header("cache-control")), (302, "no-store"));
    let bytes = stack.fetch(answer.header("location")).await;
    assert_eq!((bytes.status, bytes.bytes.as_slice()), (200, TEXT));
    assert!(bytes.header("content-disposition").contains("fox.txt"), "{:?}", bytes.headers);
    // The signed URL is valid for at most five minutes.
    assert!(answer.header("location").contains("X-Amz-Expires=300"), "{}", answer.header("location"));
    let request = stack.http.get(stack.url(&link_path(&stack, &made))).header("accept", "application/json");
    let json = Answer::of(request).await;
    assert_eq!(json.status, 200);
    assert_eq!(stack.fetch(json.json()["url"].as_str().expect("a URL")).await.bytes, TEXT);
}

#[tokio::test]
async fn an_image_can_be_shared_like_a_file() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    ada.move_to_tier("enterprise").await;
    let image = ada.upload_image("a.png", "image/png", fixture("one_pixel.png")).await;
    let links = format!("/api/images/{}/links", id(&image));
    let answer = ada.post(&links, json!({"expires_in": 300})).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let made = answer.json();
    let opened = stack.get(&link_path(&stack, &made)).await;
    assert_eq!(stack.fetch(opened.header("location")).await.bytes, fixture("one_pixel.png"));
    // The id of an image is not found by the routes of files.
    ada.get(&format!("/api/files/{}/links", id(&image))).await.assert(404, &json!({"detail": "Not found."}));
    let mut expected = made.clone();
    expected["downloads"] = json!(1);
    ada.get(&links).await.assert(200, &json!({"next": null, "results": [expected]}));
    assert_eq!(ada.delete(&format!("{links}/{}", id(&made))).await.status, 204);
    stack.get(&link_path(&stack, &made)).await.assert(404, &json!({"detail": "Not found."}));
}

#[tokio::test]
async fn a_revoked_link_is_not_found() {
    let stack = stack();
    let (ada, file) = sharer(&stack).await;
    let links = format!("/api/files/{}/links", id(&file));
    let made = ada.post(&links, json!({"expires_in": 300})).await.json();
    assert_eq!(stack.get(&link_path(&stack, &made)).await.status, 302);
    assert_eq!(ada.delete(&format!("{links}/{}", id(&made))).await.status, 204);
    stack.get(&link_path(&stack, &made)).await.assert(404, &json!({"detail": "Not found."}));
    ada.get(&links).await.assert(200, &json!({"next": null, "results": []}));
}

#[tokio::test]
async fn invalid_options_of_a_link_are_refused() {
    let (ada, file) = sharer(&stack()).await;
    let links = format!("/api/files/{}/links", id(&file));
    let link = format!("{links}/{}", id(&create_link(&ada, &file, json!({})).await));
    for (options, refused) in [
        (json!({"expires_in": "soon"}), json!({"expires_in": ["A valid integer is required."]})),
        (
            json!({"expires_in": 299}),
            json!({"expires_in": ["Ensure this value is greater than or equal to 300."]}),
        ),
        (
            json!({"expires_in": 3_153_600_001_u64}),
            json!({"expires_in": ["Ensure this value is less than or equal to 3153600000."]}),
        ),
        (json!({"password": ""}), json!({"password": ["This field may not be blank."]})),
        (
            json!({"password": "x".repeat(129)}),
            json!({"password": ["Ensure this field has no more than 128 characters."]}),
        ),
        (
            json!({"max_downloads": 0}),
            json!({"max_downloads": ["Ensure this value is between 1 and 4294967295."]}),
        ),
    ] {
        ada.post(&links, options.clone()).await.assert(400, &refused);
        ada.patch(&link, options).await.assert(400, &refused);
    }
    let options = json!({"expires_in": null, "password": null, "max_downloads": null});
    assert_eq!(ada.post(&links, options).await.json()["expires_at"], Value::Null);
}

#[tokio::test]
async fn the_tier_decides_how_long_a_link_lives() {
    let ada = stack().signed_up_user("ada").await;
    let week = 604_800;
    for (tier, most) in [("basic", Some(week)), ("premium", Some(7_776_000)), ("enterprise", None)] {
        ada.move_to_tier(tier).await;
        let file = ada.upload_file("fox.txt", "text/plain", TEXT).await;
        let links = format!("/api/files/{}/links", id(&file));
        let seconds_of = async |options: Value| {
            let made = ada.post(&links, options).await.json();
            let time = |name: &str| made[name].as_str().and_then(|time| time.parse::<jiff::Timestamp>().ok());
            time("expires_at").zip(time("created_at")).map(|(end, start)| end.duration_since(start).as_secs())
        };
        assert_eq!(seconds_of(json!({})).await, Some(week), "{tier}");
        let Some(most) = most else {
            assert_eq!(seconds_of(json!({"expires_in": null})).await, None);
            continue;
        };
        assert_eq!(seconds_of(json!({"expires_in": most})).await, Some(most));
        let refused = format!("Ensure this value is less than or equal to {most}.");
        ada.post(&links, json!({"expires_in": most + 1}))
            .await
            .assert(400, &json!({"expires_in": [refused]}));
        let refused = "Your account tier does not include links without an expiry.";
        ada.post(&links, json!({"expires_in": null})).await.assert(400, &json!({"expires_in": [refused]}));
    }
}

#[tokio::test]
async fn a_tier_without_links_refuses_to_create_and_to_change_them() {
    let stack = link_tier_stack();
    let (ada, file) = sharer(&stack).await;
    let image = ada.upload_image("a.png", "image/png", fixture("one_pixel.png")).await;
    let without_links = tier_without_links(&stack).await;
    let refused = json!({"detail": "Your account tier does not include share links."});
    for links in [format!("/api/files/{}/links", id(&file)), format!("/api/images/{}/links", id(&image))] {
        ada.move_to_tier("basic").await;
        let link = format!("{links}/{}", id(&ada.post(&links, json!({})).await.json()));
        ada.move_to_tier(&without_links).await;
        ada.post(&links, json!({})).await.assert(403, &refused);
        ada.patch(&link, json!({})).await.assert(403, &refused);
        assert_eq!(ada.delete(&link).await.status, 204);
    }
}

#[tokio::test]
async fn links_of_another_owners_file_cannot_be_created_listed_or_revoked() {
    let stack = stack();
    let ((ada, file), (eve, eves_file)) = (sharer(&stack).await, sharer(&stack).await);
    let made = create_link(&ada, &file, json!({"expires_in": 300})).await;
    let not_found = json!({"detail": "Not found."});
    let links = format!("/api/files/{}/links", id(&file));
    eve.post(&links, json!({"expires_in": 300})).await.assert(404, &not_found);
    eve.get(&links).await.assert(404, &not_found);
    eve.delete(&format!("{links}/{}", id(&made))).await.assert(404, &not_found);
    // Eve cannot revoke the link through her own file either.
    eve.delete(&format!("/api/files/{}/links/{}", id(&eves_file), id(&made))).await.assert(404, &not_found);
    assert_eq!(stack.get(&link_path(&stack, &made)).await.status, 302);
}

#[tokio::test]
async fn a_link_with_a_password_shows_a_form_and_counts_only_openings() {
    let stack = stack();
    let (ada, file) = sharer(&stack).await;
    let made = create_link(&ada, &file, json!({"expires_in": 300, "password": "open sesame please"})).await;
    assert_eq!(made["has_password"], true);
    let path = link_path(&stack, &made);
    for _ in 0..50 {
        let page = stack.get(&path).await;
        assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert!(page.header("content-security-policy").contains("default-src 'none'"));
        let text = page.text();
        assert!(text.contains("<label for=\"password\">") && !text.contains("<script"), "{text}");
    }
    let wrong = json!({"detail": "Invalid password."});
    open_link(&stack, &path, json!({"password": "open sesame pleasf"})).await.assert(401, &wrong);
    open_link(&stack, &path, json!({})).await.assert(400, &json!({"password": ["This field is required."]}));
    for opened in [
        open_link(&stack, &path, json!({"password": "open sesame please"})).await,
        stack.post_form(&path, &[("password", "open sesame please")]).await,
    ] {
        assert_eq!((opened.status, opened.header("cache-control")), (303, "no-store"), "{}", opened.text());
        assert_eq!(stack.fetch(opened.header("location")).await.bytes, TEXT);
    }
    let listed = ada.get(&format!("/api/files/{}/links", id(&file))).await.json();
    assert_eq!(listed["results"][0]["downloads"], 2);
}

#[tokio::test]
async fn the_page_shows_what_was_wrong_with_the_password() {
    let stack = stack();
    let (ada, file) = sharer(&stack).await;
    let made = create_link(&ada, &file, json!({"expires_in": 300, "password": "open sesame please"})).await;
    let send = async |password: &str| {
        let request = stack.http.post(stack.url(&link_path(&stack, &made))).header("accept", "text/html");
        Answer::of(request.form(&[("password", password)])).await
    };
    for (password, status, message) in
        [("open sesame", 401, "This is not the password."), ("", 400, "Enter the password.")]
    {
        let page = send(password).await;
        assert_eq!(page.status, status);
        assert!(page.text().contains("role=\"alert\"") && page.text().contains(message), "{}", page.text());
    }
    assert_eq!(send("open sesame please").await.status, 303);
}

#[tokio::test]
async fn a_link_is_dead_without_its_file_or_account_and_after_it_expires() {
    let stack = stack();
    let (ada, file) = sharer(&stack).await;
    let not_found = json!({"detail": "Not found."});
    let made = create_link(&ada, &file, json!({"expires_in": 300})).await;
    let forms = create_link(&ada, &file, json!({"expires_in": 300, "max_downloads": 3})).await;
    assert_eq!(ada.delete(&format!("/api/files/{}", id(&file))).await.status, 204);
    stack.get(&link_path(&stack, &made)).await.assert(404, &not_found);
    open_link(&stack, &link_path(&stack, &forms), json!({})).await.assert(404, &not_found);

    let file = ada.upload_file("fox.txt", "text/plain", TEXT).await;
    let made = create_link(&ada, &file, json!({"expires_in": 300})).await;
    stack.set_attribute(&format!("USER#{}", ada.id), "USER", "is_active", json!({"BOOL": false})).await;
    stack.get(&link_path(&stack, &made)).await.assert(404, &not_found);
    stack.set_attribute(&format!("USER#{}", ada.id), "USER", "is_active", json!({"BOOL": true})).await;
    assert_eq!(stack.get(&link_path(&stack, &made)).await.status, 302);

    // DynamoDB can take two days to remove expired records.
    let entry =
        stack.record(&format!("SHARES#{}", ada.id), &format!("SHARE#{}#{}", id(&file), id(&made))).await;
    let pk = format!("SHARE#{}", entry["hash"]["S"].as_str().expect("a hash"));
    stack.set_attribute(&pk, "SHARE", "expires_at", json!({"S": "2026-01-01T00:00:00Z"})).await;
    stack.get(&link_path(&stack, &made)).await.assert(404, &not_found);
    let listed = ada.get(&format!("/api/files/{}/links", id(&file))).await;
    listed.assert(200, &json!({"next": null, "results": []}));
}

#[tokio::test]
async fn links_are_listed_newest_first_in_pages() {
    let (ada, file) = sharer(&stack()).await;
    let mut made = Vec::new();
    for expires_in in [300, 400, 500] {
        made.push(id(&create_link(&ada, &file, json!({"expires_in": expires_in})).await).to_owned());
    }
    let (mut found, mut next) =
        (Vec::new(), json!(ada.stack.url(&format!("/api/files/{}/links?limit=1", id(&file)))));
    while !next.is_null() {
        let page = ada.follow(&next).await.json();
        found.extend(page["results"].as_array().expect("a list").iter().map(|link| id(link).to_owned()));
        next = page["next"].clone();
    }
    made.reverse();
    assert_eq!(found, made);
}

#[tokio::test]
async fn links_are_not_created_listed_or_revoked_without_a_token() {
    let stack = stack();
    let (ada, file) = sharer(&stack).await;
    let made = create_link(&ada, &file, json!({"expires_in": 300})).await;
    let links = format!("/api/files/{}/links", id(&file));
    let message = json!({"detail": "Authentication credentials were not provided."});
    for (method, path) in [
        (Method::POST, links.clone()),
        (Method::GET, links.clone()),
        (Method::DELETE, format!("{links}/{}", id(&made))),
    ] {
        Answer::of(stack.http.request(method, stack.url(&path))).await.assert(401, &message);
    }
}
