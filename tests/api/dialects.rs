//! The dialects of signing in, refreshing and checking tokens, with every type of body, and with and without a
//! trailing slash.

use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{Answer, PASSWORD, decode_token, request_variants, stack};

fn token(answer: &Answer, name: &str) -> String {
    answer.json()[name].as_str().expect("a token").to_owned()
}

/// `expected` with the tokens of `answer` in the fields `names`, because tokens differ each time.
fn with_tokens(mut expected: Value, answer: &Answer, names: &[&str]) -> Value {
    for name in names {
        expected[*name] = json!(token(answer, name));
    }
    expected
}

#[tokio::test]
async fn each_sign_in_dialect_returns_a_pair_of_tokens() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let credentials = [("username", ada.name.as_str()), ("password", PASSWORD)];
    for (route, expected) in [
        ("/api/token", json!({})),
        ("/token", json!({})),
        ("/api/users/authentication", json!({"message": "Login successful"})),
        ("/gettoken", json!({})),
    ] {
        for answer in stack.post_variants(route, &credentials).await {
            answer.assert(200, &with_tokens(expected.clone(), &answer, &["refresh", "access"]));
            assert_eq!(answer.header("cache-control"), "no-store", "{route}");
            let signed_in = ada.with_tokens(&token(&answer, "access"), &token(&answer, "refresh"));
            assert_eq!(signed_in.get("/api/users/me").await.json()["id"], *ada.id);
            let claims = [&signed_in.access, &signed_in.refresh].map(|token| decode_token(token).1);
            let kinds = claims.each_ref().map(|claims| claims["token_type"].as_str());
            assert_eq!(kinds, [Some("access"), Some("refresh")], "{route}");
            assert_eq!(claims[0]["sid"], claims[1]["sid"], "{route}");
        }
    }
}

#[tokio::test]
async fn login_returns_one_access_token_for_twelve_hours() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let credentials = [("username", ada.name.as_str()), ("password", PASSWORD)];
    for answer in stack.post_variants("/api/user/login", &credentials).await {
        answer.assert(200, &with_tokens(json!({"expires_in": 43_200}), &answer, &["token"]));
        assert_eq!(answer.header("cache-control"), "no-store");
        let login = token(&answer, "token");
        let (_, claims) = decode_token(&login);
        let time = |claim: &str| claims[claim].as_i64().expect("a time");
        assert_eq!((claims["token_type"].as_str(), time("exp") - time("iat")), (Some("access"), 43_200));
        assert_eq!(ada.with_tokens(&login, "").get("/api/users/me").await.json()["id"], *ada.id);
    }
}

#[tokio::test]
async fn a_login_token_cannot_be_refreshed_and_ends_with_logout() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let answer = stack.post("/api/user/login", json!({"username": ada.name, "password": PASSWORD})).await;
    let login = token(&answer, "token");
    let wrong_type = json!({"detail": "Token has wrong type", "code": "token_not_valid"});
    stack.post("/api/token/refresh", json!({"refresh": login})).await.assert(401, &wrong_type);

    let signed_in = ada.with_tokens(&login, "");
    let goodbye = signed_in.post("/api/user/logout", json!({})).await;
    goodbye.assert(200, &json!({"message": "Logout successful"}));
    let invalid = json!({"detail": "Token is invalid or expired", "code": "token_not_valid"});
    stack.post("/api/token/verify", json!({"token": login})).await.assert(401, &invalid);
    assert_eq!(signed_in.get("/api/users/me").await.status, 401);
    // Another session of the same account stays valid.
    assert_eq!(ada.get("/api/users/me").await.status, 200);
}

#[tokio::test]
async fn a_login_token_is_accepted_with_the_scheme_token() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let answer = stack.post("/api/user/login", json!({"username": ada.name, "password": PASSWORD})).await;
    let request = stack.http.get(stack.url("/api/users/me"));
    let answer =
        Answer::of(request.header("authorization", format!("Token {}", token(&answer, "token")))).await;
    assert_eq!(answer.json()["id"], *ada.id);
}

#[tokio::test]
async fn a_refresh_token_has_the_same_successor_in_all_dialects() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    // A token from one dialect is valid in all dialects.
    let pair = stack.post("/gettoken", json!({"username": ada.name, "password": PASSWORD})).await;
    let first = token(&pair, "refresh");
    let mut successors = Vec::new();
    for (route, access, expected) in [
        ("/api/token/refresh", "access", json!({})),
        ("/api/token/refresh-and-verify", "new_access_token", json!({"message": "Token is valid"})),
        ("/tokenrefresh", "access", json!({})),
    ] {
        for answer in stack.post_variants(route, &[("refresh", &first)]).await {
            answer.assert(200, &with_tokens(expected.clone(), &answer, &["refresh", access]));
            assert_eq!(answer.header("cache-control"), "no-store", "{route}");
            let refreshed = ada.with_tokens(&token(&answer, access), "");
            assert_eq!(refreshed.get("/api/users/me").await.json()["id"], *ada.id);
            assert_eq!(decode_token(&refreshed.access).1["token_type"], "access");
            successors.push(token(&answer, "refresh"));
        }
    }
    let next = successors[0].clone();
    assert_ne!(next, first);
    assert_eq!(successors, vec![next.clone(); 18]);
    let again = stack.post("/tokenrefresh", json!({"refresh": next})).await;
    assert_ne!(token(&again, "refresh"), next);
}

#[tokio::test]
async fn each_dialect_verifies_access_and_refresh_tokens() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    for (route, expected) in [("/api/token/verify", json!({})), ("/verifytoken", json!({"status": "valid"}))]
    {
        for token in [&ada.access, &ada.refresh] {
            for answer in stack.post_variants(route, &[("token", token)]).await {
                answer.assert(200, &expected);
            }
        }
    }
}

#[tokio::test]
async fn the_header_route_names_the_user_whatever_the_body_is() {
    let ada = stack().signed_up_user("ada").await;
    let route = "/api/token/authentication-token-header";
    let expected =
        json!({"message": "User authenticated successfully", "user_id": ada.id, "username": ada.name});
    for request in request_variants(route, &[("anything", "else")], |path| ada.request(Method::POST, path)) {
        Answer::of(request).await.assert(200, &expected);
    }
    Answer::of(ada.request(Method::POST, route)).await.assert(200, &expected);
    for scheme in ["bearer", "BEARER", "Token", "token"] {
        let request = ada.stack.http.post(ada.stack.url(route));
        let request = request.header("authorization", format!("{scheme} {}", ada.access));
        Answer::of(request).await.assert(200, &expected);
    }
}

#[tokio::test]
async fn logout_works_with_every_type_of_body() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let logout = |path: &str| stack.http.post(stack.url(path));
    for request in request_variants("/api/user/logout", &[("all", "false")], logout) {
        let session = stack.sign_in(&ada.name, PASSWORD, ada.id.clone()).await;
        let answer = Answer::of(request.bearer_auth(&session.access)).await;
        answer.assert(200, &json!({"message": "Logout successful"}));
        assert_eq!(session.get("/api/users/me").await.status, 401);
        assert_eq!(ada.get("/api/users/me").await.status, 200);
    }
}
