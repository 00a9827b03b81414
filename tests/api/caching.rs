//! Responses that no cache may store.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::json;

use crate::helpers::{Answer, stack};

/// A path parameter for every route: an id and a token that do not exist.
const UNKNOWN_ID: &str = "019ce36f-2530-7000-8000-00000000dead";

/// The only routes whose responses may be cached.
const PUBLIC: [&str; 3] = ["/.well-known/jwks.json", "/openapi.json", "/docs"];

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn no_response_may_be_stored_except_the_public_keys_and_the_reference() {
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
            let expected = if PUBLIC.contains(&path.as_str()) { "public, max-age=300" } else { "no-store" };
            let values: Vec<_> = answer.headers.get_all("cache-control").iter().collect();
            assert_eq!(values, [expected], "{method} {path}: {} {}", answer.status, answer.text());
            statuses.insert(answer.status);
        }
    }
    for status in [200, 400, 401, 404, 415] {
        assert!(statuses.contains(&status), "{statuses:?}");
    }
}
