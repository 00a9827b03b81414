//! The refusals of each dialect of signing in, refreshing and checking tokens.

use serde_json::{Value, json};

use crate::helpers::{Answer, PASSWORD, SigningKey, TestStack, User, decode_token, request_variants, stack};

const HEADER_ROUTE: &str = "/api/token/authentication-token-header";

/// Every sign-in route, with its response to wrong credentials.
fn sign_ins() -> [(&'static str, u16, Value); 5] {
    let no_account = json!({"detail": "No active account found with the given credentials"});
    [
        ("/api/token", 401, no_account.clone()),
        ("/token", 401, no_account),
        ("/api/users/authentication", 401, json!({"message": "Invalid username or password"})),
        ("/api/user/login", 401, json!({"error": "Invalid credentials"})),
        ("/gettoken", 400, json!({"non_field_errors": ["Unable to log in with provided credentials."]})),
    ]
}

/// Every route with a token in its body, with the field and the response to an invalid token.
fn token_routes() -> [(&'static str, &'static str, u16, Value); 5] {
    let invalid = json!({"detail": "Token is invalid or expired", "code": "token_not_valid"});
    [
        ("/api/token/refresh", "refresh", 401, invalid.clone()),
        ("/api/token/refresh-and-verify", "refresh", 401, json!({"message": "Invalid refresh token"})),
        ("/tokenrefresh", "refresh", 400, json!({"refresh": ["The given token is invalid."]})),
        ("/api/token/verify", "token", 401, invalid),
        ("/verifytoken", "token", 400, json!({"token": ["Token is invalid or expired."]})),
    ]
}

/// The response of the header route to this Authorization header.
async fn authenticate_by_header(stack: &TestStack, authorization: Option<&str>) -> Answer {
    let request = stack.http.post(stack.url(HEADER_ROUTE));
    Answer::of(match authorization {
        Some(value) => request.header("authorization", value),
        None => request,
    })
    .await
}

/// Fails unless each dialect refuses the user's tokens with its own message.
async fn assert_refused(user: &User) {
    for (route, field, status, body) in token_routes() {
        user.stack.post(route, json!({field: user.refresh})).await.assert(status, &body);
    }
    for (route, field, status, body) in token_routes().into_iter().filter(|(_, field, ..)| *field == "token")
    {
        user.stack.post(route, json!({field: user.access})).await.assert(status, &body);
    }
    let answer = authenticate_by_header(&user.stack, Some(&format!("Bearer {}", user.access))).await;
    answer.assert(401, &json!({"message": "Invalid access token"}));
}

#[tokio::test]
async fn each_dialect_refuses_wrong_credentials_with_its_own_message() {
    // This test fails so often that its address would be throttled.
    let stack = stack().at_fresh_address();
    for (route, status, body) in sign_ins() {
        // Each route has its own user, because the failures of one user add up.
        let ada = stack.signed_up_user("ada").await;
        let wrong = json!({"username": ada.name, "password": format!("{PASSWORD}?")});
        stack.post(route, wrong).await.assert(status, &body);
        for variant in 0..6 {
            let nobody = stack.fresh_name("nobody");
            let credentials = [("username", nobody.as_str()), ("password", PASSWORD)];
            let request = request_variants(route, &credentials, |path| stack.http.post(stack.url(path)))
                .swap_remove(variant);
            Answer::of(request).await.assert(status, &body);
        }
    }
}

#[tokio::test]
async fn only_login_with_the_right_password_reveals_an_unverified_address() {
    let stack = stack();
    for (route, status, body) in sign_ins() {
        let ada = stack.unverified_account("ada", &stack.fresh_address()).await;
        let sign_in = async |password: &str| {
            stack.post(route, json!({"username": ada.name, "password": password})).await
        };
        sign_in("correct horse batterz").await.assert(status, &body);
        let not_verified = json!({"error": "Email address is not verified."});
        let expected = if route == "/api/user/login" { &not_verified } else { &body };
        sign_in(PASSWORD).await.assert(status, expected);

        let link = stack.link_for(&ada).await;
        assert_eq!(stack.post(&link, json!({})).await.status, 200);
        assert_eq!(sign_in(PASSWORD).await.status, 200, "{route}");
    }
}

#[tokio::test]
async fn the_token_api_names_missing_fields_with_its_own_messages() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let both = json!({"message": "Username and password are required"});
    for body in [
        json!({}),
        json!({"username": ada.name}),
        json!({"password": PASSWORD}),
        json!({"username": null, "password": PASSWORD}),
        json!({"username": ada.name, "password": null}),
        json!({"username": " ", "password": PASSWORD}),
        json!({"username": ada.name, "password": ""}),
        json!({"username": [ada.name], "password": PASSWORD}),
    ] {
        stack.post("/api/users/authentication", body).await.assert(400, &both);
    }
    for answer in stack.post_variants("/api/users/authentication", &[("username", &ada.name)]).await {
        answer.assert(400, &both);
    }

    let refresh = json!({"message": "Refresh token is required"});
    for body in [json!({}), json!({"refresh": null}), json!({"refresh": ""}), json!({"refresh": " "})] {
        stack.post("/api/token/refresh-and-verify", body).await.assert(400, &refresh);
    }
    for answer in stack.post_variants("/api/token/refresh-and-verify", &[("token", &ada.refresh)]).await {
        answer.assert(400, &refresh);
    }
}

