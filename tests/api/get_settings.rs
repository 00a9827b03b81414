//! `GET /api/settings`.

use serde_json::{Value, json};

use crate::helpers::{TestStack, stack, stack_with};

async fn settings(stack: &TestStack) -> Value {
    let answer = stack.get("/api/settings").await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "public, max-age=60"));
    answer.json()
}

#[tokio::test]
async fn a_default_deployment_is_open_and_needs_no_address() {
    let expected = json!({
        "registration": "open", "email_required": false, "mail": true,
        "max_form_bytes": 4 * 1024 * 1024, "max_image_bytes": 50 * 1024 * 1024,
    });
    assert_eq!(settings(&stack()).await, expected);
}

#[tokio::test]
#[ignore = "left to .ci/run, because it starts two stacks"]
async fn the_settings_state_who_may_sign_up() {
    let closed = settings(&stack_with(&[("Registration", "closed")])).await;
    assert_eq!((&closed["registration"], &closed["email_required"]), (&json!("closed"), &json!(false)));
    let domains = [("Registration", "domains"), ("RegistrationDomains", "example.com")];
    let domains = settings(&stack_with(&domains)).await;
    assert_eq!((&domains["registration"], &domains["email_required"]), (&json!("domains"), &json!(true)));
}

#[tokio::test]
async fn the_limits_are_those_that_uploads_have() {
    let stack = stack();
    let (ada, settings) = (stack.signed_up_user("ada").await, settings(&stack).await);
    let form = usize::try_from(settings["max_form_bytes"].as_u64().expect("a number")).expect("a size");
    for (size, status) in [(form, 201), (form + 1, 413)] {
        let answer =
            ada.post_file("/api/files", "file", "a.bin", "application/octet-stream", vec![1; size]).await;
        assert_eq!(answer.status, status, "{size}: {}", answer.text());
    }
    let image = settings["max_image_bytes"].as_u64().expect("a number");
    for (size, status) in [(image, 201), (image + 1, 413)] {
        let body = json!({"filename": "a.png", "content_type": "image/png", "size": size});
        let answer = ada.post("/api/images", body).await;
        assert_eq!(answer.status, status, "{size}: {}", answer.text());
    }
}
