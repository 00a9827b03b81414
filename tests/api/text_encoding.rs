//! Bodies that are not UTF-8. API Gateway replaces such bytes by U+FFFD in JSON, and leaves forms unchanged.

use std::fmt::Write as _;

use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{Answer, PASSWORD, User, stack};
use crate::password_reset::{signs_in, user_with_reset_link};
use crate::shares::{create_link, link_path, open_link, sharer};

const FORM: &str = "application/x-www-form-urlencoded";
const PARTS: &str = "multipart/form-data; boundary=b";
/// `Müller's password` in Latin-1.
const LATIN: &[u8] = b"M\xfcller's password";

fn not_utf8() -> Value {
    json!(["This value is not valid UTF-8."])
}

/// A JSON object with the unchanged bytes of each field.
fn json_body(fields: &[(&str, &[u8])]) -> Vec<u8> {
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| [format!("\"{name}\":\"").as_bytes(), value, b"\""].concat())
        .collect();
    [b"{", fields.join(&b","[..]).as_slice(), b"}"].concat()
}

fn urlencoded(fields: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = String::new();
    for (name, value) in fields {
        _ = write!(body, "&{name}=");
        for byte in *value {
            _ = write!(body, "%{byte:02X}");
        }
    }
    // Parsers ignore the empty pair at the start.
    body.into_bytes()
}

fn multipart(fields: &[(&str, &[u8])]) -> Vec<u8> {
    let part = |(name, value): &(&str, &[u8])| {
        let head = format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        [head.as_bytes(), value, b"\r\n"].concat()
    };
    [fields.iter().flat_map(part).collect(), b"--b--\r\n".to_vec()].concat()
}

