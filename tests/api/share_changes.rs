//! Owners read and change the links that they created.

use serde_json::{Value, json};

use crate::helpers::{Answer, TestStack, User, concurrently, fixture, id, not_found, stack};
use crate::shares::{create_link, link_path, open_link, sharer};

/// Makes the token of a link one that was not derived, as before tokens were derived.
pub async fn make_token_random(stack: &TestStack, owner: &User, file: &Value, link: &Value) {
    let sort = format!("SHARE#{}#{}", id(file), id(link));
    let entry = stack.record(&format!("SHARES#{}", owner.id), &sort).await;
    let key = format!("SHARE#{}", entry["hash"]["S"].as_str().expect("a hash"));
    stack.set_attribute(&key, "SHARE", "generation", json!({"NULL": true})).await;
}

#[tokio::test]
async fn a_link_is_read_with_the_same_url_by_its_id_and_in_the_list() {
    let stack = stack();
    let (ada, file) = sharer(&stack).await;
    let links = format!("/api/files/{}/links", id(&file));
    let made = create_link(&ada, &file, json!({"password": "open sesame please"})).await;
    let one = ada.get(&format!("{links}/{}", id(&made))).await;
    assert_eq!(one.header("cache-control"), "no-store");
    one.assert(200, &made);
    ada.get(&links).await.assert(200, &json!({"next": null, "results": [made]}));
}

#[tokio::test]
async fn every_opening_is_counted_with_or_without_a_limit_and_no_page_is() {
    let stack = stack();
    let (ada, file) = sharer(&stack).await;
    let made = create_link(&ada, &file, json!({})).await;
    let path = link_path(&stack, &made);
    assert_eq!(stack.get(&path).await.status, 302);
    assert_eq!(open_link(&stack, &path, json!({})).await.status, 303);
    let json = stack.http.get(stack.url(&path)).header("accept", "application/json");
    assert_eq!(Answer::of(json).await.status, 200);
    let json = stack.http.post(stack.url(&path)).header("accept", "application/json").json(&json!({}));
    let opened = Answer::of(json).await;
    assert_eq!((opened.status, opened.header("cache-control")), (200, "no-store"));
    assert_eq!(stack.fetch(opened.json()["url"].as_str().expect("a URL")).await.status, 200);
    let head = stack.http.head(stack.url(&path));
    assert_eq!(Answer::of(head).await.status, 302);
    let page = stack.http.get(stack.url(&path)).header("accept", "text/html");
    assert_eq!(Answer::of(page).await.status, 200);
    let one = ada.get(&format!("/api/files/{}/links/{}", id(&file), id(&made))).await;
    assert_eq!(one.json()["downloads"], 4);
}

#[tokio::test]
async fn a_password_and_a_limit_can_be_set_and_removed_without_a_new_url() {
    let stack = stack();
    let (ada, file) = sharer(&stack).await;
    let made = create_link(&ada, &file, json!({})).await;
    let (path, link) = (link_path(&stack, &made), format!("/api/files/{}/links/{}", id(&file), id(&made)));
    let change = async |options: Value| {
        let answer = ada.patch(&link, options).await;
        assert_eq!(answer.status, 200, "{}", stack.explain(&answer));
        let changed = answer.json();
        assert_eq!(changed["url"], made["url"]);
        ada.get(&link).await.assert(200, &changed);
        changed
    };

    assert_eq!(change(json!({"password": "open sesame please"})).await["has_password"], true);
    assert_eq!(stack.get(&path).await.status, 200, "a page");
    open_link(&stack, &path, json!({"password": "x"}))
        .await
        .assert(401, &json!({"detail": "Invalid password."}));
    assert_eq!(change(json!({"max_downloads": 1})).await["has_password"], true, "a PATCH keeps the rest");
    let password = json!({"password": "open sesame please"});
    assert_eq!(open_link(&stack, &path, password.clone()).await.status, 303);
    open_link(&stack, &path, password.clone()).await.assert(404, &not_found());
    assert_eq!(
        change(json!({"max_downloads": 2})).await["downloads"],
        1,
        "a used-up link can be opened again"
    );
    assert_eq!(open_link(&stack, &path, password).await.status, 303);
    let changed = change(json!({"password": null, "max_downloads": null})).await;
    assert_eq!((&changed["has_password"], &changed["max_downloads"]), (&json!(false), &Value::Null));
    assert_eq!(stack.get(&path).await.status, 302);
}

#[tokio::test]
async fn a_link_without_an_expiry_works_and_can_get_one() {
    let stack = stack();
    let (ada, file) = sharer(&stack).await;
    let made = create_link(&ada, &file, json!({"expires_in": null})).await;
    assert_eq!(made["expires_at"], Value::Null);
    assert_eq!(stack.get(&link_path(&stack, &made)).await.status, 302);
    let links = format!("/api/files/{}/links", id(&file));
    let entry = (format!("SHARES#{}", ada.id), format!("SHARE#{}#{}", id(&file), id(&made)));
    let never = json!({"N": "253370764800"});
    assert_eq!(stack.record(&entry.0, &entry.1).await["ttl"], never, "the year 9999");
    assert_eq!(ada.get(&links).await.json()["results"].as_array().map(Vec::len), Some(1));

    let link = format!("{links}/{}", id(&made));
    let changed = ada.patch(&link, json!({"expires_in": 300})).await.json();
    assert!(changed["expires_at"].is_string(), "{changed}");
    assert_ne!(stack.record(&entry.0, &entry.1).await["ttl"], never);
    let changed = ada.patch(&link, json!({"expires_in": null})).await.json();
    assert_eq!(changed["expires_at"], Value::Null);
    assert_eq!(stack.record(&entry.0, &entry.1).await["ttl"], never);
}

