//! `POST /api/users/me/password`: sets a new password and ends all other sessions.

use reqwest::Method;
use serde_json::json;

use crate::helpers::{Answer, PASSWORD, TestStack, User, not_signed_in, stack, token_not_valid};

const PATH: &str = "/api/users/me/password";
const NEW_PASSWORD: &str = "another horse battery";

async fn change(user: &User, current: &str, new: &str) -> Answer {
    user.post(PATH, json!({"current_password": current, "new_password": new})).await
}

async fn sign_in(stack: &TestStack, name: &str, password: &str) -> (u16, serde_json::Value) {
    let answer = stack.post("/api/token", json!({"username": name, "password": password})).await;
    (answer.status, answer.json())
}

#[tokio::test]
async fn a_new_password_ends_all_sessions_except_the_one_that_changed_it() {
    let stack = stack();
    let (ada, bob) = (stack.signed_up_user("ada").await, stack.signed_up_user("bob").await);
    let other_session = stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
    let login =
        stack.post("/api/user/login", json!({"username": ada.name, "password": PASSWORD})).await.json();
    let long_lived = ada.with_tokens(login["token"].as_str().expect("a token"), &other_session.refresh);

    let answer = change(&ada, PASSWORD, NEW_PASSWORD).await;
    assert_eq!((answer.status, answer.text().as_str(), answer.header("content-type")), (204, "", ""));
    other_session.assert_signed_out().await;
    long_lived.assert_signed_out().await;
    ada.assert_signed_in().await;
    bob.assert_signed_in().await;
    let refused = json!({"detail": "No active account found with the given credentials"});
    assert_eq!(sign_in(&stack, &ada.name, PASSWORD).await, (401, refused));
    let again = stack.sign_in(&ada.name, NEW_PASSWORD, ada.id.clone()).await;
    again.assert_signed_in().await;
    ada.assert_signed_in().await;
}

#[tokio::test]
async fn a_session_survives_several_password_changes_of_its_own() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let other_session = stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
    for (current, new) in [
        (PASSWORD, NEW_PASSWORD),
        (NEW_PASSWORD, "a third horse battery"),
        ("a third horse battery", PASSWORD),
    ] {
        assert_eq!(change(&ada, current, new).await.status, 204);
    }
    ada.assert_signed_in().await;
    let newer = stack.post("/api/token/refresh", json!({"refresh": ada.refresh})).await.json();
    let token = |kind: &str| newer[kind].as_str().expect("a token").to_owned();
    ada.with_tokens(&token("access"), &token("refresh")).assert_signed_in().await;
    other_session.assert_signed_out().await;
    stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
}

#[tokio::test]
async fn white_space_in_a_password_is_kept() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    assert_eq!(change(&ada, PASSWORD, " correct horse ").await.status, 204);
    assert_eq!(sign_in(&stack, &ada.name, "correct horse").await.0, 401);
    assert_eq!(sign_in(&stack, &ada.name, " correct horse ").await.0, 200);
}

#[tokio::test]
async fn a_weak_password_is_refused_with_the_messages_of_django() {
    let stack = stack();
    let ada = stack.signed_up_user("grace.hopper").await;
    let long = "x7".repeat(65);
    for (new, messages) in [
        (json!("x7!kq"), json!(["This password is too short. It must contain at least 8 characters."])),
        (json!("Password1"), json!(["This password is too common."])),
        (json!("83746591028"), json!(["This password is entirely numeric."])),
        (json!(ada.name), json!(["The password is too similar to the username."])),
        (
            json!("12345"),
            json!([
                "This password is too short. It must contain at least 8 characters.",
                "This password is too common.",
                "This password is entirely numeric.",
            ]),
        ),
        (json!(long), json!(["Ensure this field has no more than 128 characters."])),
        (json!(""), json!(["This field may not be blank."])),
        (json!(null), json!(["This field may not be null."])),
        (json!(["x"]), json!(["Not a valid string."])),
    ] {
        let body = json!({"current_password": PASSWORD, "new_password": new});
        ada.post(PATH, body).await.assert(400, &json!({"new_password": messages}));
    }
    ada.assert_signed_in().await;
    assert_eq!(sign_in(&stack, &ada.name, PASSWORD).await.0, 200);
}

#[tokio::test]
async fn a_missing_or_wrong_current_password_changes_nothing() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let other_session = stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
    for current in ["wrong horse battery", &PASSWORD.to_uppercase(), &format!("{PASSWORD} ")] {
        let expected = json!({"current_password": ["Invalid password."]});
        change(&ada, current, NEW_PASSWORD).await.assert(400, &expected);
    }
    let required = ["This field is required."];
    let expected = json!({"current_password": required, "new_password": required});
    ada.post(PATH, json!({})).await.assert(400, &expected);
    let expected = json!({"current_password": required, "new_password": ["This password is too common."]});
    ada.post(PATH, json!({"new_password": "Password1"})).await.assert(400, &expected);
    other_session.assert_signed_in().await;
    assert_eq!(sign_in(&stack, &ada.name, NEW_PASSWORD).await.0, 401);
}

#[tokio::test]
async fn only_json_from_a_signed_in_user_is_accepted() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let fields = [("current_password", PASSWORD), ("new_password", NEW_PASSWORD)];
    let message = "Unsupported media type \"application/x-www-form-urlencoded\" in request.";
    let form = ada.request(Method::POST, PATH).form(&fields);
    Answer::of(form).await.assert(415, &json!({"detail": message}));
    let body = json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD});
    stack.post(PATH, body.clone()).await.assert(401, &not_signed_in());
    assert_eq!(ada.post("/api/user/logout", json!({})).await.status, 200);
    ada.post(PATH, body).await.assert(401, &token_not_valid());
    assert_eq!(sign_in(&stack, &ada.name, PASSWORD).await.0, 200);
}
