//! The bodies that the routes of accounts and tokens accept, and how they refuse others.

use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{Answer, PASSWORD, User, stack};

/// Public routes with a body that report every invalid field, and their required fields.
const ROUTES: [(&str, &[&str]); 10] = [
    ("/api/users", &["username", "password"]),
    ("/api/user/register", &["username", "password", "email"]),
    ("/api/token", &["username", "password"]),
    ("/token", &["username", "password"]),
    ("/api/token/refresh", &["refresh"]),
    ("/api/token/verify", &["token"]),
    ("/api/user/login", &["username", "password"]),
    ("/gettoken", &["username", "password"]),
    ("/tokenrefresh", &["refresh"]),
    ("/verifytoken", &["token"]),
];

/// Public routes with one message for all missing fields.
const ONE_MESSAGE: [&str; 2] = ["/api/token/refresh-and-verify", "/api/users/authentication"];

fn every_route() -> impl Iterator<Item = &'static str> {
    ROUTES.into_iter().map(|(route, _)| route).chain(ONE_MESSAGE)
}

#[tokio::test]
async fn every_missing_field_is_named() {
    for (route, fields) in ROUTES {
        let required = |field: &&str| ((*field).to_owned(), json!(["This field is required."]));
        let mut expected = Value::Object(fields.iter().map(required).collect());
        if route == "/api/user/register" {
            expected = json!({"error": "Username, password, and email are required", "errors": expected});
        }
        for path in [route.to_owned(), format!("{route}/")] {
            stack().post(&path, json!({})).await.assert(400, &expected);
        }
        stack().post_form(route, &[]).await.assert(400, &expected);
    }
}

#[tokio::test]
async fn a_value_that_is_not_a_text_is_refused_under_its_field() {
    for (route, fields) in ROUTES.into_iter().filter(|(route, _)| *route != "/api/user/register") {
        for (value, message) in [
            (json!(null), "This field may not be null."),
            (json!(""), "This field may not be blank."),
            (json!([]), "Not a valid string."),
            (json!({"a": 1}), "Not a valid string."),
            (json!(true), "Not a valid string."),
        ] {
            let body = fields.iter().map(|field| ((*field).to_owned(), value.clone())).collect();
            let errors = fields.iter().map(|field| ((*field).to_owned(), json!([message]))).collect();
            stack().post(route, Value::Object(body)).await.assert(400, &Value::Object(errors));
        }
    }
}

#[tokio::test]
async fn the_refusal_of_a_media_type_names_it() {
    for route in every_route() {
        for sent in ["text/plain", "application/xml", "application/octet-stream"] {
            let answer = stack().post_raw(route, sent, "username=ada").await;
            let detail = format!("Unsupported media type \"{sent}\" in request.");
            answer.assert(415, &json!({"detail": detail}));
        }
    }
}

#[tokio::test]
async fn the_refusal_of_invalid_json_names_the_position() {
    let deep = "[".repeat(100_000);
    for route in every_route() {
        for body in ["{", "{\"username\": }", "username=ada", "{\"username\": NaN}", &deep] {
            let answer = stack().post_raw(route, "application/json", body.to_owned()).await;
            let body = answer.json();
            let detail = body["detail"].as_str().expect("a text");
            assert!(
                detail.starts_with("JSON parse error - ") && detail.contains("line 1 column"),
                "{detail}"
            );
            answer.assert(400, &json!({"detail": detail}));
        }
    }
}

#[tokio::test]
async fn json_that_is_not_an_object_is_refused_with_its_type() {
    for route in every_route() {
        for (body, kind) in [("[]", "list"), ("\"ada\"", "str"), ("7", "int"), ("1.0", "float")] {
            let answer = stack().post_raw(route, "application/json", body).await;
            let message = format!("Invalid data. Expected a dictionary, but got {kind}.");
            answer.assert(400, &json!({"non_field_errors": [message]}));
        }
        let nothing = stack().post_raw(route, "application/json", "null").await;
        nothing.assert(400, &json!({"non_field_errors": ["No data provided"]}));
    }
}

#[tokio::test]
async fn an_empty_body_of_any_type_is_handled_like_an_empty_object() {
    for route in every_route() {
        let expected = stack().post(route, json!({})).await.outcome();
        for sent in ["application/json", "text/plain", "multipart/form-data", "application/octet-stream", ""]
        {
            let request = stack().http.post(stack().url(route)).header("content-type", sent);
            assert_eq!(Answer::of(request).await.outcome(), expected, "{route} {sent}");
        }
        assert_eq!(Answer::of(stack().http.post(stack().url(route))).await.outcome(), expected, "{route}");
    }
    let ada = stack().signed_up_user("ada").await;
    let no_file = json!({"file": ["No file was submitted."]});
    for (path, expected) in [
        (
            "/api/resource",
            json!({"field1": ["This field is required."], "field2": ["This field is required."]}),
        ),
        (
            "/upload-files",
            json!({
                "status_code": 400,
                "status_message": "Invalid request packet",
                "internal_message": "parameter missing in request packet",
                "errors": {
                    "file": ["No file was submitted."],
                    "title": ["This field is required."],
                    "uploaded_by": ["This field is required."],
                },
            }),
        ),
    ] {
        let request = ada.request(Method::POST, path).header("content-type", "text/plain");
        Answer::of(request).await.assert(400, &expected);
    }
    let request = ada.request(Method::POST, "/api/files").header("content-type", "multipart/form-data");
    Answer::of(request).await.assert(400, &no_file);
}

