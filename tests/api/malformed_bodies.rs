//! Malformed bodies cause no server error on any route.

use futures_util::{StreamExt, stream};
use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{Answer, Body, TestStack, User, malformed_bodies, stack};

/// A path parameter for every route: an id and a token that do not exist.
const UNKNOWN_ID: &str = "019ce36f-2530-7000-8000-00000000dead";

/// Each route gets about four of the bodies, and different routes get different ones.
#[tokio::test]
async fn a_sample_of_malformed_bodies_causes_no_server_error() {
    assert_no_server_error(&stack(), 60).await;
}

#[tokio::test]
#[ignore = "some ten thousand requests; .ci/run runs it"]
async fn no_malformed_body_causes_a_server_error_on_any_route() {
    assert_no_server_error(&stack(), 1).await;
}

/// Sends one in `one_in` of the bodies to every route that takes a body, and different ones to each route.
pub async fn assert_no_server_error(stack: &TestStack, one_in: usize) {
    let bodies = malformed_bodies();
    assert!(bodies.len() >= 200, "{}", bodies.len());
    let routes =
        stack.deployment().routes.iter().filter(|route| !["GET", "HEAD"].contains(&route.method.as_str()));
    for (place, route) in routes.enumerate() {
        let method: Method = route.method.parse().expect("a method");
        let path: Vec<_> =
            route.path.split('/').map(|part| if part.starts_with('{') { UNKNOWN_ID } else { part }).collect();
        let path = path.join("/");
        // Each route gets its own user, because some routes end the session.
        let user = stack.signed_up_user("eve").await;
        let bodies = bodies.iter().skip(place % one_in).step_by(one_in);
        let answers = stream::iter(bodies).map(|body| send(&user, &method, &path, body)).buffer_unordered(8);
        let mut answers = std::pin::pin!(answers);
        while let Some((answer, (content_type, bytes))) = answers.next().await {
            let excerpt = String::from_utf8_lossy(&bytes[..bytes.len().min(300)]);
            assert!(
                answer.status < 500,
                "{method} {path}: {} for {content_type}: {excerpt}",
                user.stack.explain(&answer)
            );
            if answer.status >= 400 {
                assert!(answer.json().is_object(), "{method} {path}: {}", answer.text());
            }
        }
    }
}

async fn send<'a>(user: &User, method: &Method, path: &str, body: &'a Body) -> (Answer, &'a Body) {
    let request =
        user.request(method.clone(), path).header("content-type", body.0.as_bytes()).body(body.1.clone());
    (Answer::of(request).await, body)
}

#[tokio::test]
async fn a_value_of_the_wrong_type_is_refused_under_the_name_of_its_field() {
    let ada = stack().signed_up_user("ada").await;
    let not_text = json!({"a": []});
    for (method, path, fields) in [
        (Method::PATCH, "/api/users/me", vec!["email", "current_password"]),
        (Method::POST, "/api/users/me/password", vec!["current_password", "new_password"]),
        (Method::DELETE, "/api/users/me", vec!["password"]),
        (Method::POST, "/api/user/resend-verification", vec!["email"]),
        (Method::POST, "/api/user/password-reset", vec!["email"]),
    ] {
        let body: Value = fields.iter().map(|field| ((*field).to_owned(), not_text.clone())).collect();
        let refused: Value =
            fields.iter().map(|field| ((*field).to_owned(), json!(["Not a valid string."]))).collect();
        Answer::of(ada.request(method, path).json(&body)).await.assert(400, &refused);
    }
}
