//! Tokens are invalid after a logout, a new password, or the closing or deletion of the account.

use reqwest::Method;
use serde_json::json;

use crate::helpers::{
    Answer, PASSWORD, TestStack, User, concurrently, mailing_stack, stack, token_not_valid,
};

/// The password that replaces [`PASSWORD`].
const NEW_PASSWORD: &str = "another horse battery";

/// Sessions of one account, created in every dialect.
struct Sessions {
    pairs: Vec<User>,
    /// The long-lived token of `/api/user/login`.
    login: User,
}

impl Sessions {
    async fn of(ada: &User) -> Self {
        let stack = &ada.stack;
        let body = json!({"username": ada.name, "password": ada.password});
        let mut pairs = vec![stack.sign_in(&ada.name, &ada.password, ada.id.clone()).await];
        for route in ["/token", "/api/users/authentication", "/gettoken"] {
            let answer = stack.post(route, body.clone()).await.json();
            let token = |kind: &str| answer[kind].as_str().expect("a token").to_owned();
            pairs.push(ada.with_tokens(&token("access"), &token("refresh")));
        }
        // One pair is refreshed. Its old refresh token is still in the grace period.
        let answer = stack.post("/api/token/refresh", json!({"refresh": pairs[0].refresh})).await.json();
        let token = |kind: &str| answer[kind].as_str().expect("a token").to_owned();
        pairs.push(ada.with_tokens(&token("access"), &token("refresh")));
        let token = stack.post("/api/user/login", body).await.json()["token"].take();
        Self { pairs, login: ada.with_tokens(token.as_str().expect("a token"), "") }
    }

    async fn assert_ended(&self) {
        for pair in &self.pairs {
            pair.assert_signed_out().await;
        }
        self.login.get("/api/users/me").await.assert(401, &token_not_valid());
        let verified = self.login.stack.post("/api/token/verify", json!({"token": self.login.access})).await;
        assert_eq!(verified.status, 401, "{}", verified.text());
    }
}

/// A new staff member.
async fn staff_user(stack: &TestStack) -> User {
    let boss = stack.signed_up_user("boss").await;
    let granted = stack.invoke("grant-staff", json!({"username": boss.name, "staff": true})).await;
    granted.expect("the template has the function");
    boss
}

#[tokio::test]
async fn no_token_is_valid_after_logout_everywhere_or_account_deletion() {
    let stack = stack();
    for what in ["logout", "deletion"] {
        let (ada, bob) = (stack.signed_up_user("ada").await, stack.signed_up_user("bob").await);
        let sessions = Sessions::of(&ada).await;
        let answer = match what {
            "logout" => ada.post("/api/user/logout", json!({"all": true})).await,
            _ => {
                let body = json!({"password": PASSWORD});
                Answer::of(ada.request(Method::DELETE, "/api/users/me").json(&body)).await
            }
        };
        assert!([200, 204].contains(&answer.status), "{what}: {}", answer.text());
        sessions.assert_ended().await;
        ada.assert_signed_out().await;
        bob.assert_signed_in().await;
    }
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn after_a_password_change_only_the_tokens_of_the_changing_session_are_valid() {
    let ada = stack().signed_up_user("ada").await;
    let sessions = Sessions::of(&ada).await;
    let body = json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD});
    assert_eq!(ada.post("/api/users/me/password", body).await.status, 204);
    sessions.assert_ended().await;
    ada.assert_signed_in().await;
}

#[tokio::test]
async fn no_token_is_valid_after_a_password_reset() {
    let stack = mailing_stack();
    let (ada, email) = stack.verified_user("ada").await;
    let sessions = Sessions::of(&ada).await;
    stack.reset_mail_interval().await;
    assert_eq!(stack.post("/api/user/password-reset", json!({"email": email})).await.status, 202);
    let link = stack.link_mailed_to(&email, 2).await;
    ada.assert_signed_in().await;
    assert_eq!(stack.post(&link, json!({"new_password": NEW_PASSWORD})).await.status, 204);
    sessions.assert_ended().await;
    ada.assert_signed_out().await;
}

#[tokio::test]
async fn no_token_is_valid_after_its_account_was_closed_even_if_it_is_reopened() {
    let stack = stack();
    let (ada, boss) = (stack.signed_up_user("ada").await, staff_user(&stack).await);
    let sessions = Sessions::of(&ada).await;
    for is_active in [false, true] {
        let request = boss.request(Method::PATCH, &format!("/api/users/{}", ada.id));
        let answer = Answer::of(request.json(&json!({"is_active": is_active}))).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        sessions.assert_ended().await;
        ada.assert_signed_out().await;
        let credentials = json!({"username": ada.name, "password": PASSWORD});
        let expected = if is_active { 200 } else { 401 };
        assert_eq!(stack.post("/api/token", credentials).await.status, expected);
    }
    boss.assert_signed_in().await;
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn no_concurrent_sign_in_with_the_old_password_survives_a_password_change() {
    const ROUNDS: usize = 12;
    let stack = stack();
    let round = |_| {
        let stack = stack.clone();
        async move {
            let ada = stack.signed_up_user("ada").await;
            let credentials = json!({"username": ada.name, "password": PASSWORD});
            let sign_ins = (0..5).map(|_| {
                let (stack, body) = (stack.clone(), credentials.clone());
                async move { stack.post("/api/token", body).await }
            });
            let body = json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD});
            let (sign_ins, changed) =
                tokio::join!(concurrently(sign_ins), ada.post("/api/users/me/password", body));
            assert_eq!(changed.status, 204, "{}", changed.text());
            for answer in &sign_ins {
                match answer.status {
                    200 => {
                        let tokens = answer.json();
                        let token = |kind: &str| tokens[kind].as_str().expect("a token").to_owned();
                        ada.with_tokens(&token("access"), &token("refresh")).assert_signed_out().await;
                    }
                    401 => {}
                    _ => panic!("{}", stack.explain(answer)),
                }
            }
            ada.assert_signed_in().await;
            assert_eq!(stack.post("/api/token", credentials).await.status, 401);
            stack.sign_in(&ada.name, NEW_PASSWORD, ada.id.clone()).await;
            sign_ins.iter().filter(|answer| answer.status == 200).count()
        }
    };
    let signed_in: usize = concurrently((0..ROUNDS).map(round)).await.into_iter().sum();
    assert!(
        signed_in > 0 && signed_in < ROUNDS * 5,
        "{signed_in} sign-ins succeeded, so they did not overlap with the change"
    );
}
