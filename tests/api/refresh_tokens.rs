//! `POST /api/token/refresh`: the successor of a refresh token, concurrent refreshes, and replaced tokens.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::helpers::{Answer, TestStack, User, concurrently, decode_token, stack, stack_with};

/// Longer than the grace period of [`stack_with_short_grace`].
const AFTER_GRACE: Duration = Duration::from_millis(1100);

/// A stack where a replaced token stays valid for one second.
fn stack_with_short_grace() -> TestStack {
    stack_with(&[("MailLinkSeconds", "1"), ("RefreshGraceSeconds", "1")])
}

async fn refresh(stack: &TestStack, token: &str) -> Answer {
    stack.post("/api/token/refresh", json!({"refresh": token})).await
}

/// Refreshes a valid token, and returns its successor.
async fn successor(stack: &TestStack, token: &str) -> String {
    let answer = refresh(stack, token).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["refresh"].as_str().expect("a token").to_owned()
}

/// Fails unless all tokens of the user's session are refused, including `newest`.
async fn assert_ended(user: &User, newest: &str) {
    for token in [&user.refresh, newest] {
        refresh(&user.stack, token).await.assert(401, &invalid());
    }
    let answer = user.get("/api/users/me").await;
    assert_eq!(answer.status, 401, "{}", user.stack.explain(&answer));
}

fn invalid() -> Value {
    json!({"detail": "Token is invalid or expired", "code": "token_not_valid"})
}

#[tokio::test]
async fn a_refresh_returns_an_access_token_and_the_successor() {
    let ada = stack().signed_up_user("ada").await;
    let answer = refresh(&ada.stack, &ada.refresh).await;
    let body = answer.json();
    answer.assert(200, &json!({"access": body["access"], "refresh": body["refresh"]}));
    assert_eq!(answer.header("cache-control"), "no-store");
    let token = |kind: &str| body[kind].as_str().expect("a token").to_owned();
    let refreshed = ada.with_tokens(&token("access"), &token("refresh"));
    assert_ne!((&refreshed.access, &refreshed.refresh), (&ada.access, &ada.refresh));
    // The previous access token stays valid, so that requests in flight do not fail.
    for user in [&ada, &refreshed] {
        assert_eq!(user.get("/api/users/me").await.json()["id"], *ada.id);
    }
    let ((_, before), (_, after)) = (decode_token(&ada.refresh), decode_token(&refreshed.refresh));
    assert_eq!((&before["sid"], &before["token_type"]), (&after["sid"], &after["token_type"]));
    assert_ne!(before["jti"], after["jti"]);
}

#[tokio::test]
async fn an_access_token_cannot_be_used_to_refresh() {
    let ada = stack().signed_up_user("ada").await;
    let expected = json!({"detail": "Token has wrong type", "code": "token_not_valid"});
    refresh(&ada.stack, &ada.access).await.assert(401, &expected);
    assert_eq!(ada.get("/api/users/me").await.status, 200);
}

#[tokio::test]
async fn concurrent_refreshes_get_the_same_successor() {
    let ada = stack().signed_up_user("ada").await;
    let tab = |_| {
        let ada = ada.clone();
        async move { refresh(&ada.stack, &ada.refresh).await }
    };
    let answers = concurrently((0..20).map(tab)).await;
    let first = answers[0].json()["refresh"].clone();
    for answer in &answers {
        assert_eq!((answer.status, &answer.json()["refresh"]), (200, &first), "{}", answer.text());
        let access = answer.json()["access"].as_str().expect("a token").to_owned();
        assert_eq!(ada.with_tokens(&access, "").get("/api/users/me").await.status, 200);
    }
}

#[tokio::test]
async fn a_token_and_its_successor_can_be_refreshed_concurrently() {
    let ada = stack().signed_up_user("ada").await;
    let next = successor(&ada.stack, &ada.refresh).await;
    let tab = |place: usize| {
        let (stack, old) = (ada.stack.clone(), place.is_multiple_of(2));
        let token = if old { ada.refresh.clone() } else { next.clone() };
        async move { (old, successor(&stack, &token).await) }
    };
    let answers = concurrently((0..20).map(tab)).await;
    let newest = answers.iter().find(|(old, _)| !old).expect("an answer").1.clone();
    for (old, token) in answers {
        assert_eq!(token, if old { next.clone() } else { newest.clone() });
    }
}

