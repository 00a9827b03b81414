use satchel_testing::{
    Call, CannedAws, Reply, USER, cancelled, denied, done, found, invocation, user as account, with,
};
use serde_json::{Value, json};

use super::*;

const EVENT: &str = include_str!("../../../events/import-users.json");
/// Made by Django 5.2.19.
const HASH: &str = "bcrypt_sha256$$2b$12$9WHrBxWJQyJJc9KUZCU.RuJsGB/72Ogae9Ocu6enY9cLYkQHVGm72";

async fn imported(aws: &CannedAws, event: Value) -> Result<Report, Failure> {
    handle(aws.app(), invocation(event)).await
}

/// The report of an import in which every write succeeds.
async fn welcomed(event: Value) -> Report {
    let aws = CannedAws::answering([done("TransactWriteItems")]).await;
    imported(&aws, event).await.unwrap()
}

async fn refused(event: Value) -> String {
    let aws = CannedAws::answering([done("TransactWriteItems")]).await;
    let failure = imported(&aws, event).await.unwrap_err();
    assert!(aws.calls().is_empty());
    satchel_runtime::Diagnostic::from(failure).error_message
}

/// A user as Django dumps it, with these fields besides a name and a valid hash.
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
    report.skipped.iter().map(|skipped| skipped.user.username.as_str()).collect()
}

/// The notes about a user, found by name.
fn notes<'a>(report: &'a Report, name: &str) -> Vec<&'a str> {
    let notes = report.notes.iter().filter(|note| note.user.username == name);
    notes.map(|note| note.note.as_str()).collect()
}

/// Replies that refuse the claim on an address and accept everything else.
fn claimed_already() -> [Reply; 2] {
    let claim = r#""sk":{"S":"EMAIL"}"#;
    let refusal = cancelled(&["None", "None", "ConditionalCheckFailed"]);
    [refusal.about(claim), done("TransactWriteItems")]
}

