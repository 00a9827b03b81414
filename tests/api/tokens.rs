//! `POST /api/token`, `POST /token` and `POST /api/token/verify`.

use serde_json::{Value, json};

use crate::helpers::{PASSWORD, decode_token, stack};

const ROUTES: [&str; 2] = ["/api/token", "/token"];

fn invalid() -> Value {
    json!({"detail": "Token is invalid or expired", "code": "token_not_valid"})
}

#[tokio::test]
async fn name_and_password_return_a_pair_of_tokens() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    for route in ROUTES {
        let answer = stack.post(route, json!({"username": ada.name, "password": PASSWORD})).await;
        let body = answer.json();
        let expected = json!({"refresh": body["refresh"], "access": body["access"]});
        answer.assert(200, &expected);
        assert_eq!(answer.header("cache-control"), "no-store");
        let token = |kind: &str| body[kind].as_str().expect("a token").to_owned();
        let signed_in = ada.with_tokens(&token("access"), &token("refresh"));
        assert_eq!(signed_in.get("/api/users/me").await.json()["id"], *ada.id);
    }
}

#[tokio::test]
async fn tokens_have_exactly_the_documented_claims() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let [_, signing, _] = stack.signing_keys();
    let issuer =
        stack.deployment().functions.values().next().expect("a function").environment["ISSUER"].clone();
    let mut sessions = Vec::new();
    for (token, kind, seconds) in [(&ada.access, "access", 900), (&ada.refresh, "refresh", 86_400)] {
        let (header, claims) = decode_token(token);
        assert_eq!(header, json!({"typ": "JWT", "alg": "EdDSA", "kid": signing.kid}));
        let from = claims["iat"].as_i64().expect("a time");
        let expected = json!({
            "token_type": kind,
            "exp": from + seconds,
            "iat": from,
            "nbf": from,
            "jti": claims["jti"],
            "iss": issuer,
            "user_id": ada.id,
            "sid": claims["sid"],
        });
        assert_eq!(claims, expected);
        sessions.push((claims["sid"].clone(), claims["jti"].clone()));
    }
    assert_eq!(sessions[0].0, sessions[1].0);
    assert_ne!(sessions[0].1, sessions[1].1);
}

#[tokio::test]
async fn all_wrong_credentials_get_the_same_response() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let long = "x".repeat(100_000);
    for (name, password) in [
        (ada.name.as_str(), "correct horse batterz"),
        (&ada.name, "correct horse battery "),
        (&ada.name, "Correct horse battery"),
        (&ada.name, &long),
        ("nobody of this name", PASSWORD),
        ("NAME#ada", PASSWORD),
        (&long, PASSWORD),
    ] {
        for route in ROUTES {
            let answer = stack.post(route, json!({"username": name, "password": password})).await;
            answer.assert(401, &json!({"detail": "No active account found with the given credentials"}));
        }
    }
}

#[tokio::test]
async fn valid_access_and_refresh_tokens_are_verified() {
    let ada = stack().signed_up_user("ada").await;
    for token in [&ada.access, &ada.refresh] {
        ada.stack.post("/api/token/verify", json!({"token": token})).await.assert(200, &json!({}));
    }
}

#[tokio::test]
async fn a_malformed_token_is_not_verified() {
    for token in ["x", "a.b.c", "..", "\u{e9}\u{1f40e}"] {
        stack().post("/api/token/verify", json!({"token": token})).await.assert(401, &invalid());
        stack().post("/api/token/refresh", json!({"refresh": token})).await.assert(401, &invalid());
    }
}

#[tokio::test]
async fn each_sign_in_creates_a_session() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let other = stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
    assert_ne!(decode_token(&ada.access).1["sid"], decode_token(&other.access).1["sid"]);
}
