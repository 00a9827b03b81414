//! Deployments that send no mail (`Mail: none`): no account has an address.

use serde_json::json;

use crate::helpers::{PASSWORD, TestStack, stack_with};

const NO_MAIL: [&str; 1] = ["This deployment sends no mail."];

fn stack() -> TestStack {
    stack_with(&[("Mail", "none"), ("MailFrom", "")])
}

#[tokio::test]
async fn an_account_without_an_address_can_sign_in_at_once() {
    let stack = stack();
    assert_eq!(stack.get("/api/settings").await.json()["mail"], false);
    let ada = stack.signed_up_user("ada").await;
    assert_eq!(ada.get("/api/users/me").await.json()["email"], json!(null));
}

#[tokio::test]
async fn a_sign_up_with_an_address_is_refused_in_both_dialects_and_takes_no_name() {
    let stack = stack();
    let name = stack.fresh_name("reg");
    let with_address = json!({"username": name, "password": PASSWORD, "email": "ada@example.com"});
    let without = json!({"username": name, "password": PASSWORD});
    let errors = json!({"email": NO_MAIL});
    let in_the_other_dialect = json!({"error": NO_MAIL[0], "errors": errors});
    stack.post("/api/users", with_address.clone()).await.assert(400, &errors);
    for body in [with_address, without.clone()] {
        stack.post("/api/user/register", body).await.assert(400, &in_the_other_dialect);
    }
    assert_eq!(stack.post("/api/users", without).await.status, 201);
}

#[tokio::test]
async fn requests_for_mails_are_refused() {
    let stack = stack();
    for route in ["/api/user/resend-verification", "/api/user/password-reset"] {
        for email in ["ada@example.com", "nowhere"] {
            let answer = stack.post(route, json!({ "email": email })).await;
            // An address that is not valid is refused for this reason.
            let messages = if email == "nowhere" { ["Enter a valid email address."] } else { NO_MAIL };
            answer.assert(400, &json!({"email": messages}));
        }
    }
    let ada = stack.signed_up_user("ada").await;
    let body = json!({"email": "ada@example.com", "current_password": PASSWORD});
    ada.patch("/api/users/me", body).await.assert(400, &json!({"email": NO_MAIL}));
}

#[tokio::test]
async fn links_of_mails_lead_nowhere() {
    let stack = stack();
    let page = stack.get("/api/verify-email/0000").await;
    assert_eq!(page.status, 200);
    stack.post("/api/verify-email/0000", json!({})).await.assert(404, &json!({"detail": "Not found."}));
}

#[tokio::test]
async fn no_mail_is_ever_queued() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let body = json!({"current_password": PASSWORD, "new_password": "another horse battery"});
    assert_eq!(ada.post("/api/users/me/password", body).await.status, 204);
    _ = stack.post("/api/user/password-reset", json!({"email": "ada@example.com"})).await;
    let records = stack.all_records().await;
    assert!(records.iter().any(|record| record["pk"]["S"] == format!("USER#{}", ada.id)));
    let is_mail =
        |record: &&serde_json::Value| record["pk"]["S"].as_str().is_some_and(|pk| pk.starts_with("MAIL#"));
    assert_eq!(records.iter().find(is_mail), None);
}
