//! Deployments without CloudFront (`Cdn: none`): API Gateway is the only front door.

use local::invoker::Outcome;
use serde_json::{Value, json};

use crate::front_door::event;
use crate::helpers::{Answer, PASSWORD, TestStack, fixture, id, stack_with};
use crate::throttling::WRONG;

fn stack() -> TestStack {
    // Without a public URL, links have the host of the request.
    stack_with(&[
        ("Cdn", "none"),
        ("PublicUrl", ""),
        ("SignInsPerAccountAndAddress", "2"),
        ("ThrottleSeconds", "3600"),
    ])
}

#[tokio::test]
async fn functions_take_host_and_caller_from_api_gateway_and_ignore_headers() {
    let stack = stack();
    let (name, email) = (stack.fresh_name("eve"), stack.fresh_address());
    let request = stack
        .http
        .post(stack.url("/api/users"))
        .header("x-satchel-host", "evil.example")
        .header("x-forwarded-host", "evil.example")
        .header("x-satchel-origin-secret", "")
        .json(&json!({"username": name, "password": PASSWORD, "email": email}));
    assert_eq!(Answer::of(request).await.status, 201);
    let mail = stack.mails(&email, 1).await.remove(0);
    assert!(mail.text.contains("https://127.0.0.1/api/verify-email/"), "{}", mail.text);
}

#[tokio::test]
async fn a_caller_cannot_pretend_to_have_other_addresses() {
    let stack = stack();
    let (here, elsewhere) = (stack.at_fresh_address(), stack.at_fresh_address());
    let ada = here.signed_up_user("ada").await;
    let attempt = async |stack: &TestStack, pretended: &str, password: &str| {
        let request = stack.http.post(stack.url("/api/token")).header("x-satchel-viewer-ip", pretended);
        let request = request.header("x-forwarded-for", pretended);
        Answer::of(request.json(&json!({"username": ada.name, "password": password}))).await.status
    };
    for pretended in ["203.0.113.1", "203.0.113.2"] {
        assert_eq!(attempt(&here, pretended, WRONG).await, 401);
    }
    assert_eq!(attempt(&here, "203.0.113.3", PASSWORD).await, 429);
    assert_eq!(attempt(&elsewhere, "203.0.113.1", PASSWORD).await, 200);
}

#[tokio::test]
async fn every_route_accepts_requests_without_a_secret() {
    let stack = stack();
    for route in &stack.deployment().routes {
        let event = event(&route.method, &route.path, &json!({"x-satchel-origin-secret": "guess"}));
        let invocation = stack.invoke(&route.function, event).await.expect("a function");
        let Outcome::Answered(answer) = invocation.outcome else { panic!("{:?}", invocation.outcome) };
        let answer: Value = serde_json::from_slice(&answer).expect("JSON");
        assert_ne!(answer["statusCode"], 403, "{} {}: {answer}", route.method, route.path);
    }
}

#[tokio::test]
async fn a_trailing_slash_is_not_removed() {
    let stack = stack();
    assert_eq!(stack.get("/health").await.status, 200);
    let answer = stack.get("/health/").await;
    assert_eq!((answer.status, answer.json()), (404, json!({"message": "Not Found"})));
}

#[tokio::test]
async fn an_image_gets_its_thumbnails() {
    let ada = stack().at_fresh_address().signed_up_user("ada").await;
    let image = ada.upload_image("photo.jpg", "image/jpeg", fixture("photo.jpg")).await;
    let image = ada.get(&format!("/api/images/{}", id(&image))).await.json();
    assert_eq!(ada.stack.fetch(image["thumbnails"]["200"].as_str().expect("a URL")).await.status, 200);
}
