//! `POST /api/users` and `GET /api/users/me`: accounts, their names and passwords.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::helpers::{PASSWORD, decode_token, stack};

const TAKEN: &str = "A user with that username already exists.";
const INVALID_NAME: &str =
    "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.";

#[tokio::test]
async fn an_account_without_an_address_can_sign_in_immediately() {
    let stack = stack();
    for email in [None, Some(Value::Null), Some(json!(""))] {
        let name = stack.fresh_name("ada");
        let mut body = json!({"username": name, "password": PASSWORD});
        if let Some(email) = email {
            body["email"] = email;
        }
        let answer = stack.post("/api/users", body).await;
        let id = answer.json()["id"].as_str().expect("an id").to_owned();
        let expected = json!({
            "message": "User created successfully",
            "id": id,
            "username": name,
            "email": null,
            "email_verified": false,
            "tier": "Basic",
        });
        answer.assert(201, &expected);
        let ada = stack.sign_in(&name, PASSWORD, id.clone()).await;
        assert_eq!(ada.get("/api/users/me").await.json()["id"], *id);
    }
}

#[tokio::test]
async fn the_address_of_a_new_account_is_not_verified() {
    let stack = stack();
    let (name, email) = (stack.fresh_name("ada"), stack.fresh_address());
    let body = json!({"username": name, "password": PASSWORD, "email": format!(" {email} ")});
    let answer = stack.post("/api/users", body).await;
    let expected = json!({
        "message": "User created successfully",
        "id": answer.json()["id"],
        "username": name,
        "email": email,
        "email_verified": false,
        "tier": "Basic",
    });
    answer.assert(201, &expected);
}

#[tokio::test]
async fn users_see_all_fields_of_their_own_account() {
    let ada = stack().signed_up_user("ada").await;
    let answer = ada.get("/api/users/me").await;
    let created_at = answer.json()["created_at"].as_str().expect("a time").to_owned();
    let expected = json!({
        "id": ada.id,
        "username": ada.name,
        "email": null,
        "email_verified": false,
        "tier": "Basic",
        "is_staff": false,
        "used_bytes": 0,
        "kept_bytes": 0,
        "max_total_bytes": 1_073_741_824,
        "created_at": created_at,
    });
    answer.assert(200, &expected);
    let (_, claims) = decode_token(&ada.access);
    let age = claims["iat"].as_i64().expect("a time") - seconds(&created_at);
    assert!(created_at.ends_with('Z') && (0..60).contains(&age), "{created_at}");
}

fn seconds(time: &str) -> i64 {
    time.parse::<Timestamp>().expect("RFC 3339").as_second()
}

#[tokio::test]
async fn extra_fields_grant_neither_staff_rights_nor_another_tier() {
    let stack = stack();
    let (name, email) = (stack.fresh_name("eve"), stack.fresh_address());
    let body_with_extras = json!({
        "username": name, "password": PASSWORD, "tier": "Enterprise", "is_staff": true, "is_superuser": true,
        "used_bytes": -1, "max_total_bytes": 1, "auth_epoch": 7, "id": "mine", "created_at": "1970-01-01T00:00:00Z",
    });
    let answer = stack.post("/api/users", body_with_extras.clone()).await;
    assert_eq!((answer.status, &answer.json()["tier"]), (201, &json!("Basic")));
    let id = answer.json()["id"].as_str().expect("an id").to_owned();
    assert_ne!(id, "mine");
    let me = stack.sign_in(&name, PASSWORD, id).await.get("/api/users/me").await.json();
    let gained = ["tier", "is_staff", "used_bytes", "max_total_bytes"].map(|field| me[field].clone());
    assert_eq!(gained, [json!("Basic"), json!(false), json!(0), json!(1_073_741_824)]);

    let mut unverified = body_with_extras;
    unverified["username"] = json!(stack.fresh_name("eve"));
    unverified["email"] = json!(email);
    unverified["email_verified"] = json!(true);
    unverified["awaits_verification"] = json!(false);
    let answer = stack.post("/api/users", unverified.clone()).await;
    assert_eq!((answer.status, &answer.json()["email_verified"]), (201, &json!(false)));
    let credentials = json!({"username": unverified["username"], "password": PASSWORD});
    assert_eq!(stack.post("/api/token", credentials).await.status, 401);
}

