//! The headers of every response: what caches may store, and what browsers may do.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::json;

use crate::helpers::{Answer, stack};

/// A path parameter for every route: an id and a token that do not exist.
const UNKNOWN_ID: &str = "019ce36f-2530-7000-8000-00000000dead";

/// The only routes whose responses may be cached, and for how long.
const PUBLIC: [(&str, &str); 7] = [
    ("/.well-known/jwks.json", "public, max-age=300"),
    ("/api/settings", "public, max-age=60"),
    ("/openapi.json", "public, max-age=300"),
    ("/docs", "public, max-age=300"),
    ("/", "no-cache"),
    ("/favicon.ico", "public, max-age=300"),
    ("/robots.txt", "public, max-age=300"),
];

/// Fails unless browsers may not guess the content type, and a page may load and send nothing elsewhere.
fn assert_has_security_headers(answer: &Answer, route: &str) {
    let values = |name: &str| answer.headers.get_all(name).iter().collect::<Vec<_>>();
    assert_eq!(values("x-content-type-options"), ["nosniff"], "{route}");
    // RFC 6797, section 7.2: not over HTTP, which the tests use.
    assert!(values("strict-transport-security").is_empty(), "{route}");
    if answer.header("content-type").starts_with("text/html") {
        assert_eq!(values("referrer-policy"), ["no-referrer"], "{route}");
        let policy = answer.header("content-security-policy");
        for directive in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"] {
            assert!(policy.contains(directive), "{route}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{route}: {policy}");
    }
}

#[tokio::test]
async fn responses_of_api_gateway_have_the_security_headers_of_the_distribution() {
    let stack = stack();
    for answer in [stack.get("/nowhere").await, stack.delete("/health").await, stack.get("/nowhere").await] {
        assert_eq!((answer.status, answer.json()), (404, json!({"message": "Not Found"})));
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_has_security_headers(&answer, "an unknown route");
    }
}

#[tokio::test]
async fn pages_have_the_security_headers() {
    let stack = stack();
    for path in ["/api/verify-email/x", "/api/user/password-reset/x", "/s/x"] {
        for method in [Method::GET, Method::HEAD] {
            let answer =
                Answer::of(stack.http.request(method, stack.url(path)).header("accept", "text/html")).await;
            assert!(answer.header("content-type").starts_with("text/html"), "{path} {}", answer.status);
            assert_eq!(answer.header("cache-control"), "no-store");
            assert_has_security_headers(&answer, path);
        }
    }
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn no_response_may_be_stored_except_public_facts_and_each_has_the_security_headers() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let mut routes = stack.deployment().routes.clone();
    // Logout comes last, because it ends the session that all routes use.
    routes.sort_by_key(|route| route.path == "/api/user/logout");
    let mut statuses = BTreeSet::new();
    for route in routes {
        let method: Method = route.method.parse().expect("a method");
        let parts: Vec<_> =
            route.path.split('/').map(|part| if part.starts_with('{') { UNKNOWN_ID } else { part }).collect();
        let path = parts.join("/");
        let url = stack.url(&path);
        for request in [
            stack.http.request(method.clone(), &url),
            stack.http.request(method.clone(), &url).bearer_auth("not.a.token"),
            stack.http.request(method.clone(), &url).header("content-type", "text/plain").body("x"),
            ada.request(method.clone(), &path),
            ada.request(method.clone(), &path).header("content-type", "application/json").body("{"),
            ada.request(method.clone(), &path).json(&json!({})),
        ] {
            let answer = Answer::of(request).await;
            let public = PUBLIC.iter().find(|(public, _)| *public == path);
            let expected = public.map_or("no-store", |(_, expected)| expected);
            let values: Vec<_> = answer.headers.get_all("cache-control").iter().collect();
            assert_eq!(values, [expected], "{method} {path}: {} {}", answer.status, answer.text());
            assert_has_security_headers(&answer, &format!("{method} {path}"));
            statuses.insert(answer.status);
        }
    }
    for status in [200, 400, 401, 404, 415] {
        assert!(statuses.contains(&status), "{statuses:?}");
    }
}
