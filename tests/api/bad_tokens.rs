//! Every route with every kind of bad token, and with extra fields.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{
    Answer, PASSWORD, SigningKey, TestStack, User, decode_token, jwt, mailing_stack, stack, token_not_valid,
};

/// The routes that need no access token. All others must require one.
pub const PUBLIC_ROUTES: [&str; 46] = [
    "POST /api/users",
    "POST /api/user/register",
    "GET /api/verify-email/{token}",
    "HEAD /api/verify-email/{token}",
    "POST /api/verify-email/{token}",
    "POST /api/user/resend-verification",
    "POST /api/user/password-reset",
    "GET /api/user/password-reset/{token}",
    "HEAD /api/user/password-reset/{token}",
    "POST /api/user/password-reset/{token}",
    "POST /api/token",
    "POST /token",
    "POST /api/token/refresh",
    "POST /api/token/verify",
    "POST /api/token/refresh-and-verify",
    "POST /api/users/authentication",
    "POST /api/user/login",
    "POST /gettoken",
    "POST /tokenrefresh",
    "POST /verifytoken",
    "GET /api/account-tiers",
    "HEAD /api/account-tiers",
    "GET /s/{token}",
    "HEAD /s/{token}",
    "POST /s/{token}",
    "GET /api/settings",
    "HEAD /api/settings",
    "GET /health",
    "HEAD /health",
    "GET /openapi.json",
    "GET /docs",
    "GET /.well-known/jwks.json",
    "HEAD /.well-known/jwks.json",
    // This route requires a token, but refuses bad ones in a dialect. A separate test covers it.
    "POST /api/token/authentication-token-header",
    "GET /openapi.json",
    "HEAD /openapi.json",
    "GET /docs",
    "HEAD /docs",
    "GET /",
    "HEAD /",
    "GET /app/{file+}",
    "HEAD /app/{file+}",
    "GET /favicon.ico",
    "HEAD /favicon.ico",
    "GET /robots.txt",
    "HEAD /robots.txt",
];

/// The password that replaces [`PASSWORD`].
const NEW_PASSWORD: &str = "another horse battery";

/// Bad variants of Ada's token, each with what is wrong with it.
fn bad_tokens(ada: &User) -> Vec<(&'static str, String)> {
    let [previous, current, _] = ada.stack.signing_keys();
    let eve = SigningKey::unknown(&current.kid);
    let (header, claims) = decode_token(&ada.access);
    let now = claims["iat"].as_i64().expect("a time");
    let but = |whole: &Value, field: &str, value: Value| {
        let mut other = whole.clone();
        other[field] = value;
        other
    };
    let signed = |field, value| current.sign(&header, &but(&claims, field, value));
    let secret = hmac::Key::new(hmac::HMAC_SHA256, current.public());
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(eve.public())});
    let unsigned = jwt(&but(&header, "alg", json!("none")), &claims, |_| Vec::new());
    let keyed = jwt(&but(&header, "alg", json!("HS256")), &claims, |message| {
        hmac::sign(&secret, message).as_ref().to_vec()
    });
    vec![
        ("alg none", unsigned),
        ("the public key as a secret", keyed),
        ("a key of its own", eve.sign(&but(&header, "jwk", jwk), &claims)),
        ("an unknown key", eve.sign(&but(&header, "kid", json!("eve")), &claims)),
        ("an unknown kid", current.sign(&but(&header, "kid", json!("unknown")), &claims)),
        ("another key's signature", previous.sign(&header, &claims)),
        ("another issuer", signed("iss", json!("satchel:eu-west-1:111111111111:other"))),
        ("expired", signed("exp", json!(now - 1))),
        ("not yet valid", signed("nbf", json!(now + 3600))),
        ("truncated", ada.access[..ada.access.len() - 4].to_owned()),
        ("8 KB", signed("token_type", json!("x".repeat(6000)))),
    ]
}

/// Sends a request to a route with this token in the Authorization header.
async fn call(stack: &TestStack, route: &str, token: &str) -> Answer {
    let (method, path) = route.split_once(' ').expect("a method and a path");
    let path = path.replace("{id}", "018f3c5e-0000-7000-8000-000000000000");
    let request =
        stack.http.request(Method::from_bytes(method.as_bytes()).expect("a method"), stack.url(&path));
    let request = if method == "GET" { request } else { request.json(&json!({})) };
    Answer::of(request.bearer_auth(token)).await
}

#[tokio::test]
async fn every_route_that_is_not_public_refuses_every_bad_token() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let mut bad = bad_tokens(&ada);
    bad.push(("a refresh token", ada.refresh.clone()));
    let routes = stack.deployment().routes.iter().map(|route| format!("{} {}", route.method, route.path));
    let closed: Vec<_> = routes.filter(|route| !PUBLIC_ROUTES.contains(&route.as_str())).collect();
    assert!(closed.iter().any(|route| route == "GET /api/users/me"), "{closed:?}");
    for route in &closed {
        for (what, token) in &bad {
            let answer = call(&stack, route, token).await;
            assert_eq!(answer.status, 401, "{route}, {what}: {}", stack.explain(&answer));
            answer.assert(401, &token_not_valid());
        }
        // The route accepts the valid token.
        if route.starts_with("GET ") {
            assert_ne!(call(&stack, route, &ada.access).await.status, 401, "{route}");
        }
    }
}

