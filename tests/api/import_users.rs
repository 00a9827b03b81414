//! Users of a service of Django, imported with the passwords they have there.

use serde_json::{Value, json};

use crate::helpers::{Answer, PASSWORD, TestStack, stack};

const DUMP: &str = include_str!("fixtures/django_users.json");
const CSV: &str = include_str!("fixtures/django_users.csv");

/// As `fixtures/make.py` gave them to Django: by its default, argon2 and bcrypt; in other scripts; longer than bcrypt
/// takes; and hashed as older versions did.
const USERS: [(&str, &str); 7] = [
    ("ada", "correct horse battery"),
    ("grace", "correct horse battery"),
    ("alan", "correct horse battery"),
    ("Ångström", "πάσσω ρδ 😀 "),
    ("long", LONG),
    ("konrad", "correct horse battery"),
    ("hedy", "correct horse battery"),
];
const LONG: &str = "long long long long long long long long long long long long long long long long long long long \
                    long long long long long long ";

/// The fixtures' users, under names and addresses of which no other test has any.
struct Movers {
    stack: TestStack,
    /// What stands before each name and address.
    prefix: String,
}

impl Movers {
    fn new() -> Self {
        let stack = stack();
        Self { prefix: stack.fresh_name("mover"), stack }
    }

    fn name(&self, name: &str) -> String {
        format!("{}.{name}", self.prefix)
    }

    async fn import(&self, event: &str) -> Answer {
        let event = event.replace("moved.", &self.name(""));
        self.stack.post_raw("/_local/invoke/import-users", "application/json", event).await
    }

    async fn import_csv(&self, csv: &str) -> Answer {
        self.import(&json!({"csv": csv, "emails_verified": true}).to_string()).await
    }

    async fn sign_in(&self, name: &str, password: &str) -> Answer {
        let credentials = json!({"username": self.name(name), "password": password});
        self.stack.post("/api/token", credentials).await
    }

    /// What the user reads of the own account.
    async fn account(&self, name: &str, password: &str) -> Value {
        let user = self.stack.sign_in(&self.name(name), password, String::new()).await;
        user.get("/api/users/me").await.json()
    }

    async fn hash(&self, name: &str) -> String {
        let login = self.stack.record(&format!("NAME#{}", self.name(name)), "LOGIN").await;
        login["password_hash"]["S"].as_str().expect("a hash").to_owned()
    }
}

