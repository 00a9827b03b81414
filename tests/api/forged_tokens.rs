//! Forged tokens (RFC 8725).

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::helpers::{SigningKey, TestStack, User, decode_token, jwt, stack};

/// A signed-in user, and everything that is needed to forge the user's tokens.
struct Forger {
    ada: User,
    header: Value,
    claims: Value,
    keys: [SigningKey; 3],
}

impl Forger {
    async fn new(stack: &TestStack) -> Self {
        let ada = stack.signed_up_user("ada").await;
        let (header, claims) = decode_token(&ada.access);
        Self { keys: ada.stack.signing_keys(), ada, header, claims }
    }

    /// Ada's access token with a changed header, signed with the right key.
    fn with_header(&self, change: impl FnOnce(&mut Value)) -> String {
        let mut header = self.header.clone();
        change(&mut header);
        self.keys[1].sign(&header, &self.claims)
    }

    /// Ada's access token with changed claims, signed with the right key.
    fn with_claims(&self, change: impl FnOnce(&mut Value)) -> String {
        let mut claims = self.claims.clone();
        change(&mut claims);
        self.keys[1].sign(&self.header, &claims)
    }

    fn time(&self, claim: &str) -> i64 {
        self.claims[claim].as_i64().expect("a time")
    }

    /// Fails unless the token is refused in the header and in every field for tokens.
    async fn assert_refused(&self, what: &str, token: &str) {
        let stack = &self.ada.stack;
        let in_header = self.ada.with_tokens(token, "").get("/api/users/me").await;
        assert_eq!(in_header.status, 401, "{what}: {}", in_header.text());
        assert_eq!(in_header.json()["code"], "token_not_valid", "{what}");
        for (route, field) in [("/api/token/verify", "token"), ("/api/token/refresh", "refresh")] {
            let answer = stack.post(route, json!({field: token})).await;
            assert_eq!(answer.status, 401, "{what}: {}", answer.text());
            assert_eq!(answer.json()["code"], "token_not_valid", "{what}");
        }
    }
}

#[tokio::test]
async fn a_token_forged_with_any_of_the_three_real_keys_is_accepted() {
    // Without this test, the refusals below could mean that the forged tokens are malformed.
    let forger = Forger::new(&stack()).await;
    for key in &forger.keys {
        let header = json!({"typ": "JWT", "alg": "EdDSA", "kid": key.kid});
        let ada = forger.ada.with_tokens(&key.sign(&header, &forger.claims), "");
        assert_eq!(ada.get("/api/users/me").await.json()["id"], *forger.ada.id);
    }
}

#[tokio::test]
async fn an_unsigned_token_is_refused() {
    let forger = Forger::new(&stack()).await;
    let signature = URL_SAFE_NO_PAD.decode(forger.ada.access.rsplit('.').next().expect("a signature"));
    let signature = signature.expect("base64url");
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let mut header = forger.header.clone();
        header["alg"] = json!(alg);
        forger.assert_refused(alg, &jwt(&header, &forger.claims, |_| Vec::new())).await;
        forger.assert_refused(alg, &jwt(&header, &forger.claims, |_| signature.clone())).await;
    }
    forger.assert_refused("no signature", &jwt(&forger.header, &forger.claims, |_| Vec::new())).await;
}

#[tokio::test]
async fn a_token_with_the_public_key_as_hmac_secret_is_refused() {
    let forger = Forger::new(&stack()).await;
    let public = forger.keys[1].public();
    let x = URL_SAFE_NO_PAD.encode(public);
    // SubjectPublicKeyInfo of Ed25519, RFC 8410.
    let mut der = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00".to_vec();
    der.extend_from_slice(public);
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(&der));
    for secret in [public, x.as_bytes(), der.as_slice(), pem.as_bytes(), b""] {
        for (alg, algorithm) in
            [("HS256", hmac::HMAC_SHA256), ("HS384", hmac::HMAC_SHA384), ("HS512", hmac::HMAC_SHA512)]
        {
            let mut header = forger.header.clone();
            header["alg"] = json!(alg);
            let key = hmac::Key::new(algorithm, secret);
            let token = jwt(&header, &forger.claims, |message| hmac::sign(&key, message).as_ref().to_vec());
            forger.assert_refused(alg, &token).await;
        }
    }
}

#[tokio::test]
async fn a_token_that_contains_its_own_key_is_refused() {
    let forger = Forger::new(&stack()).await;
    let ours = forger.keys[1].kid.clone();
    let eve = SigningKey::unknown("eve");
    let jwk =
        json!({"kty": "OKP", "crv": "Ed25519", "kid": "eve", "x": URL_SAFE_NO_PAD.encode(eve.public())});
    let mut own_kid = jwk.clone();
    own_kid["kid"] = json!(ours);
    for header in [
        json!({"typ": "JWT", "alg": "EdDSA", "jwk": jwk}),
        json!({"typ": "JWT", "alg": "EdDSA", "kid": "eve", "jwk": jwk}),
        json!({"typ": "JWT", "alg": "EdDSA", "kid": ours, "jwk": own_kid}),
        json!({"typ": "JWT", "alg": "EdDSA", "kid": "eve", "jku": "https://eve.example/jwks.json"}),
        json!({"typ": "JWT", "alg": "EdDSA", "kid": ours}),
        json!({"typ": "JWT", "alg": "EdDSA"}),
    ] {
        forger.assert_refused(&header.to_string(), &eve.sign(&header, &forger.claims)).await;
    }
}

