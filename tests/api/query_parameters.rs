//! Lists refuse query parameters that they do not know.

use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{Answer, User, id, stack};
use crate::staff::staff_user;

/// Every list, with the parameters that it knows.
const LISTS: [(&str, &[&str]); 13] = [
    ("/api/users", &["limit", "cursor", "username", "email", "username_prefix"]),
    ("/api/users/me/sessions", &["limit", "cursor"]),
    ("/api/users/{id}/files", &["limit", "cursor", "content_type", "status"]),
    ("/api/users/{id}/images", &["limit", "cursor"]),
    ("/api/files", &["limit", "cursor", "content_type", "status"]),
    ("/api/files/{id}/parts", &[]),
    ("/api/all_files", &["limit", "cursor", "visibility"]),
    ("/download-files", &["cursor"]),
    ("/api/files/{id}/links", &["limit", "cursor"]),
    ("/api/images", &["limit", "cursor"]),
    ("/api/images/{id}/links", &["limit", "cursor"]),
    ("/api/account-tiers", &[]),
    ("/api/resource", &["limit", "cursor"]),
];

/// The GET routes that return no list.
const OTHERS: [&str; 22] = [
    "/api/verify-email/{token}",
    "/api/user/password-reset/{token}",
    "/api/users/me",
    "/api/users/{id}",
    "/api/files/{id}",
    "/api/download/{id}",
    "/api/files/{id}/links/{link_id}",
    "/api/images/{id}/links/{link_id}",
    "/s/{token}",
    "/api/images/{id}",
    "/api/images/{id}/thumbnail",
    "/api/account-tiers/{id}",
    "/api/resource/{id}",
    "/health",
    "/.well-known/jwks.json",
    "/api/settings",
    "/openapi.json",
    "/docs",
    "/",
    "/app/{file+}",
    "/favicon.ico",
    "/robots.txt",
];

/// A value that is valid for the parameter.
fn valid(name: &str) -> &'static str {
    match name {
        "limit" => "1",
        // A cursor from the server is tested with the pages of each list.
        "cursor" => "",
        "content_type" => "text/plain",
        "status" => "ready",
        "visibility" => "members",
        "email" => "ada@example.com",
        _ => "ada",
    }
}

/// The lists' paths, with the ids of a file, an image and an account for which `user` may list something.
async fn paths(user: &User) -> Vec<(String, &'static [&'static str])> {
    let large = user.announce("/api/files", "backup.pdf", "application/pdf", 110_100_481).await;
    let image = user.announce("/api/images", "dot.png", "image/png", 69).await;
    let path = |path: &str| {
        let id = match path.split('/').nth(2) {
            Some("users") => &user.id,
            Some("images") => id(&image),
            _ => id(&large),
        };
        path.replace("{id}", id)
    };
    LISTS.iter().map(|(list, known)| (path(list), *known)).collect()
}

#[test]
fn every_get_route_is_known_as_a_list_or_as_something_else() {
    let stack = stack();
    let gets = stack.deployment().routes.iter();
    let gets = gets.filter(|route| route.method == "GET").map(|route| route.path.as_str());
    let unknown: Vec<_> =
        gets.filter(|path| !OTHERS.contains(path) && !LISTS.iter().any(|(list, _)| list == path)).collect();
    assert!(unknown.is_empty(), "add them to LISTS or OTHERS: {unknown:?}");
}

#[tokio::test]
async fn lists_refuse_all_unknown_parameters_at_once_with_all_other_errors() {
    let stack = stack();
    let grace = staff_user(&stack).await;
    grace.move_to_tier("premium").await;
    let unknown = json!(["Unknown parameter."]);
    for (path, known) in paths(&grace).await {
        let mut expected = json!({"page": unknown, "Status": unknown, "lim\u{ee}t": unknown});
        let mut query = vec![("page", "2"), ("Status", ""), ("lim\u{ee}t", "1"), ("format", "json")];
        if known.contains(&"limit") {
            query.push(("limit", "ten"));
            expected["limit"] = json!(["A valid integer is required."]);
        }
        if known.contains(&"cursor") {
            query.push(("cursor", "x"));
            expected["cursor"] = json!(["Invalid cursor."]);
        }
        for (name, value) in [("status", "deleting"), ("visibility", "private")] {
            if known.contains(&name) {
                query.push((name, value));
                expected[name] = json!([format!("\"{value}\" is not a valid choice.")]);
            }
        }
        let answer = Answer::of(grace.request(Method::GET, &path).query(&query)).await;
        assert_eq!(answer.outcome(), (400, expected), "{path}");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn lists_accept_their_parameters_and_ignore_the_format() {
    let stack = stack();
    let grace = staff_user(&stack).await;
    grace.move_to_tier("premium").await;
    for (path, known) in paths(&grace).await {
        let formats = [("format", "json"), ("format", "api"), ("format", "")].map(|one| vec![one]);
        let parameters =
            known.iter().filter(|name| **name != "cursor").map(|name| vec![(*name, valid(name))]);
        for query in formats.into_iter().chain(parameters).chain([vec![]]) {
            let answer = Answer::of(grace.request(Method::GET, &path).query(&query)).await;
            assert_eq!(answer.status, 200, "{path} {query:?}: {}", stack.explain(&answer));
        }
    }
}

#[tokio::test]
async fn an_unknown_parameter_does_not_hide_that_the_caller_may_not_list() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let answer = stack.get("/api/files?page=2").await;
    assert_eq!(answer.status, 401);
    let not_found = json!({"detail": "Not found."});
    for path in ["/api/users?page=2", "/api/users/x/files?page=2", "/api/files/x/parts?page=2"] {
        assert_eq!(ada.get(path).await.outcome(), (404, not_found.clone()), "{path}");
    }
    // Only lists refuse them.
    let me: Value = ada.get("/api/users/me?page=2").await.json();
    assert_eq!(me["id"], json!(ada.id));
}
