//! Different spellings that count as one name.

use serde_json::{Value, json};

use crate::helpers::{PASSWORD, TestStack, User, id, mailing_stack, stack};
use crate::staff::staff_user;

const NEW_PASSWORD: &str = "another horse battery";

/// A name with a dotted capital i, its key, and its former key.
struct Dotted {
    name: String,
    key: String,
    former: String,
}

impl Dotted {
    fn new(stack: &TestStack) -> Self {
        let end = stack.fresh_name("stan");
        Self { name: format!("İ{end}"), key: format!("i{end}"), former: format!("i\u{307}{end}") }
    }

    async fn login(&self, stack: &TestStack, key: &str) -> Value {
        stack.record(&format!("NAME#{key}"), "LOGIN").await
    }

    /// Creates an account with the former key, like an older release.
    async fn older_account(&self, stack: &TestStack) -> User {
        let body = json!({"username": self.name, "password": PASSWORD});
        let answer = stack.post("/api/users", body).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        self.move_to_former_key(stack).await;
        let id = answer.json()["id"].as_str().expect("an id").to_owned();
        stack.sign_in(&self.name, PASSWORD, id).await
    }

    /// Moves the login record to the key that an older release gave it.
    async fn move_to_former_key(&self, stack: &TestStack) {
        let mut login = self.login(stack, &self.key).await;
        let key = json!({"pk": {"S": format!("NAME#{}", self.key)}, "sk": {"S": "LOGIN"}});
        stack.dynamodb("DeleteItem", json!({ "Key": key })).await;
        login["pk"] = json!({"S": format!("NAME#{}", self.former)});
        stack.put_records(&[login]).await;
    }
}

/// The responses of both routes to a sign-up with this name.
async fn sign_ups(stack: &TestStack, name: &str) -> [u16; 2] {
    let email = stack.fresh_address();
    let body = json!({"username": name, "password": PASSWORD, "email": email});
    let answers =
        [stack.post("/api/users", body.clone()).await, stack.post("/api/user/register", body).await];
    for answer in &answers {
        let exists = "A user with that username already exists.";
        assert!(answer.status == 201 || answer.text().contains(exists), "{}", answer.text());
    }
    answers.map(|answer| answer.status)
}

#[tokio::test]
async fn a_dotted_capital_i_and_a_small_i_count_as_one_letter() {
    let stack = stack();
    let dotted = Dotted::new(&stack);
    let body = json!({"username": dotted.name, "password": PASSWORD});
    let made = stack.post("/api/users", body).await.json();
    assert_eq!(made["username"], dotted.name);
    for name in [&dotted.name, &dotted.key, &dotted.key.to_uppercase()] {
        assert_eq!(sign_ups(&stack, name).await, [400, 400], "{name}");
        stack.sign_in(name, PASSWORD, id(&made).to_owned()).await.assert_signed_in().await;
    }
    let plain = Dotted::new(&stack);
    let body = json!({"username": plain.key, "password": PASSWORD});
    let made = stack.post("/api/users", body).await.json();
    assert_eq!(sign_ups(&stack, &plain.name).await, [400, 400]);
    stack.sign_in(&plain.name, PASSWORD, id(&made).to_owned()).await.assert_signed_in().await;
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn an_account_with_a_former_key_keeps_it() {
    let stack = stack();
    let dotted = Dotted::new(&stack);
    let ada = dotted.older_account(&stack).await;
    assert_eq!(sign_ups(&stack, &dotted.name).await, [400, 400]);
    // Another account now has the current key, and each account is found by its own spelling.
    let body = json!({"username": dotted.key, "password": NEW_PASSWORD});
    let other = stack.post("/api/users", body).await.json();
    stack.sign_in(&dotted.key, NEW_PASSWORD, id(&other).to_owned()).await.assert_signed_in().await;

    let body = json!({"current_password": PASSWORD, "new_password": "a third horse battery"});
    assert_eq!(ada.post("/api/users/me/password", body).await.status, 204);
    let password = "a third horse battery";
    let ada = stack.sign_in(&ada.name, password, ada.id.clone()).await;
    assert_eq!(ada.post("/api/user/logout", json!({"all": true})).await.status, 200);
    let ada = stack.sign_in(&ada.name, password, ada.id.clone()).await;
    let boss = staff_user(&stack).await;
    for (is_active, status) in [(false, 401), (true, 200)] {
        let path = format!("/api/users/{}", ada.id);
        assert_eq!(boss.patch(&path, json!({"is_active": is_active})).await.status, 200);
        let credentials = json!({"username": ada.name, "password": password});
        assert_eq!(stack.post("/api/token", credentials).await.status, status);
    }
    let ada = stack.sign_in(&ada.name, password, ada.id.clone()).await;
    assert_eq!(ada.delete_with("/api/users/me", json!({"password": password})).await.status, 204);
    stack.settled().await;
    assert_eq!(dotted.login(&stack, &dotted.former).await, Value::Null);
    stack.sign_in(&dotted.key, NEW_PASSWORD, id(&other).to_owned()).await.assert_signed_in().await;
}

#[tokio::test]
async fn an_import_finds_an_account_with_a_former_key() {
    let stack = stack();
    let dotted = Dotted::new(&stack);
    dotted.older_account(&stack).await;
    let hash = "pbkdf2_sha256$1000$c2FsdA$YrtirePrzH66n4owVqiRS5n3g92phG/4Rq9NipetTgE=";
    let csv = format!("username,email,password\n{},,{hash}\n", dotted.name);
    let report = stack.post("/_local/invoke/import-users", json!({"csv": csv})).await.json();
    assert_eq!(report["imported"], 0, "{report}");
    assert_eq!(dotted.login(&stack, &dotted.key).await, Value::Null);
}

#[tokio::test]
async fn mailed_links_find_an_account_with_a_former_key() {
    let stack = mailing_stack();
    let dotted = Dotted::new(&stack);
    let email = stack.fresh_address();
    let body = json!({"username": dotted.name, "password": PASSWORD, "email": email});
    let made = stack.post("/api/users", body).await.json();
    dotted.move_to_former_key(&stack).await;
    let verification = stack.link_mailed_to(&email, 1).await;
    assert_eq!(stack.post(&verification, json!({})).await.status, 200);
    stack.sign_in(&dotted.name, PASSWORD, id(&made).to_owned()).await.assert_signed_in().await;

    stack.reset_mail_interval().await;
    assert_eq!(stack.post("/api/user/password-reset", json!({"email": email})).await.status, 202);
    let reset = stack.link_mailed_to(&email, 2).await;
    assert_eq!(stack.post(&reset, json!({"new_password": NEW_PASSWORD})).await.status, 204);
    stack.sign_in(&dotted.name, NEW_PASSWORD, id(&made).to_owned()).await.assert_signed_in().await;
    assert_eq!(dotted.login(&stack, &dotted.key).await, Value::Null);
}
