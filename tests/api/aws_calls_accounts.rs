//! How many AWS calls in sequence requests about accounts make.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use crate::aws_calls::CallCounter;
use crate::helpers::PASSWORD;

#[tokio::test]
async fn listing_sessions_takes_one_call() {
    let counter = CallCounter::start().await;
    let ada = counter.stack.signed_up_user("ada").await;
    let list = async || ada.get("/api/users/me/sessions").await;
    assert_eq!(counter.sequential_calls("list-sessions", list).await, 1);
}

#[tokio::test]
async fn showing_an_account_to_staff_takes_one_call_and_finding_or_listing_accounts_two() {
    let counter = CallCounter::start().await;
    let grace = counter.stack.signed_up_user("grace").await;
    let order = json!({"username": grace.name, "staff": true});
    assert_eq!(counter.stack.post("/_local/invoke/grant-staff", order).await.status, 200);
    let show = async || grace.get(&format!("/api/users/{}", grace.id)).await;
    assert_eq!(counter.sequential_calls("get-user", show).await, 1);
    // The first call finds the id by the name, and the second finds the account by the id.
    let find = async || grace.get(&format!("/api/users?username={}", grace.name)).await;
    assert_eq!(counter.sequential_calls("list-users", find).await, 2);
    // The first call reads the index, and the second reads the accounts of the page.
    for path in ["/api/users", "/api/users?username_prefix=g"] {
        assert_eq!(counter.sequential_calls("list-users", async || grace.get(path).await).await, 2, "{path}");
    }
}

#[tokio::test]
async fn requesting_a_mail_takes_one_call_for_known_and_unknown_addresses() {
    let counter = CallCounter::start().await;
    let stack = &counter.stack;
    let (_, email) = stack.verified_user("ada").await;
    for email in [email, stack.fresh_address()] {
        for (function, path) in [
            ("request-password-reset", "/api/user/password-reset"),
            ("resend-verification", "/api/user/resend-verification"),
        ] {
            let ask = async || stack.post(path, json!({"email": email})).await;
            assert_eq!(counter.sequential_calls(function, ask).await, 1, "{function}");
        }
    }
}

#[tokio::test]
async fn changing_a_password_takes_three_calls() {
    let counter = CallCounter::start().await;
    let ada = counter.stack.signed_up_user("ada").await;
    let passwords = [PASSWORD, "another horse battery"];
    let count = AtomicUsize::new(0);
    let change = async || {
        let number = count.fetch_add(1, Ordering::Relaxed);
        let (current, new) = (passwords[number % 2], passwords[(number + 1) % 2]);
        ada.post("/api/users/me/password", json!({"current_password": current, "new_password": new})).await
    };
    // The first call reads the caller. In parallel, the next calls read the hash and count the attempt. Again in
    // parallel, the last ones change the password and remove the attempt from the counters.
    assert_eq!(counter.sequential_calls("change-password", change).await, 3);
}
