//! Imports users of a Django service with their passwords.

use serde_json::{Value, json};

use crate::helpers::{Answer, PASSWORD, TestStack, mailing_stack, stack};

const DUMP: &str = include_str!("fixtures/django_users.json");
const CSV: &str = include_str!("fixtures/django_users.csv");
/// The dump of a project with a custom user model without usernames.
const PROJECT: &str = include_str!("fixtures/django_project.json");

/// The users of `fixtures/make.py` with their passwords. They cover Django's default hash, argon2, bcrypt, scrypt and
/// hashes of older versions, other scripts, and a password over the limit of bcrypt.
const USERS: [(&str, &str); 8] = [
    ("ada", "correct horse battery"),
    ("grace", "correct horse battery"),
    ("alan", "correct horse battery"),
    ("Ångström", "πάσσω ρδ 😀 "),
    ("long", LONG),
    ("konrad", "correct horse battery"),
    ("hedy", "correct horse battery"),
    ("memory", "correct horse battery"),
];
const LONG: &str = "long long long long long long long long long long long long long long long long long long long \
                    long long long long long long ";

/// The users of the fixtures, with names and addresses that no other test uses.
struct ImportedUsers {
    stack: TestStack,
    /// The prefix of each name and address.
    prefix: String,
}

impl ImportedUsers {
    fn new() -> Self {
        Self::on(stack())
    }