#[tokio::test]
async fn users_are_imported_with_their_hash_and_never_as_staff() {
    let aws = CannedAws::answering([done("TransactWriteItems")]).await;
    let report = imported(&aws, serde_json::from_str(EVENT).unwrap()).await.unwrap();
    let note = "has no usable password: it cannot sign in, because it has no address for a reset";
    let notes = json!([{"pk": 9, "username": "mary", "email": null, "note": note}]);
    assert_eq!(json!(report), json!({"imported": 3, "corrected": 0, "skipped": [], "notes": notes}));
    let calls: Vec<_> = aws.calls().iter().map(puts).collect();
    let records = calls.iter().find(|puts| puts.get("NAME#katherine LOGIN").is_some()).unwrap();
    let login = &records["NAME#katherine LOGIN"];
    let id = login["user_id"]["S"].as_str().unwrap();
    assert!(login["password_hash"]["S"].as_str().unwrap().starts_with("pbkdf2_sha256$1000000$"));
    assert_eq!(login["awaits_verification"], json!({"BOOL": false}));
    let account = &records[format!("USER#{id} USER")];
    assert_eq!(account["is_staff"], Value::Null, "only accounts of staff have the attribute");
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
    assert_eq!((notes(&report, "grace"), report.notes.len()), (vec![note], 1));
    for call in &aws.calls() {
        let records = puts(call);
        let is_ada = records.get("NAME#ada LOGIN").is_some();
        assert_eq!(records.get("EMAIL#a@example.org EMAIL").is_some(), is_ada);
        assert_eq!(records.to_string().contains(r#""email_verified":{"BOOL":true}"#), is_ada);
    }
    assert_eq!((aws.calls().len(), report.imported), (2, 2));
}

#[tokio::test]
async fn an_address_that_another_account_verified_is_imported_as_unverified() {
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
async fn a_user_with_a_taken_name_is_skipped_and_the_others_are_imported() {
    let taken = cancelled(&["ConditionalCheckFailed", "None"]).about("NAME#grace");
    let aws = CannedAws::answering([taken, done("TransactWriteItems")]).await;
    let users = ["ada", "Grace", "alan"].map(|name| user(name, json!({})));
    let report = imported(&aws, json!(users)).await.unwrap();
    let skipped = json!([{"pk": null, "username": "Grace", "email": null, "reason": "exists already"}]);
    assert_eq!(json!(report), json!({"imported": 2, "corrected": 0, "skipped": skipped, "notes": []}));
}

#[tokio::test]
async fn skipped_users_are_reported_with_key_address_and_reason() {
    let long = "a".repeat(151);
    let report = welcomed(json!([
        user("ada", json!({"is_active": "yes", "email": "ada@example.org"})),
        user("a b", json!({"email": "a@example.org"})),
        user(&long, json!({})),
        user("ada", json!({})),
        user("ADA", json!({})),
        {"model": "auth.user", "pk": 7, "fields": {"username": "o'ada", "email": "o@example.org", "password": HASH}},
        {"model": "sessions.session", "pk": "x", "fields": {"session_data": "x"}},
    ]))
    .await;
    assert_eq!((report.imported, names(&report)), (1, vec!["ada", "a b", &long, "ADA", "o'ada"]));
    let reasons: Vec<_> = report.skipped.iter().map(|skipped| skipped.reason.as_str()).collect();
    assert!(reasons[0].contains("another type"), "{reasons:?}");
    assert!(reasons[1].starts_with("Enter a valid username."), "{reasons:?}");
    assert!(reasons[2].contains("150 characters"), "{reasons:?}");
    assert!(reasons[3].contains("earlier user"), "{reasons:?}");
    let seen = json!({"pk": 7, "username": "o'ada", "email": "o@example.org", "reason": reasons[4]});
    assert_eq!(json!(report.skipped[4]), seen);
    assert_eq!(report.skipped[0].user.email.as_deref(), Some("ada@example.org"));
}

#[tokio::test]
async fn a_user_with_an_unsupported_hash_is_imported_without_a_password() {
    let md5 = "md5$81AhbgpsmQ16QO1RklFert$76ac76985b4e80a53f6253877db0e71d";
    let dear = HASH.replace("$12$", "$31$");
    let cases = [
        ("none", json!(null), "has no usable password"),
        ("social", json!("!ziESz05XYuue3UZJNQ4RuHeQyt3wQlf8P1MVoKx4"), "has no usable password"),
        ("md5", json!(md5), "an algorithm that is not verified here"),
        ("dear", json!(dear), "too long to verify"),
    ];
    let users = cases
        .each_ref()
        .map(|(name, hash, _)| user(name, json!({"password": hash, "email": format!("{name}@example.org")})));
    let aws = CannedAws::answering([done("TransactWriteItems")]).await;
    let report = imported(&aws, json!(users)).await.unwrap();
    assert_eq!((report.imported, report.skipped.len()), (4, 0));
    for (name, _, words) in &cases {
        let [note] = notes(&report, name)[..] else { panic!("one note of {name}") };
        assert!(note.contains(words) && note.ends_with("it gets a password by a reset"), "{note}");
    }
    let records: Vec<_> = aws.calls().iter().map(|call| puts(call).to_string()).collect();
    assert!(records.iter().all(|records| records.contains(r#""password_hash":{"S":"!"}"#)), "{records:?}");
    assert!(!records.concat().contains("76ac76985b4e"));
}

#[tokio::test]
async fn users_without_a_name_get_their_address_as_name() {
    let aws = CannedAws::answering([done("TransactWriteItems")]).await;
    let member = |pk: &str, fields: Value| json!({"model": "people.member", "pk": pk, "fields": fields});
    let report = imported(
        &aws,
        json!([
            member("5d0c", json!({"email": "Ada.L+x@example.org", "password": HASH, "last_login": null})),
            member("77aa", json!({"email": "o'brien@example.org", "password": HASH, "last_login": null})),
        ]),
    )
    .await
    .unwrap();
    assert_eq!((report.imported, names(&report)), (1, vec!["o'brien@example.org"]));
    assert_eq!(report.skipped[0].user.pk, "77aa");
    assert!(puts(&aws.calls()[0]).get("NAME#ada.l+x@example.org LOGIN").is_some());
    let csv = format!("id,email,password\n1,ada@example.org,{HASH}\n2,,{HASH}\n");
    let report = welcomed(json!({"csv": csv})).await;
    assert_eq!((report.imported, report.skipped.len()), (1, 1));
    assert_eq!(report.skipped[0].user, Who { pk: json!("2"), ..Who::default() });
}

#[tokio::test]
async fn fields_may_have_other_names() {
    let fields = json!({"username": "phone", "email": "mail", "date_joined": "created", "is_active": "open"});
    let one =
        json!({"phone": 4915, "mail": "a@example.org", "password": HASH, "last_login": null, "open": false});
    let dump = json!([{"model": "shop.customer", "pk": 1, "fields": one}]);
    let aws = CannedAws::answering([done("TransactWriteItems")]).await;
    let report = imported(&aws, json!({"dumpdata": dump, "fields": fields})).await.unwrap();
    assert_eq!(report.imported, 1);
    let records = puts(&aws.calls()[0]);
    assert_eq!(records["NAME#4915 LOGIN"]["is_active"], json!({"BOOL": false}));
    assert!(records.to_string().contains("EMAIL#a@example.org"));
    let csv = format!("mail,phone,password,created\na@example.org,4915,{HASH},2021-03-04T05:06:07Z\n");
    let aws = CannedAws::answering([done("TransactWriteItems")]).await;
    assert_eq!(imported(&aws, json!({"csv": csv, "fields": fields})).await.unwrap().imported, 1);
    assert!(puts(&aws.calls()[0]).to_string().contains("2021-03-04T05:06:07Z"));
}

#[tokio::test]
async fn data_that_is_not_imported_is_noted() {
    let fields = json!({"email": "ada@nowhere", "date_joined": "long ago"});
    let report = welcomed(json!([user("ada", fields), user("alan", json!({"email": ""}))])).await;
    assert_eq!((report.imported, report.skipped.len(), report.notes.len()), (2, 0, 2));
    assert_eq!(notes(&report, "ada").len(), 2);
}

/// A record of a model with these fields and a valid hash.
fn record(model: &str, fields: Value) -> Value {
    let mut record = json!({"model": model, "pk": 1, "fields": {"password": HASH}});
    record["fields"].as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    record
}

#[tokio::test]
async fn a_custom_user_model_is_found_by_its_fields_or_named() {
    let mailbox = record("mail.mailbox", json!({"username": "imap", "host": "mail.example.org"}));
    for model in ["accounts.CustomUser", "people.person", "auth.user"] {
        let person = record(model, json!({"username": "ada", "last_login": null, "badge": 7}));
        assert_eq!(welcomed(json!([mailbox, person])).await.imported, 1, "{model}");
    }
    // Without `last_login`, which a project may have removed.
    let [one, other] = ["ada", "grace"].map(|name| record("people.person", json!({"username": name})));
    assert_eq!(welcomed(json!([one, other])).await.imported, 2);
    let message = refused(json!([one, mailbox])).await;
    assert!(message.contains("records of mail.mailbox, people.person look like users"), "{message}");
    let named = |model: &str| json!({"dumpdata": [one, mailbox], "model": model});
    assert_eq!(welcomed(named("People.Person")).await.imported, 1);
    let message = refused(named("people.people")).await;
    assert!(message.contains("the dump has records of mail.mailbox, people.person"), "{message}");
    let message = refused(json!([{"model": "sessions.session", "fields": {"session_data": "x"}}])).await;
    assert!(message.contains("sessions.session") && message.contains("\"model\""), "{message}");
}

/// The records of `ada` from an earlier import, with these attributes changed.
fn earlier_import(login: &Value, user: &Value) -> [Reply; 3] {
    let taken =
        cancelled(&["ConditionalCheckFailed", "None", "None"]).about("attribute_not_exists(pk) OR #ttl");
    let record = json!({
        "pk": "NAME#ada", "sk": "LOGIN", "user_id": USER, "password_hash": HASH, "auth_epoch": 0, "is_active": true,
        "awaits_verification": false, "known_addresses": [],
    });
    let unverified = with(account(), &json!({"email_verified": false}));
    [
        taken,
        found(Some(with(record, login))).about("NAME#"),
        found(Some(with(unverified, user))).about("USER#"),
    ]
}

/// Imports `ada` again, and her address counts as verified now.
async fn imported_again(aws: &CannedAws) -> Value {
    let users = [user("Ada", json!({"email": "ADA@example.com"}))];
    json!(imported(aws, json!({"dumpdata": users, "emails_verified": true})).await.unwrap())
}

#[tokio::test]
async fn an_address_that_was_imported_as_unverified_is_corrected() {
    let replies = earlier_import(&json!({}), &json!({}));
    let aws = CannedAws::answering([replies.to_vec(), vec![done("TransactWriteItems")]].concat()).await;
    assert_eq!(
        imported_again(&aws).await,
        json!({"imported": 0, "corrected": 1, "skipped": [], "notes": []})
    );
    let calls = aws.calls();
    let writes = calls.last().unwrap().json()["TransactItems"].take();
    assert_eq!(writes[0]["ConditionCheck"]["Key"]["pk"]["S"], "NAME#ada");
    assert_eq!(writes[1]["Update"]["UpdateExpression"], "SET #email_verified = :true");
    assert_eq!(writes[1]["Update"]["ExpressionAttributeValues"][":email"]["S"], "ada@example.com");
    let claim = &writes[2]["Put"]["Item"];
    assert_eq!((&claim["pk"]["S"], &claim["user_id"]["S"]), (&json!("EMAIL#ada@example.com"), &json!(USER)));
    assert_eq!(writes[3]["Delete"]["Key"]["sk"]["S"], format!("WAITS#{USER}"));
    // Another account verified the address in the meantime.
    let claimed = cancelled(&["None", "None", "ConditionalCheckFailed", "None"]);
    let replies = earlier_import(&json!({}), &json!({}));
    let aws = CannedAws::answering([replies.to_vec(), vec![claimed]].concat()).await;
    let reason = "exists already, and its address belongs to another account";
    assert_eq!(imported_again(&aws).await["skipped"][0]["reason"], reason);
}

#[tokio::test]
async fn an_account_that_its_owner_has_used_is_not_corrected() {
    let known = json!({"known_addresses": [{"hash": "x", "until": 1_800_000_000}]});
    for (case, login, user) in [
        ("signed in to", known, json!({})),
        ("signed up, not imported", json!({"awaits_verification": true}), json!({})),
        ("another address", json!({}), json!({"email": "eve@example.com"})),
        ("no address", json!({}), json!({"email": null})),
        ("verified", json!({}), json!({"email_verified": true})),
    ] {
        let aws = CannedAws::answering(earlier_import(&login, &user)).await;
        let report = imported_again(&aws).await;
        assert_eq!(
            (&report["corrected"], &report["skipped"][0]["reason"]),
            (&json!(0), &json!("exists already")),
            "{case}"
        );
        assert_eq!(aws.calls_of("TransactWriteItems").len(), 1, "{case}");
    }
}

#[tokio::test]
async fn a_csv_may_have_other_columns_in_any_order() {
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
async fn an_invalid_dump_is_refused_completely_with_the_reason() {
    for (event, words) in [
        (json!("dump.json"), "manage.py dumpdata"),
        (json!({}), "manage.py dumpdata"),
        (json!({"csv": "", "dumpdata": []}), "manage.py dumpdata"),
        (json!({"csv": "username,password\n", "model": "auth.user"}), "manage.py dumpdata"),
        (json!({"dumpdata": [], "fields": {"name": "login"}}), "`fields`"),
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
async fn a_failure_of_the_table_stops_the_import_and_tells_how_to_continue() {
    let aws = CannedAws::answering([denied("TransactWriteItems")]).await;
    let failure = imported(&aws, json!([user("ada", json!({}))])).await.unwrap_err();
    let message = satchel_runtime::Diagnostic::from(failure).error_message;
    assert!(message.starts_with("stopped after 0 users. Import the same dump again"), "{message}");
}