#[tokio::test]
async fn each_dialect_refuses_a_malformed_token_with_its_own_message() {
    let stack = stack();
    for (route, field, status, body) in token_routes() {
        for answer in stack.post_variants(route, &[(field, "not.a.token")]).await {
            answer.assert(status, &body);
        }
    }
}

#[tokio::test]
async fn no_dialect_refreshes_with_an_access_token() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    for (route, status, body) in [
        ("/api/token/refresh", 401, json!({"detail": "Token has wrong type", "code": "token_not_valid"})),
        ("/api/token/refresh-and-verify", 401, json!({"message": "Invalid refresh token"})),
        ("/tokenrefresh", 400, json!({"refresh": ["The given token is invalid."]})),
    ] {
        stack.post(route, json!({"refresh": ada.access})).await.assert(status, &body);
    }
    assert_eq!(ada.get("/api/users/me").await.status, 200);
}

#[tokio::test]
async fn only_tokenrefresh_distinguishes_expired_from_invalid_tokens() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let [_, signing, _] = stack.signing_keys();
    let over = |token: &str| {
        let (header, mut claims) = decode_token(token);
        claims["exp"] = json!(claims["iat"].as_i64().expect("a time") - 1);
        (header, claims)
    };
    let (header, claims) = over(&ada.refresh);
    let expired = signing.sign(&header, &claims);
    let (access_header, access_claims) = over(&ada.access);
    let user = ada.with_tokens(&signing.sign(&access_header, &access_claims), &expired);
    for (route, field, status, body) in token_routes() {
        let is_distinguished = route == "/tokenrefresh";
        let body = if is_distinguished { json!({"refresh": ["The given token is expired."]}) } else { body };
        for answer in stack.post_variants(route, &[(field, &expired)]).await {
            answer.assert(status, &body);
        }
    }
    let header_answer = authenticate_by_header(&stack, Some(&format!("Bearer {}", user.access))).await;
    header_answer.assert(401, &json!({"message": "Invalid access token"}));

    // Forged expired tokens are reported as invalid, so that they reveal nothing.
    let mut other_issuer = claims.clone();
    other_issuer["iss"] = json!("satchel:eu-west-1:111111111111:other");
    let stranger = SigningKey::unknown(&signing.kid);
    for forged in [signing.sign(&header, &other_issuer), stranger.sign(&header, &claims)] {
        let answer = stack.post("/tokenrefresh", json!({"refresh": forged})).await;
        answer.assert(400, &json!({"refresh": ["The given token is invalid."]}));
    }
    assert_eq!(ada.get("/api/users/me").await.status, 200, "an expired token ends no session");
}

#[tokio::test]
async fn each_dialect_refuses_its_own_tokens_after_logout() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    for route in ["/api/token", "/token", "/api/users/authentication", "/gettoken"] {
        let pair = stack.post(route, json!({"username": ada.name, "password": PASSWORD})).await.json();
        let token = |kind: &str| pair[kind].as_str().expect("a token").to_owned();
        let session = ada.with_tokens(&token("access"), &token("refresh"));
        assert_eq!(session.post("/api/user/logout", json!({})).await.status, 200);
        assert_refused(&session).await;
    }
    assert_eq!(ada.get("/api/users/me").await.status, 200);
}

#[tokio::test]
async fn each_dialect_refuses_a_closed_account_with_its_own_message() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let inactive = json!({"BOOL": false});
    stack.set_attribute(&format!("USER#{}", ada.id), "USER", "is_active", inactive.clone()).await;
    assert_refused(&ada).await;

    stack.set_attribute(&format!("NAME#{}", ada.name), "LOGIN", "is_active", inactive).await;
    for (route, status, body) in sign_ins().into_iter().skip(2) {
        let answer = stack.post(route, json!({"username": ada.name, "password": PASSWORD})).await;
        answer.assert(status, &body);
    }
}

#[tokio::test]
async fn the_header_route_has_its_own_messages() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let access = &ada.access;
    let required = json!({"message": "Authorization header is required"});
    for missing in [None, Some("")] {
        authenticate_by_header(&stack, missing).await.assert(400, &required);
    }
    let slash = stack.post(&format!("{HEADER_ROUTE}/"), json!({})).await;
    slash.assert(400, &required);

    let wrong_form = json!({"message": "Invalid Authorization header format. Expected 'Bearer <token>'."});
    let (basic, three) = (format!("Basic {access}"), format!("Bearer {access} x"));
    for bad in [access.as_str(), "Bearer", "Token ", &basic, &three, "Bearer, x"] {
        authenticate_by_header(&stack, Some(bad)).await.assert(400, &wrong_form);
    }
    for bad in ["Bearer x".to_owned(), format!("Bearer {}", ada.refresh), format!("token {access}x")] {
        authenticate_by_header(&stack, Some(&bad))
            .await
            .assert(401, &json!({"message": "Invalid access token"}));
    }
}
