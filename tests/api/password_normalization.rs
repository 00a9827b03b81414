//! One password in two Unicode forms. Keyboards can write an accented letter as one character or as two.

use serde_json::{Value, json};

use crate::helpers::{PASSWORD, TestStack, User, id, stack, throttled_stack};

const COMPOSED: &str = "cr\u{e8}me br\u{fb}l\u{e9}e";
const DECOMPOSED: &str = "cre\u{300}me bru\u{302}le\u{301}e";
const FORMS: [&str; 2] = [COMPOSED, DECOMPOSED];
/// The hash of the decomposed form in the format of Django, by Python's `hashlib.pbkdf2_hmac("sha256", password,
/// b"c2FsdA", 1000)`.
const OLDER_HASH: &str = "pbkdf2_sha256$1000$c2FsdA$YrtirePrzH66n4owVqiRS5n3g92phG/4Rq9NipetTgE=";

async fn attempt(stack: &TestStack, name: &str, password: &str) -> u16 {
    stack.post("/api/token", json!({"username": name, "password": password})).await.status
}

async fn sign_up(stack: &TestStack, password: &str) -> User {
    let name = stack.fresh_name("ada");
    let answer = stack.post("/api/users", json!({"username": name, "password": password})).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    stack.sign_in(&name, password, answer.json()["id"].as_str().expect("an id").to_owned()).await
}

/// Imports a user with [`OLDER_HASH`], and returns the name.
async fn import_user(stack: &TestStack) -> String {
    let name = stack.fresh_name("moved");
    let csv = format!("username,email,password\n{name},,{OLDER_HASH}\n");
    let report = stack.post("/_local/invoke/import-users", json!({"csv": csv})).await.json();
    assert_eq!(report["imported"], 1, "{report}");
    name
}

async fn login(stack: &TestStack, name: &str) -> Value {
    stack.record(&format!("NAME#{name}"), "LOGIN").await
}

#[tokio::test]
async fn both_unicode_forms_sign_in_whichever_one_signed_up() {
    let stack = stack();
    for form in FORMS {
        let ada = sign_up(&stack, form).await;
        for other in FORMS {
            assert_eq!(attempt(&stack, &ada.name, other).await, 200);
        }
        assert_eq!(attempt(&stack, &ada.name, "creme brulee").await, 401);
    }
}

#[tokio::test]
async fn every_route_accepts_both_unicode_forms_as_the_current_password() {
    let stack = stack();
    let ada = sign_up(&stack, COMPOSED).await;
    let body = json!({"email": stack.fresh_address(), "current_password": DECOMPOSED});
    assert_eq!(ada.patch("/api/users/me", body).await.status, 200);
    let body = json!({"current_password": DECOMPOSED, "new_password": format!("{DECOMPOSED}!")});
    assert_eq!(ada.post("/api/users/me/password", body).await.status, 204);
    assert_eq!(attempt(&stack, &ada.name, &format!("{COMPOSED}!")).await, 200);
    let body = json!({"password": format!("{DECOMPOSED}!")});
    assert_eq!(ada.delete_with("/api/users/me", body).await.status, 204);
}

#[tokio::test]
async fn an_imported_hash_matches_the_typed_form_and_is_then_replaced_by_one_of_nfc() {
    let stack = stack();
    let name = import_user(&stack).await;
    assert_eq!(attempt(&stack, &name, COMPOSED).await, 401, "the hash is of the decomposed form");
    assert_eq!(login(&stack, &name).await["password_hash"]["S"], OLDER_HASH);
    assert_eq!(attempt(&stack, &name, DECOMPOSED).await, 200);
    let ours = login(&stack, &name).await["password_hash"]["S"].take();
    assert!(ours.as_str().is_some_and(|hash| hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")), "{ours}");
    for form in FORMS {
        assert_eq!(attempt(&stack, &name, form).await, 200);
    }
    assert_eq!(login(&stack, &name).await["password_hash"]["S"], ours);
}

#[tokio::test]
async fn a_hash_written_by_an_older_release_is_handled_like_an_imported_one() {
    let stack = stack();
    let ada = sign_up(&stack, PASSWORD).await;
    let pk = format!("NAME#{}", ada.name);
    stack.set_attribute(&pk, "LOGIN", "password_hash", json!({"S": OLDER_HASH})).await;
    assert_eq!(attempt(&stack, &ada.name, DECOMPOSED).await, 200);
    assert_eq!(attempt(&stack, &ada.name, COMPOSED).await, 200);
}

#[tokio::test]
async fn trying_both_unicode_forms_counts_as_one_attempt() {
    let stack = throttled_stack().at_fresh_address();
    let (name, nobody) = (import_user(&stack).await, stack.fresh_name("nobody"));
    for name in [name, nobody] {
        for _ in 0..5 {
            assert_eq!(attempt(&stack, &name, &format!("{DECOMPOSED}?")).await, 401);
        }
        assert_eq!(attempt(&stack, &name, DECOMPOSED).await, 429);
    }
}

#[tokio::test]
async fn both_unicode_forms_open_a_link_and_older_links_open_as_typed() {
    let stack = stack();
    let ada = sign_up(&stack, PASSWORD).await;
    ada.move_to_tier("enterprise").await;
    let file = ada.upload_file("fox.txt", "text/plain", *b"fox").await;
    let links = format!("/api/files/{}/links", id(&file));
    for form in FORMS {
        let link = ada.post(&links, json!({"password": form, "expires_in": 300})).await.json();
        let path = link["url"].as_str().expect("a URL").replace(stack.api_url(), "");
        for other in FORMS {
            assert_eq!(stack.post(&path, json!({"password": other})).await.status, 303);
        }
        assert_eq!(stack.post(&path, json!({"password": "creme brulee"})).await.status, 401);
    }
    // A link of an older release, which hashed passwords as they were typed.
    let link = ada.post(&links, json!({"password": COMPOSED, "expires_in": 300})).await.json();
    let place = format!("SHARE#{}#{}", id(&file), id(&link));
    let entry = stack.record(&format!("SHARES#{}", ada.id), &place).await;
    let pk = format!("SHARE#{}", entry["hash"]["S"].as_str().expect("a hash"));
    stack.set_attribute(&pk, "SHARE", "password_hash", json!({"S": OLDER_HASH})).await;
    let path = link["url"].as_str().expect("a URL").replace(stack.api_url(), "");
    assert_eq!(stack.post(&path, json!({"password": DECOMPOSED})).await.status, 303);
    assert_eq!(stack.post(&path, json!({"password": COMPOSED})).await.status, 401);
}
