//! `POST /api/user/logout`, and the Authorization header.

use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{Answer, PASSWORD, TestStack, stack, token_not_valid};

fn logout_message() -> Value {
    json!({"message": "Logout successful"})
}

#[tokio::test]
async fn logout_ends_every_token_of_the_session_and_no_other() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let other_session = stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
    let refreshed = stack.post("/api/token/refresh", json!({"refresh": ada.refresh})).await.json();
    let token = |kind: &str| refreshed[kind].as_str().expect("a token").to_owned();
    let later = ada.with_tokens(&token("access"), &token("refresh"));
    later.post("/api/user/logout", json!({})).await.assert(200, &logout_message());
    ada.assert_signed_out().await;
    later.assert_signed_out().await;
    assert_eq!(other_session.get("/api/users/me").await.status, 200);
}

#[tokio::test]
async fn logout_needs_no_body() {
    let ada = stack().signed_up_user("ada").await;
    Answer::of(ada.request(Method::POST, "/api/user/logout")).await.assert(200, &logout_message());
    ada.assert_signed_out().await;
}

#[tokio::test]
async fn logout_everywhere_ends_all_sessions_of_this_account_only() {
    let stack = stack();
    let (ada, bob) = (stack.signed_up_user("ada").await, stack.signed_up_user("bob").await);
    let other_session = stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
    ada.post("/api/user/logout", json!({"all": true})).await.assert(200, &logout_message());
    ada.assert_signed_out().await;
    other_session.assert_signed_out().await;
    assert_eq!(bob.get("/api/users/me").await.status, 200);

    let again = stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
    assert_eq!(again.get("/api/users/me").await.status, 200);
    assert_eq!(stack.post("/api/token/refresh", json!({"refresh": again.refresh})).await.status, 200);
}

#[tokio::test]
async fn a_form_can_request_logout_everywhere() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let other_session = stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
    let kept = ada.request(Method::POST, "/api/user/logout").form(&[("all", "false")]);
    Answer::of(kept).await.assert(200, &logout_message());
    assert_eq!(other_session.get("/api/users/me").await.status, 200);
    let ended = other_session.request(Method::POST, "/api/user/logout").form(&[("all", "true")]);
    Answer::of(ended).await.assert(200, &logout_message());
    other_session.assert_signed_out().await;
}

#[tokio::test]
async fn an_invalid_logout_body_ends_no_session() {
    let ada = stack().signed_up_user("ada").await;
    for all in [json!("maybe"), json!(null), json!([])] {
        let answer = ada.post("/api/user/logout", json!({"all": all})).await;
        assert_eq!((answer.status, answer.json()["all"].is_array()), (400, true), "{}", answer.text());
    }
    let list = Answer::of(ada.request(Method::POST, "/api/user/logout").json(&json!([]))).await;
    let message = "Invalid data. Expected a dictionary, but got list.";
    list.assert(400, &json!({"non_field_errors": [message]}));
    assert_eq!(ada.get("/api/users/me").await.status, 200);
}

#[tokio::test]
async fn the_authorization_header_is_parsed_as_by_django() {
    let ada = stack().signed_up_user("ada").await;
    let access = &ada.access;
    for good in [
        format!("Bearer {access}"),
        format!("bearer {access}"),
        format!("BEARER {access}"),
        format!("Token {access}"),
        format!("token {access}"),
    ] {
        assert_eq!(me(&ada.stack, Some(&good)).await.json()["id"], *ada.id, "{good}");
    }

    let not_provided = json!({"detail": "Authentication credentials were not provided."});
    let basic = format!("Basic {access}");
    for missing in [None, Some(""), Some(access.as_str()), Some(&basic)] {
        me(&ada.stack, missing).await.assert(401, &not_provided);
    }
    let wrong_form = json!({
        "detail": "Authorization header must contain two space-delimited values",
        "code": "bad_authorization_header",
    });
    let (three, two) = (format!("Bearer {access} x"), format!("Token Bearer {access}"));
    for bad in ["Bearer", "Token ", &three, &two] {
        me(&ada.stack, Some(bad)).await.assert(401, &wrong_form);
    }
    for bad in ["Bearer x".to_owned(), format!("Bearer {}", ada.refresh), format!("Token \"{access}\"")] {
        me(&ada.stack, Some(&bad)).await.assert(401, &token_not_valid());
    }
}

#[tokio::test]
async fn logout_requires_the_authorization_header() {
    let answer = stack().post("/api/user/logout", json!({})).await;
    answer.assert(401, &json!({"detail": "Authentication credentials were not provided."}));
}

async fn me(stack: &TestStack, authorization: Option<&str>) -> Answer {
    let request = stack.http.get(stack.url("/api/users/me"));
    Answer::of(match authorization {
        Some(value) => request.header("authorization", value),
        None => request,
    })
    .await
}