#[tokio::test]
async fn the_list_entry_of_an_images_link_gets_the_new_expiry_too() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    ada.move_to_tier("premium").await;
    let image = ada.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    let links = format!("/api/images/{}/links", id(&image));
    let made = ada.post(&links, json!({})).await.json();
    let ttl = async || {
        let entry = format!("SHARE#{}#{}", id(&image), id(&made));
        stack.record(&format!("SHARES#{}", ada.id), &entry).await["ttl"].clone()
    };
    let before = ttl().await;
    let changed = ada.patch(&format!("{links}/{}", id(&made)), json!({"expires_in": 300})).await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    assert_ne!(ttl().await, before);
}

#[tokio::test]
async fn openings_are_not_lost_while_a_link_is_changed() {
    let stack = stack();
    let (ada, file) = sharer(&stack).await;
    let made = create_link(&ada, &file, json!({})).await;
    let (path, link) = (link_path(&stack, &made), format!("/api/files/{}/links/{}", id(&file), id(&made)));
    let work = (0..20).map(|number| {
        let (stack, ada, path, link) = (stack.clone(), ada.clone(), path.clone(), link.clone());
        async move {
            if number % 4 == 0 {
                ada.patch(&link, json!({"expires_in": 300 + number})).await.status
            } else {
                open_link(&stack, &path, json!({})).await.status
            }
        }
    });
    let mut statuses = concurrently(work).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [vec![200; 5], vec![303; 15]].concat());
    assert_eq!(ada.get(&link).await.json()["downloads"], 15);
}

#[tokio::test]
async fn changes_of_different_options_at_once_do_not_undo_each_other() {
    let stack = stack();
    let (ada, file) = sharer(&stack).await;
    let made = create_link(&ada, &file, json!({})).await;
    let link = format!("/api/files/{}/links/{}", id(&file), id(&made));
    let options =
        [json!({"password": "open sesame please"}), json!({"max_downloads": 5}), json!({"expires_in": 300})];
    for _ in 0..5 {
        let patches = options.iter().map(|options| {
            let (ada, link, options) = (ada.clone(), link.clone(), options.clone());
            async move { ada.patch(&link, options).await.status }
        });
        assert_eq!(concurrently(patches).await, [200; 3]);
        let changed = ada.get(&link).await.json();
        assert_eq!(
            (&changed["has_password"], &changed["max_downloads"]),
            (&json!(true), &json!(5)),
            "{changed}"
        );
        assert_ne!(changed["expires_at"], made["expires_at"]);
        let clear = json!({"password": null, "max_downloads": null, "expires_in": 604_800});
        assert_eq!(ada.patch(&link, clear).await.status, 200);
    }
}

#[tokio::test]
async fn the_url_of_a_link_with_a_random_token_is_null_and_the_link_still_works() {
    let stack = stack();
    let (ada, file) = sharer(&stack).await;
    let made = create_link(&ada, &file, json!({})).await;
    let links = format!("/api/files/{}/links", id(&file));
    make_token_random(&stack, &ada, &file, &made).await;
    assert_eq!(ada.get(&format!("{links}/{}", id(&made))).await.json()["url"], Value::Null);
    assert_eq!(ada.get(&links).await.json()["results"][0]["url"], Value::Null);
    let changed = ada.patch(&format!("{links}/{}", id(&made)), json!({"max_downloads": 3})).await.json();
    assert_eq!((&changed["url"], &changed["max_downloads"]), (&Value::Null, &json!(3)));
    assert_eq!(open_link(&stack, &link_path(&stack, &made), json!({})).await.status, 303);
}

#[tokio::test]
async fn another_owner_can_neither_read_nor_change_a_link() {
    let stack = stack();
    let ((ada, file), (eve, eves_file)) = (sharer(&stack).await, sharer(&stack).await);
    let made = create_link(&ada, &file, json!({})).await;
    for file in [&file, &eves_file] {
        let link = format!("/api/files/{}/links/{}", id(file), id(&made));
        eve.get(&link).await.assert(404, &not_found());
        eve.patch(&link, json!({"password": null})).await.assert(404, &not_found());
    }
    let unchanged = ada.get(&format!("/api/files/{}/links/{}", id(&file), id(&made))).await;
    unchanged.assert(200, &made);
}

#[tokio::test]
async fn a_repeated_creation_returns_the_same_link_with_its_url() {
    let (ada, file) = sharer(&stack()).await;
    let links = format!("/api/files/{}/links", id(&file));
    let create = async || {
        let request = ada.request(reqwest::Method::POST, &links).header("idempotency-key", "link-1");
        Answer::of(request.json(&json!({"expires_in": 300}))).await
    };
    let (first, second) = (create().await, create().await);
    assert_eq!(first.status, 201, "{}", first.text());
    second.assert(201, &first.json());
    assert_eq!(ada.get(&links).await.json()["results"].as_array().map(Vec::len), Some(1));
}