    fn on(stack: TestStack) -> Self {
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

    /// The account, as its user sees it.
    async fn account(&self, name: &str, password: &str) -> Value {
        let user = self.stack.sign_in(&self.name(name), password, String::new()).await;
        user.get("/api/users/me").await.json()
    }

    /// Resets the password by a mail to this address, which gets the prefix, too.
    async fn reset(&self, address: &str, password: &str) {
        let address = self.name(address);
        let before = self.stack.inbox().to(&address).len();
        let answer = self.stack.post("/api/user/password-reset", json!({"email": address})).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        let link = self.stack.link_mailed_to(&address, before + 1).await;
        let answer = self.stack.post(&link, json!({"new_password": password})).await;
        assert_eq!(answer.status, 204, "{address}: {}", self.stack.explain(&answer));
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
async fn imported_users_sign_in_with_their_django_passwords() {
    let imported = ImportedUsers::new();
    let seen = |pk: u32, name: &str, field: &str, message: &str| {
        let username = imported.name(name);
        json!({"pk": pk, "username": username, "email": null, field: message})
    };
    let names =
        "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.";
    let earlier = "an earlier user of the dump has its name, if case and Unicode form do not count";
    let mut hedy = seen(7, "hedy", "note", "its address is not valid: it has none now");
    hedy["email"] = json!(imported.name("hedy@nowhere"));
    let (social, ancient) =
        ("has no usable password", "its password is hashed by an algorithm that is not verified here");
    let no_address = "it cannot sign in, because it has no address for a reset";
    let expected = json!({
        "imported": 11,
        "corrected": 0,
        "skipped": [seen(12, "with space", "reason", names), seen(13, "ADA", "reason", earlier)],
        "notes": [
            hedy,
            seen(9, "social", "note", &format!("{social}: {no_address}")),
            seen(10, "ancient", "note", &format!("{ancient}: {no_address}")),
        ],
    });
    assert_eq!(imported.import(DUMP).await.outcome(), (200, expected));
    for (name, password) in USERS {
        let answer = imported.sign_in(name, password).await;
        assert_eq!(answer.status, 200, "{name}: {}", imported.stack.explain(&answer));
    }
    // Kay's account was inactive in the dump. Users without a password or with an unsupported hash cannot sign in.
    imported.sign_in("kay", PASSWORD).await.assert(401, &denied());
    for (name, password) in [("social", "!"), ("social", PASSWORD), ("ancient", "!"), ("ancient", PASSWORD)] {
        imported.sign_in(name, password).await.assert(401, &denied());
    }
    // The names of these users are taken anyway.
    let body = json!({"username": imported.name("Ancient"), "password": "another horse battery"});
    let taken = json!({"username": ["A user with that username already exists."]});
    imported.stack.post("/api/users", body).await.assert(400, &taken);
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn users_of_a_project_with_a_custom_model_sign_in_or_reset_their_passwords() {
    let imported = ImportedUsers::new();
    let dump: Value = serde_json::from_str(PROJECT).expect("a dump");
    let event = json!({"dumpdata": dump, "emails_verified": true}).to_string();
    let report = imported.import(&event).await.json();
    let address = |name: &str| imported.name(&format!("{name}@example.org"));
    let seen = |name: &str, field: &str, message: &str| {
        let is_user = |record: &&Value| record["fields"]["email"] == format!("moved.{name}@example.org");
        let record = dump.as_array().and_then(|records| records.iter().find(is_user)).expect("a user");
        json!({"pk": record["pk"], "username": address(name), "email": address(name), field: message})
    };
    assert_eq!((&report["imported"], &report["corrected"]), (&json!(10), &json!(0)), "{report:#}");
    let names =
        "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.";
    assert_eq!(report["skipped"], json!([seen("o'hara", "reason", names)]));
    let notes = report["notes"].as_array().expect("a list");
    assert_eq!(notes.len(), 3, "{notes:#?}");
    for (name, message) in [
        (
            "md5",
            "its password is hashed by an algorithm that is not verified here: it gets a password by a reset",
        ),
        (
            "dear",
            "its password hash is damaged, or would take too long to verify: it gets a password by a reset",
        ),
        ("social", "has no usable password: it gets a password by a reset"),
    ] {
        assert!(notes.contains(&seen(name, "note", message)), "{name}: {notes:#?}");
    }
    for name in ["pbkdf2_sha256", "pbkdf2_sha1", "argon2", "bcrypt_sha256", "bcrypt", "scrypt"] {
        let login = format!("{name}@example.org");
        imported.sign_in(&login, "correct horse batterz").await.assert(401, &denied());
        let answer = imported.sign_in(&login.to_uppercase(), PASSWORD).await;
        assert_eq!(answer.status, 200, "{name}: {}", imported.stack.explain(&answer));
        assert!(imported.hash(&login).await.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{name}");
    }
    for name in ["md5", "dear", "social"] {
        let login = format!("{name}@example.org");
        imported.sign_in(&login, PASSWORD).await.assert(401, &denied());
        imported.reset(&login, "another horse battery").await;
        assert_eq!(imported.sign_in(&login, "another horse battery").await.status, 200, "{name}");
    }
    imported.sign_in("closed@example.org", PASSWORD).await.assert(401, &denied());
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn a_second_import_verifies_addresses_of_accounts_that_were_never_used() {
    let imported = ImportedUsers::on(mailing_stack());
    imported.import(DUMP).await;
    assert_eq!(imported.account("ada", PASSWORD).await["email_verified"], false);
    // Eve signs up between the two imports, with the address of an imported user.
    let eve = imported.stack.unverified_account("eve", &imported.name("grace@example.org")).await;
    let link = imported.stack.link_for(&eve).await;
    let dump: Value = serde_json::from_str(DUMP).expect("a dump");
    let event = json!({"dumpdata": dump, "emails_verified": true}).to_string();
    let report = imported.import(&event).await.json();
    assert_eq!((&report["imported"], &report["corrected"]), (&json!(0), &json!(1)), "{report:#}");
    assert_eq!(report["skipped"].as_array().map(Vec::len), Some(12));
    assert_eq!(imported.account("ada", PASSWORD).await["email_verified"], false);
    imported.stack.reset_mail_interval().await;
    imported.reset("grace@example.org", "another horse battery").await;
    assert_eq!(imported.account("grace", "another horse battery").await["email_verified"], true);
    // The address belongs to the imported user now, so Eve cannot verify it.
    assert_eq!(imported.stack.post(&link, json!({})).await.status, 404);
    assert_eq!(imported.import(&event).await.json()["corrected"], 0);
}

#[tokio::test]
async fn staff_of_the_django_service_are_not_staff_here() {
    let imported = ImportedUsers::new();
    imported.import(DUMP).await;
    let mut account = imported.account("ada", PASSWORD).await;
    assert!(account["id"].take().is_string());
    let created: jiff::Timestamp =
        account["created_at"].take().as_str().and_then(|text| text.parse().ok()).expect("a time");
    assert_eq!(created, "2021-03-04T05:06:07.890Z".parse().expect("a time"));
    let expected = json!({
        "id": null,
        "username": imported.name("ada"),
        "email": format!("{}@example.org", imported.name("ada")),
        "email_verified": false,
        "tier": "Basic",
        "is_staff": false,
        "used_bytes": 0,
        "kept_bytes": 0,
        "max_total_bytes": 1 << 30,
        "created_at": null,
    });
    assert_eq!(account, expected);
}

#[tokio::test]
async fn a_django_hash_is_replaced_at_the_first_sign_in() {
    let imported = ImportedUsers::new();
    imported.import(DUMP).await;
    for (name, before) in [("ada", "pbkdf2_sha256$"), ("grace", "argon2$"), ("alan", "bcrypt_sha256$")] {
        imported.sign_in(name, "correct horse batterz").await.assert(401, &denied());
        assert!(imported.hash(name).await.starts_with(before), "{name}");
        assert_eq!(imported.sign_in(name, PASSWORD).await.status, 200, "{name}");
        let ours = imported.hash(name).await;
        assert!(ours.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{name}: {ours}");
        assert_eq!(imported.sign_in(name, PASSWORD).await.status, 200, "{name}");
        assert_eq!(imported.hash(name).await, ours, "{name}");
    }
    imported.sign_in("ada", "correct horse batterz").await.assert(401, &denied());
}

#[tokio::test]
async fn importing_the_same_dump_again_creates_no_account() {
    let imported = ImportedUsers::new();
    assert_eq!(imported.import(DUMP).await.json()["imported"], 11);
    let again = imported.import(DUMP).await.json();
    assert_eq!((&again["imported"], &again["notes"]), (&json!(0), &json!([])));
    let skipped = again["skipped"].as_array().expect("a list");
    assert_eq!(skipped.len(), 13);
    assert_eq!(skipped.iter().filter(|user| user["reason"] == "exists already").count(), 11);
}

#[tokio::test]
async fn a_csv_file_imports_the_same_users_with_verified_addresses() {
    let imported = ImportedUsers::new();
    let report = imported.import_csv(CSV).await.json();
    assert_eq!(report["imported"], 10);
    assert_eq!(imported.account("ada", PASSWORD).await["email_verified"], true);
    assert_eq!(imported.account("grace", PASSWORD).await["email_verified"], true);
    assert_eq!(imported.account("hedy", PASSWORD).await["email_verified"], false);
    let csv = format!(
        "username,email,password\nmoved.late,moved.ADA@example.org,{}\n",
        imported.hash("long").await
    );
    let report = imported.import_csv(&csv).await.json();
    let note = "its address belongs to another account: it has it without being verified";
    let email = imported.name("ADA@example.org");
    let notes = json!([{"pk": null, "username": imported.name("late"), "email": email, "note": note}]);
    assert_eq!(report, json!({"imported": 1, "corrected": 0, "skipped": [], "notes": notes}));
    assert_eq!(imported.account("late", LONG).await["email_verified"], false);
}

#[tokio::test]
async fn an_address_with_a_converted_domain_is_imported_once() {
    let imported = ImportedUsers::new();
    assert_eq!(imported.import_csv(CSV).await.json()["imported"], 10);
    let hash = imported.hash("long").await;
    for (name, domain, is_verified) in
        [("first", "bücher.example", true), ("second", "xn--bcher-kva.example", false)]
    {
        let csv = format!("username,email,password\nmoved.{name},moved.late@{domain},{hash}\n");
        assert_eq!(imported.import_csv(&csv).await.json()["imported"], 1);
        assert_eq!(imported.account(name, LONG).await["email_verified"], is_verified, "{domain}");
    }
}

#[tokio::test]
async fn an_existing_account_keeps_its_password() {
    let imported = ImportedUsers::new();
    let body = json!({"username": imported.name("Ada"), "password": "another horse battery"});
    assert_eq!(imported.stack.post("/api/users", body).await.status, 201);
    let report = imported.import(DUMP).await.json();
    let (name, email) = (imported.name("ada"), imported.name("ada@example.org"));
    let skipped = json!({"pk": 1, "username": name, "email": email, "reason": "exists already"});
    assert_eq!(report["skipped"][0], skipped);
    assert_eq!(imported.sign_in("ada", PASSWORD).await.status, 401);
    assert_eq!(imported.sign_in("ada", "another horse battery").await.status, 200);
}

#[tokio::test]
async fn a_malformed_dump_is_refused_with_a_hint_at_the_right_format() {
    let answer = ImportedUsers::new().import(r#"{"users": []}"#).await;
    assert_eq!(answer.header("x-amz-function-error"), "Unhandled");
    let body = answer.json();
    assert_eq!(body["errorType"], "MalformedDump");
    let message = body["errorMessage"].as_str().expect("a text");
    assert!(message.contains("emails_verified"), "{message}");
}

#[tokio::test]
async fn the_logs_contain_no_imported_names_or_hashes() {
    let imported = ImportedUsers::new();
    imported.import(DUMP).await;
    let logs = imported.stack.logs().join("\n");
    assert!(logs.contains("users imported"));
    assert!(!logs.contains(&imported.prefix));
    assert!(!logs.contains("pbkdf2_sha256$"));
}