/// The fields as each kind of form.
fn forms(fields: &[(&str, &[u8])]) -> [(&'static str, Vec<u8>); 2] {
    [(FORM, urlencoded(fields)), (PARTS, multipart(fields))]
}

fn assert_parse_error(answer: &Answer) {
    let detail = answer.json()["detail"].as_str().expect("a text").to_owned();
    assert!(detail.starts_with("JSON parse error - bytes that are not UTF-8 at line 1 column "), "{detail}");
    answer.assert(400, &json!({"detail": detail}));
}

#[tokio::test]
async fn a_sign_up_that_is_not_utf_8_is_refused() {
    let stack = stack();
    let name = stack.fresh_name("mueller");
    for route in ["/api/users", "/api/user/register"] {
        let email = stack.fresh_address();
        for (username, password, errors) in [
            (name.as_bytes(), LATIN, json!({"password": not_utf8()})),
            (b"m\xfcller".as_slice(), PASSWORD.as_bytes(), json!({"username": not_utf8()})),
            (b"m\xfcller".as_slice(), LATIN, json!({"username": not_utf8(), "password": not_utf8()})),
        ] {
            let fields = [("username", username), ("password", password), ("email", email.as_bytes())];
            let json = stack.post_raw(route, "application/json", json_body(&fields)).await;
            assert_parse_error(&json);
            for (content_type, body) in forms(&fields) {
                let answer = stack.post_raw(route, content_type, body).await;
                let expected = match route {
                    "/api/users" => errors.clone(),
                    _ => json!({"error": "This value is not valid UTF-8.", "errors": errors}),
                };
                answer.assert(400, &expected);
            }
        }
    }
    // The refused sign-ups have not taken the name.
    let account = json!({"username": name, "password": "M\u{fc}ller's password"});
    assert_eq!(stack.post("/api/users", account.clone()).await.status, 201);
    assert_eq!(stack.post("/api/token", account).await.status, 200);
}

/// A password cannot contain the replacement character, neither escaped nor as bytes.
#[tokio::test]
async fn no_sign_in_route_accepts_a_replacement_character() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let replaced = "M\u{fffd}ller's password".as_bytes();
    for (route, expected) in [
        ("/api/token", json!({"password": not_utf8()})),
        ("/token", json!({"password": not_utf8()})),
        ("/api/user/login", json!({"password": not_utf8()})),
        ("/gettoken", json!({"password": not_utf8()})),
        ("/api/users/authentication", json!({"message": "Username and password are required"})),
    ] {
        let escaped = format!(r#"{{"username": "{}", "password": "M\ufffdller's password"}}"#, ada.name);
        stack.post_raw(route, "application/json", escaped).await.assert(400, &expected);
        for password in [LATIN, replaced] {
            let fields = [("username", ada.name.as_bytes()), ("password", password)];
            assert_parse_error(&stack.post_raw(route, "application/json", json_body(&fields)).await);
            for (content_type, body) in forms(&fields) {
                stack.post_raw(route, content_type, body).await.assert(400, &expected);
            }
        }
        // The body of a client that does not percent-encode.
        let raw = [b"username=ada&password=", LATIN].concat();
        stack.post_raw(route, FORM, raw).await.assert(400, &expected);
    }
}

async fn send(user: &User, method: Method, path: &str, body: &[u8]) -> Answer {
    let request = user.request(method, path).header("content-type", "application/json");
    Answer::of(request.body(body.to_vec())).await
}

#[tokio::test]
async fn no_route_accepts_a_password_that_is_not_utf_8() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let good = PASSWORD.as_bytes();
    for (method, path, field, more) in [
        (Method::POST, "/api/users/me/password", "new_password", Some(("current_password", good))),
        (Method::POST, "/api/users/me/password", "current_password", Some(("new_password", good))),
        (Method::PATCH, "/api/users/me", "current_password", Some(("email", b"ada@example.org".as_slice()))),
        (Method::DELETE, "/api/users/me", "password", None),
    ] {
        let body = |password: &'static [u8]| {
            json_body(&[(field, password)].into_iter().chain(more).collect::<Vec<_>>())
        };
        assert_parse_error(&send(&ada, method.clone(), path, &body(LATIN)).await);
        let escaped = send(&ada, method, path, &body(br"M\ufffdller's password")).await;
        escaped.assert(400, &json!({field: not_utf8()}));
    }
    assert!(signs_in(&ada, PASSWORD).await);

    let (sharer, file) = sharer(&stack).await;
    let links = format!("/api/files/{}/links", file["id"].as_str().expect("an id"));
    let options = br#"{"expires_in": 300, "password": "M\ufffdller's password"}"#;
    send(&sharer, Method::POST, &links, options).await.assert(400, &json!({"password": not_utf8()}));
    let made = create_link(&sharer, &file, json!({"expires_in": 300, "password": PASSWORD})).await;
    let path = link_path(&stack, &made);
    for (content_type, body) in forms(&[("password", LATIN)]) {
        stack.post_raw(&path, content_type, body).await.assert(400, &json!({"password": not_utf8()}));
    }
    assert_eq!(open_link(&stack, &path, json!({"password": PASSWORD})).await.status, 303);
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn a_reset_that_is_not_utf_8_leaves_link_and_password_unchanged() {
    let stack = crate::helpers::mailing_stack();
    let (ada, _, link) = user_with_reset_link(&stack).await;
    for (content_type, body) in forms(&[("new_password", LATIN)]) {
        stack.post_raw(&link, content_type, body).await.assert(400, &json!({"new_password": not_utf8()}));
    }
    assert_parse_error(
        &stack.post_raw(&link, "application/json", json_body(&[("new_password", LATIN)])).await,
    );
    assert!(signs_in(&ada, PASSWORD).await);
    let new = json!({"new_password": "M\u{fc}ller's password"});
    assert_eq!(stack.post(&link, new).await.status, 204);
    assert!(signs_in(&ada, "M\u{fc}ller's password").await);
}

#[tokio::test]
async fn other_texts_can_contain_an_escaped_replacement_character() {
    let stack = stack();
    let ada = stack.signed_up_user("ada").await;
    let raw =
        send(&ada, Method::POST, "/api/resource", "{\"field1\":\"\u{fffd}\",\"field2\":\"x\"}".as_bytes())
            .await;
    assert_parse_error(&raw);
    let escaped = send(&ada, Method::POST, "/api/resource", br#"{"field1":"a\ufffd","field2":"x"}"#).await;
    assert_eq!((escaped.status, &escaped.json()["field1"]), (201, &json!("a\u{fffd}")));
}

#[tokio::test]
async fn a_title_that_is_not_utf_8_is_refused_under_its_field() {
    let ada = stack().signed_up_user("ada").await;
    let head = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhello\n\r\n";
    let body = [head.as_slice(), &multipart(&[("title", b"\xc9t\xe9")])].concat();
    let request = ada.request(Method::POST, "/api/files").header("content-type", PARTS).body(body);
    Answer::of(request).await.assert(400, &json!({"title": not_utf8()}));
}
