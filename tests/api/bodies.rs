//! Bodies: what the routes of accounts and tokens take, and what they say of the rest.

use serde_json::{Value, json};

use crate::helpers::{Answer, PASSWORD, User, stack};

/// Routes that take a body without sign-in and name every field that is wrong, and the fields that they ask for.
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

/// Routes that have one message for whatever is missing.
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
async fn a_value_that_is_no_text_is_refused_by_field() {
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
async fn another_media_type_is_refused_by_name() {
    for route in every_route() {
        for sent in ["text/plain", "application/xml", "application/octet-stream"] {
            let answer = stack().post_raw(route, sent, "username=ada").await;
            let detail = format!("Unsupported media type \"{sent}\" in request.");
            answer.assert(415, &json!({"detail": detail}));
        }
    }
}

#[tokio::test]
async fn broken_json_is_refused_with_the_place_where_it_breaks() {
    let deep = "[".repeat(100_000);
    for route in every_route() {
        for body in ["{", "{\"username\": }", "username=ada", "{\"username\": \"\\ud800\"}", &deep] {
            let answer = stack().post_raw(route, "application/json", body.to_owned()).await;
            let body = answer.json();
            let detail = body["detail"].as_str().expect("a text");
            assert!(
                detail.starts_with("JSON parse error - ") && detail.contains("line 1 column"),
                "{detail}"
            );
            answer.assert(400, &json!({"detail": detail}));
        }
        let latin = stack().post_raw(route, "application/json", b"{\"username\": \"\xe9\"}".to_vec()).await;
        assert_eq!(latin.status, 400, "{}", latin.text());
    }
}

#[tokio::test]
async fn json_that_is_no_object_is_refused_as_a_list_is() {
    for route in every_route() {
        for (body, kind) in [("[]", "list"), ("\"ada\"", "str"), ("7", "int"), ("null", "NoneType")] {
            let answer = stack().post_raw(route, "application/json", body).await;
            let message = format!("Invalid data. Expected a dictionary, but got {kind}.");
            answer.assert(400, &json!({"non_field_errors": [message]}));
        }
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
async fn forms_of_both_kinds_do_what_json_does() {
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
