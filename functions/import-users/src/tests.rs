use satchel_testing::{Call, CannedAws, NOW, Reply, cancelled, denied, done};
use serde_json::json;

use super::*;

const EVENT: &str = include_str!("../../../events/import-users.json");
/// Made by Django 5.2.19.
const HASH: &str = "bcrypt_sha256$$2b$12$9WHrBxWJQyJJc9KUZCU.RuJsGB/72Ogae9Ocu6enY9cLYkQHVGm72";

async fn imported(aws: &CannedAws, event: Value) -> Result<Report, Failure> {
    let app = App { clock: Clock::Fixed(NOW), ..App::new(&aws.config()) };
    handle(&app, event).await
}

/// What an import answers when the table takes everything.
async fn welcomed(event: Value) -> Report {
    let aws = CannedAws::answering([done("TransactWriteItems")]).await;
    imported(&aws, event).await.unwrap()
}

async fn refused(event: Value) -> String {
    let aws = CannedAws::answering([done("TransactWriteItems")]).await;
    let failure = imported(&aws, event).await.unwrap_err();
    assert!(aws.calls().is_empty());
    lambda_runtime::Diagnostic::from(failure).error_message
}

/// A user as Django dumps it, with these fields beside a name and a good hash.
fn user(name: &str, fields: Value) -> Value {
    let mut user = json!({"model": "auth.user", "fields": {"username": name, "password": HASH}});
    user["fields"].as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    user
}

/// The records that a transaction puts, by their keys.
fn puts(call: &Call) -> Value {
    let puts = call.json()["TransactItems"].as_array().unwrap().clone();
    let key =
        |item: &Value| [&item["pk"]["S"], &item["sk"]["S"]].map(|part| part.as_str().unwrap()).join(" ");
    puts.into_iter().map(|put| (key(&put["Put"]["Item"]), put["Put"]["Item"].clone())).collect()
}

fn names(report: &Report) -> Vec<&str> {
    report.skipped.iter().map(|skipped| skipped.username.as_str()).collect()
}

/// The claim on an address is refused, everything else is done.
fn claimed_already() -> [Reply; 2] {
    let claim = r#""sk":{"S":"EMAIL"}"#;
    let refusal = cancelled(&["None", "None", "ConditionalCheckFailed"]);
    [refusal.about(claim), done("TransactWriteItems")]
}

#[tokio::test]
async fn users_come_with_their_hash_and_never_as_staff() {
    let aws = CannedAws::answering([done("TransactWriteItems")]).await;
    let report = imported(&aws, serde_json::from_str(EVENT).unwrap()).await.unwrap();
    let skipped = json!([{"username": "mary", "reason": "has no usable password"}]);
    assert_eq!(json!(report), json!({"imported": 2, "skipped": skipped, "notes": []}));
    let calls: Vec<_> = aws.calls().iter().map(puts).collect();
    let records = calls.iter().find(|puts| puts.get("NAME#katherine LOGIN").is_some()).unwrap();
    let login = &records["NAME#katherine LOGIN"];
    let id = login["user_id"]["S"].as_str().unwrap();
    assert!(login["password_hash"]["S"].as_str().unwrap().starts_with("pbkdf2_sha256$1000000$"));
    assert_eq!(login["awaits_verification"], json!({"BOOL": false}));
    let account = &records[format!("USER#{id} USER")];
    assert_eq!(account["is_staff"], json!({"BOOL": false}));
    assert_eq!(account["email"], json!({"S": "katherine@example.org"}));
    assert_eq!(account["email_verified"], json!({"BOOL": false}));
    let created: jiff::Timestamp = account["created_at"]["S"].as_str().unwrap().parse().unwrap();
    assert_eq!(created, "2021-03-04T05:06:07.890Z".parse().unwrap());
    let waits = &records[format!("EMAIL#katherine@example.org WAITS#{id}")];
    assert_eq!(waits["username"], json!({"S": "katherine"}));
    assert_eq!(records.as_object().unwrap().len(), 3);
    assert!(!records.to_string().contains("ttl"), "{records}");
}