#[tokio::test]
async fn a_client_that_keeps_its_first_refresh_token_stays_signed_in() {
    let stack = stack_with_short_grace();
    let ada = stack.signed_up_user("ada").await;
    let first = successor(&stack, &ada.refresh).await;
    for _ in 0..5 {
        assert_eq!(successor(&stack, &ada.refresh).await, first);
    }
    tokio::time::sleep(AFTER_GRACE).await;
    assert_eq!(successor(&stack, &ada.refresh).await, first);
}

#[tokio::test]
async fn a_replaced_token_returns_the_same_successor_during_the_grace_period() {
    let ada = stack().signed_up_user("ada").await;
    let second = successor(&ada.stack, &ada.refresh).await;
    let third = successor(&ada.stack, &second).await;
    assert_eq!(successor(&ada.stack, &ada.refresh).await, second);
    assert_eq!(successor(&ada.stack, &second).await, third);
    assert_ne!(second, third);
}

#[tokio::test]
async fn later_refreshes_do_not_shorten_the_grace_period_of_earlier_tokens() {
    let ada = stack().signed_up_user("ada").await;
    let mut chain = vec![ada.refresh.clone()];
    for _ in 0..4 {
        chain.push(successor(&ada.stack, &chain[chain.len() - 1]).await);
    }
    for pair in chain.windows(2) {
        assert_eq!(successor(&ada.stack, &pair[0]).await, pair[1]);
    }
}

#[tokio::test]
async fn using_a_replaced_token_after_the_grace_period_ends_the_session() {
    let stack = stack_with_short_grace();
    let mut replaced = Vec::new();
    for (route, status, body) in [
        ("/api/token/refresh", 401, invalid()),
        ("/api/token/refresh-and-verify", 401, json!({"message": "Invalid refresh token"})),
        ("/tokenrefresh", 400, json!({"refresh": ["The given token is invalid."]})),
    ] {
        let ada = stack.signed_up_user("ada").await;
        let second = successor(&stack, &ada.refresh).await;
        let third = successor(&stack, &second).await;
        replaced.push((route, status, body, ada, third));
    }
    tokio::time::sleep(AFTER_GRACE).await;
    for (route, status, body, ada, third) in replaced {
        stack.post(route, json!({"refresh": ada.refresh})).await.assert(status, &body);
        assert_ended(&ada, &third).await;
    }
}

#[tokio::test]
async fn repeated_use_does_not_extend_the_grace_period() {
    let stack = stack_with_short_grace();
    let ada = stack.signed_up_user("ada").await;
    let second = successor(&stack, &ada.refresh).await;
    let opened = Instant::now();
    let third = successor(&stack, &second).await;
    tokio::time::sleep(AFTER_GRACE / 4).await;
    // Neither the old token nor its successor restarts the grace period when it is used again.
    let again = [refresh(&stack, &second).await, refresh(&stack, &ada.refresh).await];
    let in_time = opened.elapsed() < Duration::from_secs(1);
    if in_time {
        assert_eq!(again.map(|answer| answer.json()["refresh"].clone()), [json!(third), json!(second)]);
    }
    tokio::time::sleep(AFTER_GRACE * 3 / 4).await;
    refresh(&stack, &ada.refresh).await.assert(401, &invalid());
    assert_ended(&ada, &third).await;
}

#[tokio::test]
async fn ending_the_session_leaves_other_sessions_valid() {
    let stack = stack_with_short_grace();
    let ada = stack.signed_up_user("ada").await;
    let other = stack.sign_in(&ada.name, &ada.password, ada.id.clone()).await;
    let second = successor(&stack, &ada.refresh).await;
    successor(&stack, &second).await;
    tokio::time::sleep(AFTER_GRACE).await;
    assert_eq!(refresh(&stack, &ada.refresh).await.status, 401);
    assert_eq!(other.get("/api/users/me").await.status, 200);
    successor(&stack, &other.refresh).await;
}