#[tokio::test]
async fn an_unknown_key_id_or_algorithm_is_refused() {
    let forger = Forger::new(&stack()).await;
    for kid in [
        json!("unknown"),
        json!(""),
        json!("../../etc/passwd"),
        json!("' OR 1=1 --"),
        json!(null),
        json!(["a"]),
    ] {
        let token = forger.with_header(|header| header["kid"] = kid.clone());
        forger.assert_refused(&kid.to_string(), &token).await;
    }
    // A signature by the current key with the id of the previous key.
    let other = forger.keys[0].kid.clone();
    forger.assert_refused("another kid", &forger.with_header(|header| header["kid"] = json!(other))).await;
    for alg in ["RS256", "ES256", "PS512", "Ed448", "eddsa"] {
        forger.assert_refused(alg, &forger.with_header(|header| header["alg"] = json!(alg))).await;
    }
}

#[tokio::test]
async fn changed_and_missing_claims_are_refused() {
    let stack = stack();
    let forger = Forger::new(&stack).await;
    let (_, bobs) = decode_token(&stack.signed_up_user("bob").await.access);
    let issued = forger.time("iat");
    for (claim, value) in [
        ("iss", json!("satchel:eu-west-1:111111111111:other")),
        ("iss", json!("")),
        ("iss", json!([forger.claims["iss"]])),
        ("exp", json!(issued - 1)),
        ("exp", json!(0)),
        ("exp", json!("9999999999")),
        ("nbf", json!(issued + 120)),
        ("token_type", json!("sliding")),
        ("token_type", json!(null)),
        ("sid", bobs["sid"].clone()),
        ("user_id", bobs["user_id"].clone()),
        ("user_id", json!(1)),
        ("sid", json!("none")),
    ] {
        let token = forger.with_claims(|claims| claims[claim] = value.clone());
        forger.assert_refused(&format!("{claim} {value}"), &token).await;
    }
    for claim in ["iss", "exp", "nbf", "token_type", "user_id", "sid"] {
        let token = forger.with_claims(|claims| _ = claims.as_object_mut().map(|all| all.remove(claim)));
        forger.assert_refused(&format!("no {claim}"), &token).await;
    }
}

#[tokio::test]
async fn an_expired_refresh_token_is_refused() {
    let forger = Forger::new(&stack()).await;
    let (header, mut claims) = decode_token(&forger.ada.refresh);
    claims["exp"] = json!(forger.time("iat") - 1);
    let token = forger.keys[1].sign(&header, &claims);
    forger.assert_refused("expired", &token).await;
    // The session stays valid, because an expired token is no sign of theft.
    assert_eq!(forger.ada.get("/api/users/me").await.status, 200);
}

#[tokio::test]
async fn a_truncated_or_padded_token_is_refused() {
    let forger = Forger::new(&stack()).await;
    let token = &forger.ada.access;
    let [head, body, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!("three parts") };
    let other_head = URL_SAFE_NO_PAD.encode(json!({"alg": "EdDSA"}).to_string());
    for bad in [
        token[..token.len() - 1].to_owned(),
        token[..token.len() / 2].to_owned(),
        format!("{head}.{body}"),
        format!("{head}.{body}."),
        format!("{head}..{signature}"),
        format!(".{body}.{signature}"),
        format!("{token}.{signature}"),
        format!("{token}A"),
        format!("{token}="),
        format!("{other_head}.{body}.{signature}"),
        format!("{head}.{body}.{}", "A".repeat(86)),
    ] {
        forger.assert_refused(&bad, &bad).await;
    }
}

#[tokio::test]
async fn a_very_long_token_is_refused_and_breaks_nothing() {
    let forger = Forger::new(&stack()).await;
    let stack = &forger.ada.stack;
    let padded = |bytes| forger.with_claims(|claims| claims["pad"] = json!("x".repeat(bytes)));
    forger.assert_refused("8 KB", &padded(6000)).await;
    for token in [padded(75_000), "x".repeat(100_000), ".".repeat(100_000), forger.ada.access.repeat(200)] {
        for (route, field) in [("/api/token/verify", "token"), ("/api/token/refresh", "refresh")] {
            let answer = stack.post(route, json!({field: token})).await;
            assert_eq!(answer.status, 401, "{}", answer.text());
        }
    }
    // This header is too long for API Gateway, which may refuse it with any status.
    let status = forger.ada.with_tokens(&"x".repeat(100_000), "").get("/api/users/me").await.status;
    assert!((400..500).contains(&status), "{status}");
    assert_eq!(forger.ada.get("/api/users/me").await.status, 200);
}
