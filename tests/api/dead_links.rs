//! Share links whose file or owner is gone, or whose owner may not share any more, return 404 without a form.

use serde_json::{Value, json};

use crate::helpers::{Answer, TestStack, User, id, not_found, stack};
use crate::shares::{create_link, link_path, link_tier_stack, open_link, sharer, tier_without_links};

const PASSWORD: &str = "open sesame please";

/// Creates a link with a password, one with a limit and one without either.
async fn create_links(user: &User, file: &Value) -> Vec<String> {
    let mut links = Vec::new();
    for options in [
        json!({"expires_in": 300, "password": PASSWORD}),
        json!({"expires_in": 300, "max_downloads": 3}),
        json!({"expires_in": 300}),
    ] {
        links.push(link_path(&user.stack, &create_link(user, file, options).await));
    }
    links
}

/// Fails unless all links return 404, and browsers get a page without a form.
async fn assert_dead(stack: &TestStack, links: &[String]) {
    for link in links {
        stack.get(link).await.assert(404, &not_found());
        for body in [json!({}), json!({"password": PASSWORD}), json!({"password": "wrong"})] {
            open_link(stack, link, body).await.assert(404, &not_found());
        }
        let url = stack.url(link);
        let form = [("password", PASSWORD)];
        for request in [stack.http.get(&url), stack.http.post(&url).form(&form)] {
            let page = Answer::of(request.header("accept", "text/html,application/xhtml+xml")).await;
            assert_eq!((page.status, page.header("content-type")), (404, "text/html; charset=utf-8"));
            assert_eq!(page.header("cache-control"), "no-store");
            assert!(!page.text().contains("<form"), "{}", page.text());
        }
    }
}

/// Fails unless the links work.
async fn assert_alive(stack: &TestStack, links: &[String]) {
    let statuses = [200, 200, 302];
    for (link, status) in links.iter().zip(statuses) {
        assert_eq!(stack.get(link).await.status, status, "{link}");
    }
    open_link(stack, &links[0], json!({"password": "wrong"}))
        .await
        .assert(401, &json!({"detail": "Invalid password."}));
}

#[tokio::test]
async fn a_link_of_a_deleted_file_asks_for_nothing() {
    let stack = stack();
    let (ada, file) = sharer(&stack).await;
    let links = create_links(&ada, &file).await;
    assert_alive(&stack, &links).await;
    assert_eq!(ada.delete(&format!("/api/files/{}", id(&file))).await.status, 204);
    assert_dead(&stack, &links).await;
}

#[tokio::test]
async fn links_are_dead_while_the_owner_is_in_a_tier_without_links() {
    let stack = link_tier_stack();
    let (ada, file) = sharer(&stack).await;
    let links = create_links(&ada, &file).await;
    ada.move_to_tier(&tier_without_links(&stack).await).await;
    assert_dead(&stack, &links).await;
    ada.move_to_tier("enterprise").await;
    assert_alive(&stack, &links).await;
}

#[tokio::test]
async fn links_are_dead_while_the_account_is_closed_and_forever_after_its_deletion() {
    let stack = stack();
    let (ada, file) = sharer(&stack).await;
    let links = create_links(&ada, &file).await;
    let account = format!("USER#{}", ada.id);
    stack.set_attribute(&account, "USER", "is_active", json!({"BOOL": false})).await;
    assert_dead(&stack, &links).await;
    stack.set_attribute(&account, "USER", "is_active", json!({"BOOL": true})).await;
    assert_alive(&stack, &links).await;
    let deleted = ada.delete_with("/api/users/me", json!({"password": ada.password})).await;
    assert_eq!(deleted.status, 204);
    assert_dead(&stack, &links).await;
}

#[tokio::test]
async fn a_browser_gets_a_page_for_an_unknown_link() {
    let stack = stack();
    let request = stack.http.get(stack.url("/s/nothing")).header("accept", "text/html");
    let page = Answer::of(request).await;
    assert_eq!((page.status, page.header("content-type")), (404, "text/html; charset=utf-8"));
    stack.get("/s/nothing").await.assert(404, &not_found());
}
