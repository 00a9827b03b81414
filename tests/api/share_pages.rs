//! The page of a share link: what a stranger sees before opening the file.

use serde_json::{Value, json};

use crate::helpers::{Answer, PASSWORD, TestStack, fixture, id, stack};
use crate::shares::{create_link, link_path, sharer};

const CHROME: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

async fn page(stack: &TestStack, link: &Value) -> Answer {
    let request = stack.http.get(stack.url(&link_path(stack, link))).header("accept", CHROME);
    Answer::of(request).await
}

fn assert_is_page(page: &Answer) {
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert_eq!((page.header("cache-control"), page.header("referrer-policy")), ("no-store", "no-referrer"));
    assert!(!page.text().contains("<script"), "{}", page.text());
}

#[tokio::test]
async fn a_browser_sees_name_size_type_and_owner_of_a_file() {
    let stack = stack();
    let (ada, file) = sharer(&stack).await;
    let page = page(&stack, &create_link(&ada, &file, json!({})).await).await;
    assert_is_page(&page);
    let text = page.text();
    for words in ["<h1>fox.txt</h1>", "<dd>21 bytes</dd>", "<dd>text/plain</dd>", "<form method=\"post\">"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(text.contains(&format!("<bdi>{}</bdi> shares this file", ada.name)), "{text}");
    assert!(!text.contains("<img"), "{text}");
}

#[tokio::test]
async fn only_a_link_without_password_and_limit_shows_a_thumbnail() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let image = ada.upload_image("a.png", "image/png", fixture("one_pixel.png")).await;
    let links = format!("/api/images/{}/links", id(&image));
    let open = page(&stack, &ada.post(&links, json!({})).await.json()).await;
    assert_is_page(&open);
    let text = open.text();
    let url = text.split("<img src=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a thumbnail");
    let thumbnail = stack.fetch(&url.replace("&amp;", "&")).await;
    assert_eq!((thumbnail.status, thumbnail.header("content-type")), (200, "image/jpeg"));
    let store = url.split("/satchel").next().expect("an origin");
    assert!(open.header("content-security-policy").contains(&format!("img-src {store};")), "{url}");

    for options in [json!({"max_downloads": 3}), json!({"password": "open sesame please"})] {
        let page = page(&stack, &ada.post(&links, options).await.json()).await;
        assert_is_page(&page);
        assert!(!page.text().contains("<img"), "{}", page.text());
    }
}

#[tokio::test]
async fn a_page_with_a_password_reveals_nothing_of_the_file_or_its_owner() {
    let stack = stack();
    let (ada, file) = sharer(&stack).await;
    let page = page(&stack, &create_link(&ada, &file, json!({"password": "open sesame please"})).await).await;
    assert_is_page(&page);
    for secret in ["fox.txt", "21 bytes", "text/plain", &ada.name] {
        assert!(!page.text().contains(secret), "{secret}: {}", page.text());
    }
}

#[tokio::test]
async fn a_page_with_a_limit_says_how_often_the_link_still_opens() {
    let stack = stack();
    let (ada, file) = sharer(&stack).await;
    let made = create_link(&ada, &file, json!({"max_downloads": 2})).await;
    assert!(page(&stack, &made).await.text().contains("The link opens 2 more times."));
    assert_eq!(stack.post(&link_path(&stack, &made), json!({})).await.status, 303);
    assert!(page(&stack, &made).await.text().contains("The link opens once more."));
    // Every client gets the page, so that a link preview cannot use the link up.
    let preview = stack.get(&link_path(&stack, &made)).await;
    assert_is_page(&preview);
}

#[tokio::test]
async fn the_owners_name_is_shown_without_the_domain_of_an_address() {
    let stack = stack();
    let name = format!("{}@example.com", stack.fresh_name("grace"));
    let answer = stack.post("/api/users", json!({"username": name, "password": PASSWORD})).await;
    let ada = stack.sign_in(&name, PASSWORD, id(&answer.json()).to_owned()).await;
    let file = ada.upload_file("fox.txt", "text/plain", *b"x").await;
    let text = page(&stack, &create_link(&ada, &file, json!({})).await).await.text();
    let shown = format!("<bdi>{}</bdi> shares this file", name.trim_end_matches("@example.com"));
    assert!(text.contains(&shown), "{text}");
    assert!(!text.contains("example.com"), "{text}");
}

#[tokio::test]
async fn names_from_outside_are_escaped() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let file = ada.upload_file("<img src=x onerror=alert(1)>\".txt", "text/plain", *b"x").await;
    let text = page(&stack, &create_link(&ada, &file, json!({})).await).await.text();
    assert!(text.contains("&lt;img src=x onerror=alert(1)&gt;&quot;.txt"), "{text}");
    assert!(!text.contains("<img"), "{text}");
}

#[tokio::test]
async fn a_client_that_prefers_json_gets_no_page() {
    let stack = stack();
    let (ada, file) = sharer(&stack).await;
    let path = link_path(&stack, &create_link(&ada, &file, json!({})).await);
    for (accept, status) in [("application/json, text/html;q=0.5", 200), ("*/*", 302), ("text/html;q=0", 302)]
    {
        let answer = Answer::of(stack.http.get(stack.url(&path)).header("accept", accept)).await;
        assert_eq!(answer.status, status, "{accept}");
        assert_ne!(answer.header("content-type"), "text/html; charset=utf-8");
    }
}
