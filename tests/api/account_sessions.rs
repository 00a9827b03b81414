//! `/api/users/me/sessions`: lists and ends the sessions of the caller.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::helpers::{
    Answer, PASSWORD, TestStack, User, decode_token, id, not_found, not_signed_in, stack, token_not_valid,
};

const PATH: &str = "/api/users/me/sessions";

/// The id of the session that the user's tokens belong to.
fn session_of(user: &User) -> String {
    decode_token(&user.access).1["sid"].as_str().expect("an id").to_owned()
}

fn path_of(session: &str) -> String {
    format!("{PATH}/{session}")
}

/// Creates another session, with this User-Agent.
async fn sign_in_with(user: &User, agent: &str) -> User {
    let stack = &user.stack;
    let body = json!({"username": user.name, "password": PASSWORD});
    let request = stack.http.post(stack.url("/api/token")).header("user-agent", agent).json(&body);
    let tokens = Answer::of(request).await.json();
    let token = |kind: &str| tokens[kind].as_str().expect("a token").to_owned();
    user.with_tokens(&token("access"), &token("refresh"))
}

async fn listed_ids(user: &User) -> Vec<String> {
    let answer = user.get(PATH).await;
    assert_eq!((answer.status, &answer.json()["next"]), (200, &Value::Null), "{}", answer.text());
    let json = answer.json();
    json["results"].as_array().expect("a list").iter().map(|session| id(session).to_owned()).collect()
}

#[tokio::test]
async fn all_sessions_are_listed_newest_first() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let browser = sign_in_with(&ada, "Mozilla/5.0 (X11; Linux x86_64)").await;
    let program = sign_in_with(&ada, "curl/8.5.0").await;
    stack.signed_up_user("bob").await;
    let answer = browser.get(PATH).await;
    let times = |place: usize| {
        let session = &answer.json()["results"][place];
        ["created_at", "last_used_at"].map(|name| session[name].as_str().expect("a time").to_owned())
    };
    let mut results = Vec::new();
    for (place, (user, agent)) in [
        (&program, json!("curl/8.5.0")),
        (&browser, json!("Mozilla/5.0 (X11; Linux x86_64)")),
        (&ada, Value::Null),
    ]
    .into_iter()
    .enumerate()
    {
        let [created, used] = times(place);
        let signed_in = decode_token(&user.access).1["iat"].as_i64().expect("a time");
        let seconds = created.parse::<Timestamp>().expect("RFC 3339").as_second();
        assert!(created.ends_with('Z') && (seconds - signed_in).abs() <= 1, "{created}");
        assert_eq!(created, used);
        results.push(json!({
            "id": session_of(user), "created_at": created, "last_used_at": used, "user_agent": agent,
            "current": place == 1,
        }));
    }
    answer.assert(200, &json!({"next": null, "results": results}));
    assert_eq!(ada.get(&format!("{PATH}/")).await.json()["results"][2]["current"], true);
}

#[tokio::test]
async fn refreshing_a_token_updates_the_time_of_last_use() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let before = ada.get(PATH).await.json()["results"][0].clone();
    assert_eq!(stack.post("/api/token/refresh", json!({"refresh": ada.refresh})).await.status, 200);
    let after = ada.get(PATH).await.json()["results"][0].clone();
    let time = |session: &Value| session["last_used_at"].as_str().expect("a time").parse::<Timestamp>();
    assert!(time(&after).expect("RFC 3339") > time(&before).expect("RFC 3339"));
    assert_eq!((&after["id"], &after["created_at"]), (&before["id"], &before["created_at"]));
}

#[tokio::test]
async fn a_long_list_is_split_into_pages() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let mut sessions = vec![session_of(&ada)];
    for _ in 0..2 {
        sessions.insert(0, session_of(&stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await));
    }
    let mut page = ada.get(&format!("{PATH}?limit=1")).await.json();
    for (place, session) in sessions.iter().enumerate() {
        assert_eq!(page["results"].as_array().map(Vec::len), Some(1), "{page}");
        assert_eq!(id(&page["results"][0]), session);
        if place < 2 {
            page = ada.follow(&page["next"]).await.json();
        }
    }
    assert_eq!(page["next"], Value::Null);
    assert_eq!(listed_ids(&ada).await, sessions);
}

