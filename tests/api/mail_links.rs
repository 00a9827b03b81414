//! Actions that leave mailed links valid.

use serde_json::json;

use crate::helpers::{PASSWORD, mailing_stack, stack};
use crate::password_reset::{NEW_PASSWORD, reset, signs_in, user_with_reset_link};

#[tokio::test]
async fn signing_in_before_verification_leaves_the_link_valid() {
    let stack = stack();
    let ada = stack.unverified_account("ada", &stack.fresh_address()).await;
    let link = stack.link_for(&ada).await;
    let credentials = json!({"username": ada.name, "password": PASSWORD});
    for route in ["/api/token", "/api/user/login"] {
        assert_eq!(stack.post(route, credentials.clone()).await.status, 401);
    }
    assert_eq!(stack.post(&link, json!({})).await.status, 200);
    assert_eq!(stack.post("/api/token", credentials).await.status, 200);
}

#[tokio::test]
async fn signing_in_with_the_old_password_leaves_the_reset_link_valid() {
    let stack = mailing_stack();
    let (ada, _, link) = user_with_reset_link(&stack).await;
    assert!(signs_in(&ada, PASSWORD).await);
    assert_eq!(ada.post("/api/user/logout", json!({})).await.status, 200);
    assert_eq!(reset(&stack, &link, NEW_PASSWORD).await.status, 204);
    assert!(signs_in(&ada, NEW_PASSWORD).await && !signs_in(&ada, PASSWORD).await);
}
