//! HEAD returns the status and headers of GET, without a body and without effects.

use std::collections::BTreeMap;

use local::calls::Fault;
use reqwest::Method;
use serde_json::json;

use crate::bad_tokens::PUBLIC_ROUTES;
use crate::helpers::{
    Answer, PASSWORD, TestStack, exclusive_stack, id, mailing_stack, not_found, stack, stack_with,
};
use crate::shares::{create_link, link_path, open_link, sharer};

const UNKNOWN_TOKEN: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";

async fn send_request(stack: &TestStack, method: Method, path: &str, accept: &str) -> Answer {
    Answer::of(stack.http.request(method, stack.url(path)).header("accept", accept)).await
}

async fn head(stack: &TestStack, path: &str) -> Answer {
    send_request(stack, Method::HEAD, path, "*/*").await
}

/// The headers by name, without those that differ in each response.
fn stable_headers(answer: &Answer) -> BTreeMap<String, String> {
    let headers =
        answer.headers.iter().filter(|(name, _)| !["date", "apigw-requestid"].contains(&name.as_str()));
    headers
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect()
}

/// Fails unless HEAD has the status and headers of GET, including the length of its body, and no body.
async fn assert_same(stack: &TestStack, path: &str, accept: &str) {
    let get = send_request(stack, Method::GET, path, accept).await;
    let head = send_request(stack, Method::HEAD, path, accept).await;
    assert_eq!((head.status, head.bytes.len()), (get.status, 0), "{path} {accept}");
    assert_eq!(stable_headers(&head), stable_headers(&get), "{path} {accept}");
    assert_eq!(get.header("content-length"), get.bytes.len().to_string(), "{path} {accept}");
}

#[tokio::test]
async fn every_public_get_route_answers_head_with_the_same_headers() {
    let stack = stack();
    let routes = &stack.deployment().routes;
    let has =
        |method: &str, path: &str| routes.iter().any(|route| route.method == method && route.path == path);
    let open: Vec<_> = routes
        .iter()
        .filter(|route| {
            route.method == "GET" && PUBLIC_ROUTES.contains(&format!("GET {}", route.path).as_str())
        })
        .collect();
    assert!(open.len() >= 6, "{open:?}");
    for route in open {
        assert!(has("HEAD", &route.path), "{}", route.path);
        let path = route.path.replace("{token}", UNKNOWN_TOKEN);
        for accept in ["*/*", "text/html", "application/json"] {
            assert_same(&stack, &path, accept).await;
            assert_same(&stack, &format!("{path}/"), accept).await;
        }
    }
    let closed = routes.iter().filter(|route| route.method == "HEAD" && !has("GET", &route.path)).count();
    assert_eq!(closed, 0, "routes with HEAD and without GET");
    assert_eq!(head(&stack, "/api/users/me").await.status, 404);
}

#[tokio::test]
async fn head_is_allowed_from_other_origins() {
    let stack = stack();
    let request = stack.http.head(stack.url("/health")).header("origin", "https://a.example");
    assert_eq!(Answer::of(request).await.header("access-control-allow-origin"), "*");
}

#[tokio::test]
async fn head_of_a_share_link_redirects_to_a_url_for_head_of_the_file() {
    let stack = stack();
    let (ada, file) = sharer(&stack).await;
    let made = create_link(&ada, &file, json!({"expires_in": 300})).await;
    let path = link_path(&stack, &made);
    let (get, found) = (stack.get(&path).await, head(&stack, &path).await);
    assert_eq!((found.status, found.header("cache-control")), (302, "no-store"));
    assert_eq!((found.bytes.len(), found.header("content-length")), (0, get.header("content-length")));
    let (location, bytes) = (found.header("location"), stack.fetch(get.header("location")).await);
    let seen = Answer::of(stack.http.head(location)).await;
    assert_eq!(seen.status, 200);
    for name in ["content-type", "content-disposition", "content-length", "etag"] {
        assert_eq!(seen.header(name), bytes.header(name), "{name}");
    }
    // The method is part of the signature: the URL from HEAD cannot be used with GET.
    assert_eq!(stack.fetch(location).await.status, 403);
    assert!(location.contains("X-Amz-Expires=300"), "{location}");
    let listed = ada.get(&format!("/api/files/{}/links", id(&file))).await.json();
    assert_eq!(listed["results"][0]["downloads"], 1, "only the GET counts");
    // A program that asks for JSON finds the URL in the body, which HEAD does not have.
    let as_json = send_request(&stack, Method::HEAD, &path, "application/json").await;
    assert_eq!((as_json.status, as_json.bytes.len()), (200, 0));
}

#[tokio::test]
async fn head_of_a_link_with_a_form_counts_no_download() {
    let stack = stack();
    let (ada, file) = sharer(&stack).await;
    for options in
        [json!({"expires_in": 300, "max_downloads": 1}), json!({"expires_in": 300, "password": PASSWORD})]
    {
        let path = link_path(&stack, &create_link(&ada, &file, options).await);
        for _ in 0..3 {
            assert_same(&stack, &path, "*/*").await;
        }
        let opened = open_link(&stack, &path, json!({"password": PASSWORD})).await;
        assert_eq!(opened.status, 303, "{}", opened.text());
    }
    let listed = ada.get(&format!("/api/files/{}/links", id(&file))).await.json();
    let counted: Vec<_> =
        listed["results"].as_array().unwrap().iter().map(|link| &link["downloads"]).collect();
    assert_eq!(counted, [&json!(1), &json!(1)], "only the openings by POST count");
}

#[tokio::test]
async fn head_of_an_unknown_link_does_not_count_as_a_guess() {
    let stack = stack_with(&[("GuessesPerAddress", "2"), ("ThrottleSeconds", "3153600000")]);
    let stack = stack.at_fresh_address();
    let guess = |number: u32| format!("/s/{number:043}");
    for number in 0..5 {
        assert_eq!(head(&stack, &guess(number)).await.status, 404);
    }
    for number in 5..7 {
        stack.get(&guess(number)).await.assert(404, &not_found());
    }
    assert_eq!(stack.get(&guess(7)).await.status, 429);
}

#[tokio::test]
async fn head_of_a_mailed_link_changes_nothing() {
    let stack = mailing_stack();
    let account = stack.unverified_account("ada", &stack.fresh_address()).await;
    let link = stack.link_for(&account).await;
    for _ in 0..2 {
        assert_same(&stack, &link, "text/html").await;
    }
    let credentials = json!({"username": account.name, "password": PASSWORD});
    assert_eq!(stack.post("/api/token", credentials.clone()).await.status, 401);
    assert_eq!(stack.post(&link, json!({})).await.status, 200);
    assert_eq!(stack.post("/api/token", credentials).await.status, 200);
}

#[tokio::test]
async fn head_reports_a_failure_without_a_body() {
    let stack = exclusive_stack().await;
    let path = format!("/s/{UNKNOWN_TOKEN}");
    stack.calls().inject("show-share", 1, Fault::KillAfter, 1);
    let killed = head(&stack, &path).await;
    assert_eq!((killed.status, killed.bytes.len()), (500, 0));
    for operation in ["GetItem", "BatchGetItem", "Query"] {
        stack.calls().interrupt("show-share", operation, Fault::Throttling);
    }
    let busy = head(&stack, &path).await;
    assert_eq!((busy.status, busy.bytes.len()), (503, 0));
}