#[tokio::test]
async fn invalid_limits_and_cursors_are_refused() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    for (query, errors) in [
        ("limit=ten", json!({"limit": ["A valid integer is required."]})),
        ("limit=0", json!({"limit": ["Ensure this value is greater than or equal to 1."]})),
        ("limit=101", json!({"limit": ["Ensure this value is less than or equal to 100."]})),
        ("cursor=x", json!({"cursor": ["Invalid cursor."]})),
    ] {
        ada.get(&format!("{PATH}?{query}")).await.assert(400, &errors);
        stack.get(&format!("{PATH}?{query}")).await.assert(401, &not_signed_in());
    }
    let bob = stack.signed_up_user("bob").await;
    stack.sign_in(&bob.name, PASSWORD, bob.id.clone()).await;
    let bobs = bob.get(&format!("{PATH}?limit=1")).await.json();
    // Bob's cursor is only a position in Ada's own list.
    let page = ada.follow(&bobs["next"]).await.json();
    for session in page["results"].as_array().expect("a list") {
        assert_eq!(id(session), session_of(&ada));
    }
}

#[tokio::test]
async fn ended_and_expired_sessions_are_not_listed() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let sign_in = async || stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
    let (signed_out, expired) = (sign_in().await, sign_in().await);
    assert_eq!(signed_out.post("/api/user/logout", json!({})).await.status, 200);
    let (pk, sk) = (format!("USER#{}", ada.id), format!("SESSION#{}", session_of(&expired)));
    stack.set_attribute(&pk, &sk, "expires_at", json!({"S": "2026-01-01T00:00:00Z"})).await;
    assert_eq!(listed_ids(&ada).await, [session_of(&ada)]);
    expired.get(PATH).await.assert(401, &token_not_valid());

    assert_eq!(ada.post("/api/user/logout", json!({"all": true})).await.status, 200);
    let again = sign_in().await;
    assert_eq!(listed_ids(&again).await, [session_of(&again)], "all earlier sessions have ended");
}

#[tokio::test]
async fn ending_another_session_invalidates_its_tokens_immediately() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let other_session = stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
    let third = stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
    let path = path_of(&session_of(&other_session));
    let answer = ada.delete(&path).await;
    assert_eq!((answer.status, answer.text().as_str(), answer.header("content-type")), (204, "", ""));
    other_session.assert_signed_out().await;
    ada.assert_signed_in().await;
    third.assert_signed_in().await;
    assert_eq!(listed_ids(&ada).await, [session_of(&third), session_of(&ada)]);
    ada.delete(&path).await.assert(404, &not_found());
    assert_eq!(ada.delete(&format!("{}/", path_of(&session_of(&third)))).await.status, 204);
    third.assert_signed_out().await;
}

#[tokio::test]
async fn the_callers_own_session_can_be_ended() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let other_session = stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
    assert_eq!(ada.delete(&path_of(&session_of(&ada))).await.status, 204);
    ada.assert_signed_out().await;
    other_session.assert_signed_in().await;
}

#[tokio::test]
async fn an_id_that_is_not_a_session_of_the_caller_is_not_found() {
    let stack = stack();
    let (ada, bob) = (stack.signed_up_user("ada").await, stack.signed_up_user("bob").await);
    let unknown = "019ce36f-2530-7000-8000-000000000002".to_owned();
    let uppercase = session_of(&ada).to_uppercase();
    let long = "x".repeat(5000);
    for session in
        [session_of(&bob), unknown, uppercase, ada.id.clone(), "x".to_owned(), "%00".to_owned(), long]
    {
        ada.delete(&path_of(&session)).await.assert(404, &not_found());
    }
    bob.assert_signed_in().await;
    ada.assert_signed_in().await;
}

#[tokio::test]
async fn sessions_are_neither_shown_nor_ended_without_a_valid_token() {
    let stack: TestStack = stack();
    let ada = stack.signed_up_user("ada").await;
    stack.get(PATH).await.assert(401, &not_signed_in());
    stack.delete(&path_of(&session_of(&ada))).await.assert(401, &not_signed_in());
    let signed_out = stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
    assert_eq!(signed_out.post("/api/user/logout", json!({})).await.status, 200);
    signed_out.get(PATH).await.assert(401, &token_not_valid());
    signed_out.delete(&path_of(&session_of(&ada))).await.assert(401, &token_not_valid());
    ada.assert_signed_in().await;
}
