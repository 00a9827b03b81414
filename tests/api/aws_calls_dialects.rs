//! How many AWS calls in sequence the dialects of signing in and refreshing make.

use serde_json::json;
use tokio::sync::Mutex;

use crate::aws_calls::CallCounter;
use crate::helpers::PASSWORD;

#[tokio::test]
async fn signing_in_takes_two_calls_in_every_dialect() {
    let counter = CallCounter::start().await;
    let ada = counter.stack.signed_up_user("ada").await;
    for (function, route) in [
        ("authenticate-user", "/api/users/authentication"),
        ("login-user", "/api/user/login"),
        ("obtain-token", "/gettoken"),
    ] {
        let sign_in =
            async || counter.stack.post(route, json!({"username": ada.name, "password": PASSWORD})).await;
        assert_eq!(counter.sequential_calls(function, sign_in).await, 2, "{function}");
    }
}

#[tokio::test]
async fn refreshing_takes_two_calls_in_every_dialect() {
    let counter = CallCounter::start().await;
    let ada = counter.stack.signed_up_user("ada").await;
    for (function, route) in
        [("refresh-and-verify-token", "/api/token/refresh-and-verify"), ("renew-token", "/tokenrefresh")]
    {
        let session = counter.stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
        // Each request needs a new token, because a repeated one takes fewer calls.
        let newest = Mutex::new(session.refresh);
        let refresh = async || {
            let mut token = newest.lock().await;
            let answer = counter.stack.post(route, json!({"refresh": *token})).await;
            answer.json()["refresh"].as_str().expect("a token").clone_into(&mut token);
            answer
        };
        assert_eq!(counter.sequential_calls(function, refresh).await, 2, "{function}");
    }
}

#[tokio::test]
async fn checking_a_token_takes_one_call_in_every_dialect() {
    let counter = CallCounter::start().await;
    let ada = counter.stack.signed_up_user("ada").await;
    let check = async || counter.stack.post("/verifytoken", json!({"token": ada.access})).await;
    assert_eq!(counter.sequential_calls("check-token", check).await, 1);
    let authenticate = async || ada.post("/api/token/authentication-token-header", json!({})).await;
    assert_eq!(counter.sequential_calls("authenticate-header", authenticate).await, 1);
}