#[tokio::test]
async fn an_address_that_counts_as_verified_is_claimed_by_one_account() {
    let aws = CannedAws::answering([done("TransactWriteItems")]).await;
    let users =
        [user("ada", json!({"email": "a@example.org"})), user("grace", json!({"email": "A@Example.org"}))];
    let report = imported(&aws, json!({"dumpdata": users, "emails_verified": true})).await.unwrap();
    let note = "an earlier user of the dump has its address: it has it without being verified";
    assert_eq!(report.notes, [Note { username: "grace".to_owned(), note }]);
    for call in &aws.calls() {
        let records = puts(call);
        let is_ada = records.get("NAME#ada LOGIN").is_some();
        assert_eq!(records.get("EMAIL#a@example.org EMAIL").is_some(), is_ada);
        assert_eq!(records.to_string().contains(r#""email_verified":{"BOOL":true}"#), is_ada);
    }
    assert_eq!((aws.calls().len(), report.imported), (2, 2));
}

#[tokio::test]
async fn an_address_of_another_account_comes_without_being_verified() {
    let aws = CannedAws::answering(claimed_already()).await;
    let csv = format!("username,password,email\nada,{HASH},ada@example.org\n");
    let report = imported(&aws, json!({"csv": csv, "emails_verified": true})).await.unwrap();
    assert_eq!((report.imported, report.notes.len()), (1, 1));
    let [claims, waits] = &aws.calls()[..] else { panic!("two calls") };
    assert!(puts(claims).get("EMAIL#ada@example.org EMAIL").is_some());
    assert!(puts(waits).get("EMAIL#ada@example.org EMAIL").is_none());
    let waits = puts(waits).to_string();
    for part in [r#""email_verified":{"BOOL":false}"#, r#""email":{"S":"ada@example.org"}"#, "WAITS#"] {
        assert!(waits.contains(part), "{waits}");
    }
}

#[tokio::test]
async fn a_name_that_somebody_has_is_skipped_and_the_others_go_on() {
    let taken = cancelled(&["ConditionalCheckFailed", "None"]).about("NAME#grace");
    let aws = CannedAws::answering([taken, done("TransactWriteItems")]).await;
    let users = ["ada", "Grace", "alan"].map(|name| user(name, json!({})));
    let report = imported(&aws, json!(users)).await.unwrap();
    let skipped = json!([{"username": "Grace", "reason": "exists already"}]);
    assert_eq!(json!(report), json!({"imported": 2, "skipped": skipped, "notes": []}));
}

#[tokio::test]
async fn what_cannot_be_imported_is_named_with_its_reason() {
    let report = welcomed(json!([
        user("ada", json!({"is_active": "yes"})),
        user("a b", json!({})),
        user(&"a".repeat(151), json!({})),
        user("none", json!({"password": null})),
        user("social", json!({"password": "!ziESz05XYuue3UZJNQ4RuHeQyt3wQlf8P1MVoKx4"})),
        user("md5", json!({"password": "md5$81AhbgpsmQ16QO1RklFert$76ac76985b4e80a53f6253877db0e71d"})),
        user("dear", json!({"password": HASH.replace("$12$", "$31$")})),
        user("ada", json!({})),
        user("ADA", json!({})),
        json!({"model": "accounts.user", "fields": {"email": "ada@example.org", "password": HASH}}),
        json!({"model": "sessions.session", "fields": {"session_data": "x"}}),
    ]))
    .await;
    assert_eq!(report.imported, 1);
    let long = "a".repeat(151);
    assert_eq!(names(&report), ["ada", "a b", &long, "none", "social", "md5", "dear", "ADA", ""]);
    let of = |name: &str| &report.skipped.iter().find(|skipped| skipped.username == name).unwrap().reason;
    assert!(of("a b").starts_with("Enter a valid username."));
    assert_eq!(of("none"), "has no usable password");
    assert!(of("md5").contains("another algorithm"));
    assert!(of("dear").contains("too long to verify"));
    assert!(of("ADA").contains("earlier user"));
}

#[tokio::test]
async fn what_does_not_come_along_is_noted() {
    let fields = json!({"email": "ada@nowhere", "date_joined": "long ago"});
    let report = welcomed(json!([user("ada", fields), user("alan", json!({"email": ""}))])).await;
    assert_eq!((report.imported, report.skipped.len(), report.notes.len()), (2, 0, 2));
    assert!(report.notes.iter().all(|note| note.username == "ada"));
}

#[tokio::test]
async fn a_model_of_the_project_s_own_is_one_of_users() {
    let models = ["accounts.CustomUser", "people.person", "auth.user"];
    let users = models.map(|model| {
        let name = model.replace('.', "-");
        json!({"model": model, "pk": 1, "fields": {"username": name, "password": HASH, "badge": 7}})
    });
    assert_eq!(welcomed(json!(users)).await.imported, 3);
}

#[tokio::test]
async fn columns_of_a_csv_come_in_any_order_with_whatever_else_there_is() {
    let aws = CannedAws::answering([done("TransactWriteItems")]).await;
    let csv = format!(
        "\u{feff}id,is_active,Password, date_joined ,username\r\n1,f,\"{HASH}\",2021-03-04 05:06:07+00,ada\r\n\
         2,maybe,{HASH},,grace\r\n3,,{HASH},,alan\r\n"
    );
    let report = imported(&aws, json!({"csv": csv})).await.unwrap();
    assert_eq!((report.imported, names(&report)), (2, vec!["grace"]));
    let records: Vec<_> = aws.calls().iter().map(|call| puts(call).to_string()).collect();
    let ada = records.iter().find(|records| records.contains("NAME#ada")).unwrap();
    assert!(ada.matches(r#""is_active":{"BOOL":false}"#).count() == 2, "{ada}");
    assert!(ada.contains("2021-03-04T05:06:07Z"), "{ada}");
}

#[tokio::test]
async fn an_event_that_is_no_dump_is_refused_whole_and_says_why() {
    for (event, words) in [
        (json!("dump.json"), "manage.py dumpdata"),
        (json!({}), "manage.py dumpdata"),
        (json!({"csv": "", "dumpdata": []}), "manage.py dumpdata"),
        (json!({"csv": ""}), "`username`"),
        (json!({"csv": "username,email\nada,\n"}), "`password`"),
        (json!({"csv": "username;password\nada;x\n"}), "`username`"),
        (json!({"csv": format!("username,password\nada,{HASH}\ngrace\n")}), "line: 3"),
        (json!([user("ada", json!({})), {"username": "ada"}]), "record 2"),
        (json!([user("ada", json!({})), 7]), "record 2"),
        (json!({"dumpdata": [], "email_verified": true}), "emails_verified"),
        (json!({"dumpdata": [], "emails_verified": "yes"}), "true or false"),
    ] {
        let message = refused(event.clone()).await;
        assert!(message.contains(words), "{event}: {message}");
    }
}

#[tokio::test]
async fn a_table_that_does_not_answer_stops_the_import_and_says_how_to_go_on() {
    let aws = CannedAws::answering([denied("TransactWriteItems")]).await;
    let failure = imported(&aws, json!([user("ada", json!({}))])).await.unwrap_err();
    let message = lambda_runtime::Diagnostic::from(failure).error_message;
    assert!(message.starts_with("stopped after 0 users. Import the same dump again"), "{message}");
}