#[tokio::test]
async fn the_refusal_of_a_compressed_body_names_its_coding() {
    // The JSON `{}` in gzip. The routes do not decompress it.
    let bytes = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\xae\x05\x00\x43\xbf\xa6\xa3\x02\x00\x00\x00";
    for route in every_route() {
        for content_type in
            ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"]
        {
            let send = async |coding: &str| {
                let request = stack().http.post(stack().url(route)).header("content-type", content_type);
                Answer::of(request.header("content-encoding", coding).body(bytes.to_vec())).await
            };
            for coding in ["gzip", "GZIP", "br", "deflate, gzip"] {
                let answer = send(coding).await;
                let detail = format!("Unsupported content encoding \"{coding}\" in request.");
                answer.assert(415, &json!({"detail": detail}));
                assert_eq!(answer.header("accept-encoding"), "identity");
            }
        }
    }
    let request = stack().http.post(stack().url("/api/token/verify")).header("content-encoding", "Identity");
    assert_eq!(Answer::of(request.json(&json!({"token": "x"}))).await.status, 401);
}

#[tokio::test]
async fn a_number_in_place_of_a_text_keeps_all_its_digits() {
    let ada = stack().signed_up_user("ada").await;
    for number in
        ["12345678901234567890123", "-9223372036854775809", "1.10", "1e400", "-0", "0.1234567890123456789"]
    {
        let body = format!(r#"{{"field1": {number}, "field2": "x"}}"#);
        let request = ada.request(Method::POST, "/api/resource").header("content-type", "application/json");
        let made = Answer::of(request.body(body)).await;
        assert_eq!((made.status, &made.json()["field1"]), (201, &json!(number)));
    }
    let digits = "12345678901234567890";
    let name = stack().fresh_name(digits);
    let name = name.trim_end_matches('x');
    let body = format!(r#"{{"username": {name}, "password": "{PASSWORD}"}}"#);
    let made = stack().post_raw("/api/users", "application/json", body).await;
    assert_eq!((made.status, &made.json()["username"]), (201, &json!(name)), "{}", made.text());
    let repeated = |last: &str| {
        let request = ada.request(Method::POST, "/api/resource").header("idempotency-key", "digits");
        let body = format!(r#"{{"field1": 1234567890123456789012{last}, "field2": "x"}}"#);
        Answer::of(request.header("content-type", "application/json").body(body))
    };
    let (first, again, other) = (repeated("3").await, repeated("3").await, repeated("4").await);
    assert_eq!((first.status, again.status, other.status), (201, 201, 422));
    assert_eq!(first.json(), again.json());
}

#[tokio::test]
async fn a_lone_surrogate_is_refused_under_its_field() {
    for (route, fields) in ROUTES.into_iter().filter(|(route, _)| *route != "/api/user/register") {
        let body: Vec<_> = fields.iter().map(|field| format!(r#""{field}": "a\ud83d""#)).collect();
        let errors: Value = fields
            .iter()
            .map(|field| ((*field).to_owned(), json!(["Surrogate characters are not allowed: U+D83D."])))
            .collect();
        let answer = stack().post_raw(route, "application/json", format!("{{{}}}", body.join(","))).await;
        answer.assert(400, &errors);
    }
}

#[tokio::test]
async fn a_broken_multipart_form_is_refused() {
    for content_type in ["multipart/form-data", "multipart/form-data; boundary=b"] {
        let answer = stack().post_raw("/api/token", content_type, "--b\r\nno form").await;
        let detail = answer.json()["detail"].as_str().expect("a text").to_owned();
        assert!(detail.starts_with("Multipart form parse error - "), "{detail}");
        answer.assert(400, &json!({"detail": detail}));
    }
}

#[tokio::test]
async fn json_with_a_charset_is_json() {
    let body = json!({"token": "x"}).to_string();
    let answer = stack().post_raw("/api/token/verify", "Application/JSON; charset=utf-8", body).await;
    assert_eq!(answer.status, 401, "{}", answer.text());
}

#[tokio::test]
async fn both_kinds_of_forms_work_like_json() {
    let stack = stack();
    for kind in [Kind::Urlencoded, Kind::Multipart] {
        let (name, email) = (stack.fresh_name("form"), stack.fresh_address());
        let account = [("username", name.as_str()), ("password", PASSWORD)];
        let created = post(kind, "/api/users", &account).await;
        assert_eq!((created.status, &created.json()["username"]), (201, &json!(name)));
        let member = stack.fresh_name("form");
        let registered = [("username", member.as_str()), ("password", PASSWORD), ("email", &email)];
        assert_eq!(post(kind, "/api/user/register", &registered).await.status, 201);
        let id = created.json()["id"].as_str().expect("an id").to_owned();
        let mut ada = stack.sign_in(&name, PASSWORD, id).await;
        for route in ["/api/token", "/token"] {
            let answer = post(kind, route, &account).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            ada = with_tokens_of(&ada, &answer);
        }
        let answer = post(kind, "/api/token/refresh", &[("refresh", &ada.refresh)]).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        ada = with_tokens_of(&ada, &answer);
        post(kind, "/api/token/verify", &[("token", &ada.access)]).await.assert(200, &json!({}));
        assert_eq!(ada.get("/api/users/me").await.json()["username"], *name);
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Urlencoded,
    Multipart,
}

async fn post(kind: Kind, path: &str, fields: &[(&str, &str)]) -> Answer {
    match kind {
        Kind::Urlencoded => stack().post_form(path, fields).await,
        Kind::Multipart => stack().post_multipart(path, fields).await,
    }
}

fn with_tokens_of(user: &User, answer: &Answer) -> User {
    let token = |kind: &str| answer.json()[kind].as_str().expect("a token").to_owned();
    user.with_tokens(&token("access"), &token("refresh"))
}