#[tokio::test]
async fn names_that_differ_only_in_case_or_unicode_form_are_one_name() {
    let stack = stack();
    let number = stack.fresh_name("");
    let written = format!("\u{c5}sa.Stra\u{df}e{number}");
    let id = stack.post("/api/users", json!({"username": written, "password": PASSWORD})).await.json()["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    for other in [
        format!("\u{e5}sa.stra\u{df}e{number}"),
        format!("\u{c5}SA.STRASSE{number}"),
        format!("A\u{30a}sa.Stra\u{df}e{number}"),
        format!("\u{212b}sa.\u{ff33}tra\u{df}e{number}"),
    ] {
        let answer = stack.post("/api/users", json!({"username": other, "password": PASSWORD})).await;
        answer.assert(400, &json!({"username": [TAKEN]}));
        let ada = stack.sign_in(&other, PASSWORD, id.clone()).await;
        assert_eq!(ada.get("/api/users/me").await.json()["username"], *written, "{other}");
    }
}

#[tokio::test]
async fn an_invalid_name_is_refused_with_the_message_of_the_rule() {
    let stack = stack();
    let long = "x".repeat(151);
    for (name, message) in [
        (json!("ada lovelace"), INVALID_NAME),
        (json!("ada/lovelace"), INVALID_NAME),
        (json!("<b>ada</b>"), INVALID_NAME),
        (json!("ada\u{200b}"), INVALID_NAME),
        (json!("\u{1f600}"), INVALID_NAME),
        (json!(long), "Ensure this field has no more than 150 characters."),
        (json!("  "), "This field may not be blank."),
        (json!(null), "This field may not be null."),
        (json!(["ada"]), "Not a valid string."),
        (json!(true), "Not a valid string."),
    ] {
        let answer = stack.post("/api/users", json!({"username": name, "password": PASSWORD})).await;
        answer.assert(400, &json!({"username": [message]}));
    }
    let longest = format!("{:x>150}", stack.fresh_name("@.+-_"));
    let answer = stack.post("/api/users", json!({"username": longest, "password": PASSWORD})).await;
    assert_eq!((answer.status, &answer.json()["username"]), (201, &json!(longest)));
}

#[tokio::test]
async fn a_weak_password_is_refused_with_the_messages_of_django() {
    let stack = stack();
    let long = "x7".repeat(65);
    for (password, messages) in [
        (json!("x7!kq"), json!(["This password is too short. It must contain at least 8 characters."])),
        (json!("Password1"), json!(["This password is too common."])),
        (json!("83746591028"), json!(["This password is entirely numeric."])),
        (json!("grace.hopper9"), json!(["The password is too similar to the username."])),
        (
            json!("12345"),
            json!([
                "This password is too short. It must contain at least 8 characters.",
                "This password is too common.",
                "This password is entirely numeric.",
            ]),
        ),
        (json!(long), json!(["Ensure this field has no more than 128 characters."])),
        (json!(""), json!(["This field may not be blank."])),
        (json!(" ".repeat(10)), json!(["This field may not be blank."])),
        (json!(null), json!(["This field may not be null."])),
        (json!({"a": 1}), json!(["Not a valid string."])),
    ] {
        let body = json!({"username": "Grace.Hopper", "password": password});
        stack.post("/api/users", body).await.assert(400, &json!({"password": messages}));
    }
}

#[tokio::test]
async fn white_space_and_unicode_in_a_password_are_kept() {
    let stack = stack();
    for (password, other) in [
        (" correct horse ".to_owned(), "correct horse"),
        (format!("q7{}", " ".repeat(10)), "q7"),
        ("p\u{e4}ssw\u{f6}rd \u{1f40e}".to_owned(), "pa\u{308}ssw\u{f6}rd"),
        ("x7".repeat(64), "x7"),
    ] {
        let name = stack.fresh_name("ada");
        let answer = stack.post("/api/users", json!({"username": name, "password": password})).await;
        assert_eq!(answer.status, 201, "{password:?}: {}", answer.text());
        let sign_in = async |password: &str| {
            stack.post("/api/token", json!({"username": name, "password": password})).await.status
        };
        assert_eq!((sign_in(&password).await, sign_in(other).await), (200, 401), "{password:?}");
    }
}

#[tokio::test]
async fn an_invalid_address_is_refused() {
    let stack = stack();
    for email in
        ["ada", "ada@", "ada@nowhere", "Ada <ada@example.org>", "ada@example.org\nBcc: eve@example.org"]
    {
        let body = json!({"username": stack.fresh_name("ada"), "password": PASSWORD, "email": email});
        stack.post("/api/users", body).await.assert(400, &json!({"email": ["Enter a valid email address."]}));
    }
}

#[tokio::test]
async fn all_invalid_fields_are_reported_together() {
    let body = json!({"username": "ada lovelace", "password": "83746", "email": "nowhere"});
    let expected = json!({
        "username": [INVALID_NAME],
        "password": [
            "This password is too short. It must contain at least 8 characters.",
            "This password is entirely numeric.",
        ],
        "email": ["Enter a valid email address."],
    });
    stack().post("/api/users", body).await.assert(400, &expected);
}
