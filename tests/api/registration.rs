//! `POST /api/user/register`, and the settings for who can sign up.

use serde_json::{Value, json};

use crate::helpers::{PASSWORD, TestStack, stack, stack_with};

const REQUIRED: &str = "This field is required.";
const ROUTES: [&str; 2] = ["/api/users", "/api/user/register"];

/// A valid body of a sign-up.
fn sign_up_body(stack: &TestStack) -> Value {
    json!({"username": stack.fresh_name("reg"), "email": stack.fresh_address(), "password": PASSWORD})
}

#[tokio::test]
async fn registering_sends_a_verification_mail() {
    let stack = stack();
    let body = sign_up_body(&stack);
    let expected = json!({
        "message": "Registration successful. Please check your email for verification instructions."
    });
    stack.post("/api/user/register", body.clone()).await.assert(201, &expected);
    let credentials = json!({"username": body["username"], "password": PASSWORD});
    assert_eq!(stack.post("/api/token", credentials.clone()).await.status, 401);
    let mails = stack.mails(body["email"].as_str().expect("an address"), 1).await;
    let link = stack.link_in(&mails[0]).expect("a link");
    assert_eq!(stack.post(&link, json!({})).await.status, 200);
    assert_eq!(stack.post("/api/token", credentials).await.status, 200);
}

#[tokio::test]
async fn an_empty_body_gets_one_error_for_all_three_fields() {
    let expected = json!({
        "error": "Username, password, and email are required",
        "errors": {"username": [REQUIRED], "password": [REQUIRED], "email": [REQUIRED]},
    });
    stack().post("/api/user/register", json!({})).await.assert(400, &expected);
}

#[tokio::test]
async fn the_value_of_error_is_the_first_message_in_errors() {
    let stack = stack();
    let taken = stack.signed_up_user("reg").await.name;
    for (field, value, message) in [
        ("username", None, REQUIRED),
        ("email", None, REQUIRED),
        ("password", None, REQUIRED),
        ("email", Some(json!("")), "This field may not be blank."),
        ("email", Some(json!("nowhere")), "Enter a valid email address."),
        ("password", Some(json!("password1")), "This password is too common."),
        ("username", Some(json!(taken)), "A user with that username already exists."),
    ] {
        let mut body = sign_up_body(&stack);
        match value {
            Some(value) => body[field] = value,
            None => _ = body.as_object_mut().expect("an object").remove(field),
        }
        let expected = json!({"error": message, "errors": {field: [message]}});
        stack.post("/api/user/register", body).await.assert(400, &expected);
    }
    let body = json!({"username": "ada", "email": "nowhere", "password": "83746591028"});
    let errors = json!({
        "email": ["Enter a valid email address."],
        "password": ["This password is entirely numeric."],
    });
    let expected = json!({"error": "Enter a valid email address.", "errors": errors});
    stack.post("/api/user/register", body).await.assert(400, &expected);
}

#[tokio::test]
async fn closed_registration_refuses_sign_ups_with_a_reason() {
    let stack = stack_with(&[("Registration", "closed")]);
    for route in ROUTES {
        let answer = stack.post(route, sign_up_body(&stack)).await;
        answer.assert(403, &json!({"detail": "Registration is closed."}));
    }
}

#[tokio::test]
async fn only_addresses_of_allowed_domains_can_sign_up() {
    let stack =
        stack_with(&[("Registration", "domains"), ("RegistrationDomains", "example.org, Example.COM")]);
    for domain in ["example.org", "EXAMPLE.org", "example.com"] {
        for route in ROUTES {
            let mut body = sign_up_body(&stack);
            body["email"] = json!(format!("{}@{domain}", stack.fresh_name("mail")));
            assert_eq!(stack.post(route, body).await.status, 201, "{domain}");
        }
    }
    for domain in ["example.net", "sub.example.org", "example.org.example.net", "notexample.org"] {
        let mut body = sign_up_body(&stack);
        body["email"] = json!(format!("ada@{domain}"));
        let answer = stack.post("/api/users", body).await;
        answer.assert(400, &json!({"email": ["Addresses of this domain cannot be used here."]}));
    }
    // A sign-up without an address has no domain, so it is refused.
    let nameless = json!({"username": stack.fresh_name("reg"), "password": PASSWORD});
    stack.post("/api/users", nameless).await.assert(400, &json!({"email": [REQUIRED]}));
}

#[tokio::test]
async fn a_deployment_can_require_an_address() {
    let stack = stack_with(&[("RequireEmail", "true")]);
    for (email, message) in [
        (None, REQUIRED),
        (Some(json!("")), "This field may not be blank."),
        (Some(Value::Null), "This field may not be null."),
    ] {
        let mut body = json!({"username": stack.fresh_name("reg"), "password": PASSWORD});
        if let Some(email) = email {
            body["email"] = email;
        }
        stack.post("/api/users", body).await.assert(400, &json!({"email": [message]}));
    }
    assert_eq!(stack.post("/api/users", sign_up_body(&stack)).await.status, 201);
}
