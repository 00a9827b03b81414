//! What must not be found: passwords, tokens and addresses in logs, tokens of links in the table.

use serde_json::json;

use crate::helpers::{PASSWORD, stack};

#[tokio::test]
async fn logs_carry_no_password_no_token_and_no_address() {
    let stack = stack();
    let ada = stack.applicant("ada", &stack.fresh_address()).await;
    let link = stack.link_of(&ada).await;
    stack.get(&link).await;
    stack.post(&link, json!({})).await;
    let signed_in = stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
    // Errors are where secrets slip out.
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
async fn the_table_keeps_no_password_and_of_tokens_only_hashes() {
    let stack = stack();
    let ada = stack.applicant("ada", &stack.fresh_address()).await;
    let link = stack.link_of(&ada).await;
    let token = link.rsplit('/').next().expect("a token");
    let bob = stack.signed_up_user("bob").await;
    let mut kept = Vec::new();
    for file in ["dynamodb.sqlite", "dynamodb.sqlite-wal"] {
        kept.extend(std::fs::read(stack.data().file(file)).unwrap_or_default());
    }
    let is_kept = |text: &str| kept.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(is_kept(&ada.name) && is_kept(&bob.id), "the table is looked for in the wrong place");
    for secret in [PASSWORD, token, bob.refresh.rsplit('.').next().expect("a signature")] {
        assert!(!is_kept(secret), "{secret:?} is in the table");
    }
}
