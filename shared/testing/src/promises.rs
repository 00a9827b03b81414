//! Checks that apply to every handler.

use serde_json::json;

use satchel_http::{ApiResult, Request};
use satchel_runtime::Wired;

use crate::{CannedAws, Event, Reply, found_all, refresh_token, user};

/// Checks that `handle` serves `event` only if the caller is signed in, and otherwise refuses it in the words
/// of the contract.
///
/// # Panics
/// If a check fails.
pub async fn refuses_strangers<App: Wired + 'static, Response: Future<Output = ApiResult>>(
    event: &str,
    handle: impl Fn(&'static App, Request) -> Response,
) {
    let none = json!({"detail": "Authentication credentials were not provided."});
    let form = json!({
        "detail": "Authorization header must contain two space-delimited values",
        "code": "bad_authorization_header",
    });
    let bad = json!({
        "detail": "Given token not valid for any token type",
        "code": "token_not_valid",
        "messages": [
            {"token_class": "AccessToken", "token_type": "access", "message": "Token is invalid or expired"},
        ],
    });
    // Signed out: the account exists, the session does not.
    let aws = CannedAws::answering([found_all(&[user()])]).await;
    let event = Event::of(event);
    let with = |value: &str| event.clone().header("authorization", Some(value));
    for (case, event, words) in [
        ("no header", event.clone().header("authorization", None), &none),
        ("another scheme", with("Basic YWRhOnB3"), &none),
        ("no token", with("Bearer"), &form),
        ("not a token", event.clone(), &bad),
        ("a refresh token", with(&format!("Bearer {}", refresh_token())), &bad),
        ("signed out", event.clone().signed_in(), &bad),
    ] {
        let answer = aws.ask(&handle, event).await;
        assert_eq!(answer.outcome(), (401, words.clone()), "{case}");
        assert_eq!(answer.header("www-authenticate"), r#"Bearer realm="api""#, "{case}");
    }
}

/// Checks that `handle` responds to `event` with a 500 without details whenever one of the calls of `replies`
/// fails.
///
/// # Panics
/// If a check fails.
pub async fn hides_failures<App: Wired + 'static, Response: Future<Output = ApiResult>>(
    event: Event,
    replies: &[Reply],
    handle: impl Fn(&'static App, Request) -> Response,
) {
    for (place, failing) in replies.iter().enumerate() {
        let mut replies = replies.to_vec();
        replies[place] = failing.clone().denied();
        let aws = CannedAws::answering(replies).await;
        let answer = aws.ask(&handle, event.clone()).await;
        let silence = json!({"detail": "Internal server error.", "request_id": "request-1"});
        assert_eq!(answer.outcome(), (500, silence), "{}", failing.operation);
    }
}