fn denied() -> Value {
    json!({"detail": "No active account found with the given credentials"})
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn users_of_django_sign_in_with_the_passwords_they_have_there() {
    let movers = Movers::new();
    let reason = |name: &str, reason: &str| json!({"username": movers.name(name), "reason": reason});
    let unknown = "its password is hashed by another algorithm than pbkdf2_sha256, argon2 or bcrypt_sha256";
    let names =
        "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.";
    let earlier = "an earlier user of the dump has its name, if case and Unicode form do not count";
    let expected = json!({
        "imported": 8,
        "skipped": [
            reason("social", "has no usable password"),
            reason("ancient", unknown),
            reason("memory", unknown),
            reason("with space", names),
            reason("ADA", earlier),
        ],
        "notes": [{"username": movers.name("hedy"), "note": "its address is not valid: it has none now"}],
    });
    assert_eq!(movers.import(DUMP).await.outcome(), (200, expected));
    for (name, password) in USERS {
        let answer = movers.sign_in(name, password).await;
        assert_eq!(answer.status, 200, "{name}: {}", movers.stack.explain(&answer));
    }
    // She was deactivated there.
    movers.sign_in("kay", PASSWORD).await.assert(401, &denied());
}

#[tokio::test]
async fn staff_there_is_not_staff_here() {
    let movers = Movers::new();
    movers.import(DUMP).await;
    let mut account = movers.account("ada", PASSWORD).await;
    assert!(account["id"].take().is_string());
    let created: jiff::Timestamp =
        account["created_at"].take().as_str().and_then(|text| text.parse().ok()).expect("a time");
    assert_eq!(created, "2021-03-04T05:06:07.890Z".parse().expect("a time"));
    let expected = json!({
        "id": null,
        "username": movers.name("ada"),
        "email": format!("{}@example.org", movers.name("ada")),
        "email_verified": false,
        "tier": "Basic",
        "is_staff": false,
        "used_bytes": 0,
        "max_total_bytes": 1 << 30,
        "created_at": null,
    });
    assert_eq!(account, expected);
}

#[tokio::test]
async fn a_hash_of_django_becomes_ours_at_the_first_sign_in() {
    let movers = Movers::new();
    movers.import(DUMP).await;
    for (name, before) in [("ada", "pbkdf2_sha256$"), ("grace", "argon2$"), ("alan", "bcrypt_sha256$")] {
        movers.sign_in(name, "correct horse batterz").await.assert(401, &denied());
        assert!(movers.hash(name).await.starts_with(before), "{name}");
        assert_eq!(movers.sign_in(name, PASSWORD).await.status, 200, "{name}");
        let ours = movers.hash(name).await;
        assert!(ours.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{name}: {ours}");
        assert_eq!(movers.sign_in(name, PASSWORD).await.status, 200, "{name}");
        assert_eq!(movers.hash(name).await, ours, "{name}");
    }
    movers.sign_in("ada", "correct horse batterz").await.assert(401, &denied());
}

#[tokio::test]
async fn the_same_dump_imports_nobody_twice() {
    let movers = Movers::new();
    assert_eq!(movers.import(DUMP).await.json()["imported"], 8);
    let again = movers.import(DUMP).await.json();
    assert_eq!((&again["imported"], &again["notes"]), (&json!(0), &json!([])));
    let skipped = again["skipped"].as_array().expect("a list");
    assert_eq!(skipped.len(), 13);
    assert_eq!(skipped.iter().filter(|user| user["reason"] == "exists already").count(), 8);
}

#[tokio::test]
async fn a_csv_brings_the_same_users_with_verified_addresses() {
    let movers = Movers::new();
    let report = movers.import_csv(CSV).await.json();
    assert_eq!(report["imported"], 7);
    assert_eq!(movers.account("ada", PASSWORD).await["email_verified"], true);
    assert_eq!(movers.account("grace", PASSWORD).await["email_verified"], true);
    assert_eq!(movers.account("hedy", PASSWORD).await["email_verified"], false);
    let csv =
        format!("username,email,password\nmoved.late,moved.ADA@example.org,{}\n", movers.hash("long").await);
    let report = movers.import_csv(&csv).await.json();
    let note = "its address belongs to another account: it has it without being verified";
    let notes = json!([{"username": movers.name("late"), "note": note}]);
    assert_eq!(report, json!({"imported": 1, "skipped": [], "notes": notes}));
    assert_eq!(movers.account("late", LONG).await["email_verified"], false);
}

#[tokio::test]
async fn an_account_that_is_here_keeps_its_password() {
    let movers = Movers::new();
    let body = json!({"username": movers.name("Ada"), "password": "another horse battery"});
    assert_eq!(movers.stack.post("/api/users", body).await.status, 201);
    let report = movers.import(DUMP).await.json();
    assert_eq!(report["skipped"][0], json!({"username": movers.name("ada"), "reason": "exists already"}));
    assert_eq!(movers.sign_in("ada", PASSWORD).await.status, 401);
    assert_eq!(movers.sign_in("ada", "another horse battery").await.status, 200);
}

#[tokio::test]
async fn what_is_no_dump_is_refused_in_words_that_say_what_to_do() {
    let answer = Movers::new().import(r#"{"users": []}"#).await;
    assert_eq!(answer.header("x-amz-function-error"), "Unhandled");
    let body = answer.json();
    assert_eq!(body["errorType"], "MalformedDump");
    let message = body["errorMessage"].as_str().expect("a text");
    assert!(message.contains("emails_verified"), "{message}");
}

#[tokio::test]
async fn no_log_says_who_was_imported() {
    let movers = Movers::new();
    movers.import(DUMP).await;
    let logs = movers.stack.logs().join("\n");
    assert!(logs.contains("users imported"));
    assert!(!logs.contains(&movers.prefix));
    assert!(!logs.contains("pbkdf2_sha256$"));
}
