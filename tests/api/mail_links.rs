//! Actions that leave mailed links valid.

use serde_json::json;

use crate::helpers::{PASSWORD, mailing_stack, stack};
use crate::password_reset::{NEW, forgetful, reset, signs_in};

#[tokio::test]
async fn signing_in_too_early_leaves_the_verification_link_valid() {
    let stack = stack();
    let ada = stack.applicant("ada", &stack.fresh_address()).await;
    let link = stack.link_of(&ada).await;
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
    let (ada, _, link) = forgetful(&stack).await;
    assert!(signs_in(&ada, PASSWORD).await);
    assert_eq!(ada.post("/api/user/logout", json!({})).await.status, 200);
    assert_eq!(reset(&stack, &link, NEW).await.status, 204);
    assert!(signs_in(&ada, NEW).await && !signs_in(&ada, PASSWORD).await);
}
