//! Logs contain no passwords, tokens or addresses, and the table contains no passwords or tokens.

use serde_json::json;

use crate::helpers::{PASSWORD, note_passwords, secret_in, stack};

#[test]
fn the_log_watch_recognises_secrets() {
    note_passwords(&json!({"new_password": "a rare password", "username": "not a password"}));
    for (line, what) in [
        (format!("x | {PASSWORD}"), Some("a password")),
        ("x | a rare password.".to_owned(), Some("a password")),
        ("x | not a password".to_owned(), None),
        ("x | to=ada@example.org".to_owned(), Some("an address")),
        ("x | Bearer eyJhbGciOiJFZERTQSJ9.e30.c2ln".to_owned(), Some("a token")),
        ("x | /s/BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc".to_owned(), Some("a token")),
        ("x | user_id=019ce36f-2530-7000-8000-000000000001 status=200".to_owned(), None),
    ] {
        assert_eq!(secret_in(&line), what, "{line}");
    }
}

#[tokio::test]
async fn logs_contain_no_password_token_or_address() {
    let stack = stack();
    let ada = stack.unverified_account("ada", &stack.fresh_address()).await;
    let link = stack.link_for(&ada).await;
    stack.get(&link).await;
    stack.post(&link, json!({})).await;
    let signed_in = stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
    // Errors are most likely to reveal secrets.
    stack.post("/api/users", json!({"username": PASSWORD, "password": PASSWORD, "email": ada.email})).await;
    stack.post("/api/token", json!({"username": ada.name, "password": format!("{PASSWORD}?")})).await;
    stack.post_raw("/api/token", "application/json", format!("{{\"password\": {PASSWORD}")).await;
    stack.post_raw("/api/token", PASSWORD, PASSWORD).await;
    stack.post("/api/token/verify", json!({"token": format!("{}x", signed_in.access)})).await;
    stack.post("/api/token/refresh", json!({"refresh": signed_in.refresh})).await;
    signed_in.with_tokens(&signed_in.refresh, "").get("/api/users/me").await;
    signed_in.post("/api/user/logout", json!({"all": true})).await;

    let logs = stack.logs();
    assert!(logs.iter().any(|line| line.starts_with("create-token | ")), "nothing was logged");
    let token = link.rsplit('/').next().expect("a token");
    for secret in [PASSWORD, "eyJ", token, "@example.org", "$argon2"] {
        let found = logs.iter().find(|line| line.contains(secret));
        assert_eq!(found, None, "{secret:?} is in the logs");
    }
}

#[tokio::test]
async fn the_table_contains_no_password_and_no_token() {
    let stack = stack();
    let ada = stack.unverified_account("ada", &stack.fresh_address()).await;
    let link = stack.link_for(&ada).await;
    let token = link.rsplit('/').next().expect("a token");
    let bob = stack.signed_up_user("bob").await;
    let mut kept = Vec::new();
    for file in ["dynamodb.sqlite", "dynamodb.sqlite-wal"] {
        kept.extend(std::fs::read(stack.data().file(file)).unwrap_or_default());
    }
    let is_kept = |text: &str| kept.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(is_kept(&ada.name) && is_kept(&bob.id), "these are not the files of the table");
    for secret in [PASSWORD, token, bob.refresh.rsplit('.').next().expect("a signature")] {
        assert!(!is_kept(secret), "{secret:?} is in the table");
    }
}