#[tokio::test]
async fn every_route_with_a_token_in_its_body_or_in_a_dialect_refuses_every_bad_token() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let mut bad = bad_tokens(&ada);
    bad.push(("100 KB", "x".repeat(100_000)));
    let invalid = json!({"detail": "Token is invalid or expired", "code": "token_not_valid"});
    let wrong_type = json!({"detail": "Token has wrong type", "code": "token_not_valid"});
    for (what, token) in &bad {
        let post = async |route: &str, field: &str| stack.post(route, json!({field: token})).await;
        post("/api/token/verify", "token").await.assert(401, &invalid);
        post("/api/token/refresh", "refresh").await.assert(401, &invalid);
        let message = json!({"message": "Invalid refresh token"});
        post("/api/token/refresh-and-verify", "refresh").await.assert(401, &message);
        let renewed = post("/tokenrefresh", "refresh").await;
        let reason =
            if *what == "expired" { "The given token is expired." } else { "The given token is invalid." };
        renewed.assert(400, &json!({"refresh": [reason]}));
        let checked = post("/verifytoken", "token").await;
        checked.assert(400, &json!({"token": ["Token is invalid or expired."]}));
        if *what != "100 KB" {
            let answer = call(&stack, "POST /api/token/authentication-token-header", token).await;
            answer.assert(401, &json!({"message": "Invalid access token"}));
        }
    }
    // An access token cannot be refreshed, and a refresh token does not authenticate.
    let refresh = json!({"refresh": ada.access});
    stack.post("/api/token/refresh", refresh.clone()).await.assert(401, &wrong_type);
    for (route, status) in [("/api/token/refresh-and-verify", 401), ("/tokenrefresh", 400)] {
        assert_eq!(stack.post(route, refresh.clone()).await.status, status, "{route}");
    }
    let answer = call(&stack, "POST /api/token/authentication-token-header", &ada.refresh).await;
    answer.assert(401, &json!({"message": "Invalid access token"}));
    ada.assert_signed_in().await;
}

async fn patch(user: &User, path: &str, body: Value) -> Answer {
    Answer::of(user.request(Method::PATCH, path).json(&body)).await
}

#[tokio::test]
async fn extra_fields_grant_no_rights_on_any_route() {
    let stack = mailing_stack();
    let extra_fields = json!({
        "is_staff": true, "is_superuser": true, "tier": "Enterprise", "id": "018f3c5e-0000-7000-8000-000000000000",
        "email_verified": true, "is_active": false, "awaits_verification": false, "auth_epoch": 7, "used_bytes": -1,
    });
    let with = |body: Value| {
        let mut body_with_extras = extra_fields.clone();
        body_with_extras
            .as_object_mut()
            .expect("an object")
            .extend(body.as_object().expect("an object").clone());
        body_with_extras
    };
    let (name, email) = (stack.fresh_name("eve"), stack.fresh_address());
    let body = with(json!({"username": name, "password": PASSWORD, "email": email}));
    assert_eq!(stack.post("/api/user/register", body).await.status, 201);
    let credentials = json!({"username": name, "password": PASSWORD});
    assert_eq!(stack.post("/api/token", credentials).await.status, 401, "the address is not verified");
    let link = stack.link_mailed_to(&email, 1).await;
    assert_eq!(stack.post(&link, with(json!({}))).await.status, 200);
    let eve = stack.sign_in(&name, PASSWORD, String::new()).await;
    let before = eve.get("/api/users/me").await.json();
    let gained = ["tier", "is_staff", "used_bytes", "email"].map(|field| before[field].clone());
    assert_eq!(gained, [json!("Basic"), json!(false), json!(0), json!(email)]);
    assert_ne!(before["id"], extra_fields["id"]);

    let change = with(json!({"email": stack.fresh_address(), "current_password": PASSWORD}));
    patch(&eve, "/api/users/me", change).await.assert(200, &before);
    let password = with(json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD}));
    assert_eq!(eve.post("/api/users/me/password", password).await.status, 204);
    eve.get("/api/users/me").await.assert(200, &before);

    let bob = stack.signed_up_user("bob").await;
    for id in [before["id"].as_str().expect("an id"), &bob.id, "none"] {
        for body in [&extra_fields, &json!({"tier": "Enterprise"}), &json!({"is_active": false}), &json!({})]
        {
            let answer = patch(&eve, &format!("/api/users/{id}"), body.clone()).await;
            answer.assert(404, &json!({"detail": "Not found."}));
        }
    }
    eve.get("/api/users/me").await.assert(200, &before);
    bob.assert_signed_in().await;
}
