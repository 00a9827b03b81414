use satchel_testing::{
    CannedAws, FILE, IMAGE, RESOURCE, Reply, SESSION, USER, VERSION, cancelled, denied, done, file, found,
    image, invocation, page, page_that_goes_on, resource, session, user, with,
};
use serde_json::{Value, json};

use super::*;

const EVENT: &str = include_str!("../../../events/erase-account.json");
/// A condition that occurs only in queries of the account's own partition.
const ACCOUNT: &str = r#"":pk":{"S":"USER#"#;
/// A former address of the account.
const FORMER: &str = "countess@example.com";

fn uploads() -> Reply {
    page(&[file("pending"), image("ready")]).about("OWNER#")
}

/// A link to a file that was deleted earlier.
fn share() -> Value {
    json!({"pk": format!("SHARES#{USER}"), "sk": format!("SHARE#{FILE}#{IMAGE}"), "hash": "of-a-token"})
}

/// An idempotency record of the account.
fn key() -> Value {
    json!({"pk": format!("IDEMPOTENCY#{USER}"), "sk": "5e884898", "made": FILE, "ttl": 1_773_428_638})
}

fn in_account(sort: &str) -> Value {
    json!({"pk": format!("USER#{USER}"), "sk": sort})
}

/// The records in the account's own partition.
fn account_records() -> Vec<Value> {
    vec![in_account(&format!("ADDRESS#{FORMER}")), in_account("LINK#of-a-mail"), session(), user()]
}

/// Mails to the former address: two about the account, by its id and by its name; one about the current holder
/// of the address; and one about another account.
fn mails() -> Vec<Value> {
    let mail = |id: &str, about: Value| with(json!({"pk": format!("MAIL#{FORMER}"), "sk": id}), &about);
    vec![
        mail("1", json!({"kind": "verify_email", "user_id": USER, "username": "ada"})),
        mail("2", json!({"kind": "address_changes", "username": "ada"})),
        mail("3", json!({"kind": "reset_password"})),
        mail("4", json!({"kind": "verify_email", "user_id": SESSION, "username": "eve"})),
        mail("5", json!({"kind": "address_changes", "username": "eve"})),
    ]
}

fn replies() -> Vec<Reply> {
    vec![
        uploads(),
        page(&[share()]).about("SHARES#"),
        page(&[resource()]).about("RESOURCES#"),
        page(&[key()]).about("IDEMPOTENCY#"),
        page(&account_records()).about(ACCOUNT),
        page(&mails()).about("MAIL#countess"),
        page(&[]).about("MAIL#ada"),
        done("DeleteObject"),
        done("DeleteItem"),
        found(None).about("UNDELIVERABLE"),
        found(Some(claim())).about(r#""sk":{"S":"EMAIL"}"#),
        found(Some(user())),
        done("TransactWriteItems"),
    ]
}

/// The account's claim on its address.
fn claim() -> Value {
    json!({"pk": "EMAIL#ada@example.com", "sk": "EMAIL", "user_id": USER, "username": "ada"})
}

/// Handles the event with a limit that allows deleting both files.
async fn handled(replies: impl Into<Vec<Reply>>) -> (CannedAws, Value) {
    let aws = CannedAws::answering(replies).await;
    let failures = erase_each(aws.app(), serde_json::from_str(EVENT).unwrap(), 2).await;
    (aws, json!(failures))
}

/// Like [`handled`], with the replies `first` before those of a run that finds everything.
async fn handled_with(first: impl Into<Vec<Reply>>) -> (CannedAws, Value) {
    handled([first.into(), replies()].concat()).await
}

/// The writes of the last transaction.
fn written_last(aws: &CannedAws) -> Value {
    aws.calls_of("TransactWriteItems").pop().unwrap().json()["TransactItems"].take()
}

fn name_of(key: &Value) -> String {
    ["pk", "sk"].map(|name| key[name]["S"].as_str().unwrap().to_owned()).join(" ")
}

#[tokio::test]
async fn bytes_are_deleted_before_records_and_the_name_last() {
    let (aws, failures) = handled(replies()).await;
    assert_eq!(failures, json!({"batchItemFailures": []}));
    let mut objects: Vec<_> = aws.calls_of("DeleteObject").into_iter().map(|call| call.path).collect();
    objects.sort();
    let paths = [
        format!("/originals/{USER}/{FILE}/{VERSION}"),
        format!("/originals/{USER}/{IMAGE}/{VERSION}"),
        format!("/renditions/{IMAGE}/{VERSION}/200.jpg"),
    ];
    assert_eq!(objects, paths.map(|path| format!("{path}?x-id=DeleteObject")));
    assert_eq!(aws.calls().last().unwrap().operation, "TransactWriteItems");
    let writes = written_last(&aws);
    let removed = writes.as_array().unwrap()[1..].iter().map(|write| name_of(&write["Delete"]["Key"]));
    let expected = [
        "NAME#ada LOGIN".to_owned(),
        format!("USER#{USER} USER"),
        "EMAIL#ada@example.com EMAIL".to_owned(),
        format!("EMAIL#ada@example.com WAITS#{USER}"),
    ];
    assert_eq!(removed.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn the_order_stays_until_the_last_url_has_expired() {
    let (aws, _) = handled(replies()).await;
    // The URL of a part is valid for an hour, and a function may still sign one for a minute.
    let waits = json!({
        "pk": format!("ERASE#{USER}"), "sk": "ERASE", "user_id": USER, "rounds": 0, "is_emptied": true,
        "due": "1", "due_at": "2026-03-12T20:04:58.000Z",
    });
    let last = aws.calls_of("TransactWriteItems").pop().unwrap();
    assert_eq!(last.put(0), waits);
    // The stream reports this write, too.
    let mut event: Event = serde_json::from_str(EVENT).unwrap();
    event.records[0]
        .change
        .new_image
        .insert("is_emptied".to_owned(), serde_dynamo::AttributeValue::Bool(true));
    let aws = CannedAws::answering([]).await;
    assert!(handle(aws.app(), invocation(event)).await.is_ok() && aws.calls().is_empty());
}

#[tokio::test]
async fn an_unchanged_record_is_deleted_with_its_copy() {
    let (aws, _) = handled(replies()).await;
    let mut deleted = Vec::new();
    for call in aws.calls_of("TransactWriteItems") {
        let writes = call.json()["TransactItems"].take();
        let record = &writes[0]["Delete"];
        if record.is_null() {
            continue;
        }
        assert_eq!(record["ConditionExpression"], "attribute_not_exists(pk) OR #revision = :revision");
        assert_eq!(record["ExpressionAttributeValues"], json!({":revision": {"N": "7"}}));
        deleted.extend(writes.as_array().unwrap().iter().map(|write| name_of(&write["Delete"]["Key"])));
    }
    deleted.sort();
    // The copy is deleted even if the record has none, because the file may have been shared after it was read.
    let expected = [
        format!("OWNER#{USER} FILE#{FILE}"),
        format!("OWNER#{USER} IMAGE#{IMAGE}"),
        format!("SHARED#{FILE} FILE"),
    ];
    assert_eq!(deleted, expected);
}

#[tokio::test]
async fn a_record_that_was_changed_meanwhile_is_left_to_the_next_run() {
    let changed = cancelled(&["ConditionalCheckFailed", "None"]).about("SHARED#");
    let (aws, failures) = handled_with([changed]).await;
    assert_eq!(failures, json!({"batchItemFailures": []}));
    let last = aws.calls_of("TransactWriteItems").pop().unwrap();
    assert_eq!((&last.put(0)["rounds"], &last.put(0)["is_emptied"]), (&json!(1), &Value::Null));
}

#[tokio::test]
async fn other_records_that_name_the_account_are_deleted_by_key() {
    let (aws, _) = handled(replies()).await;
    let deleted = aws.calls_of("DeleteItem").into_iter().map(|call| name_of(&call.json()["Key"]));
    let mut deleted: Vec<_> = deleted.collect();
    deleted.sort();
    let mut expected = [
        format!("EMAIL#ada@example.com WAITS#{USER}"),
        format!("EMAIL#{FORMER} WAITS#{USER}"),
        format!("IDEMPOTENCY#{USER} 5e884898"),
        "LINK#of-a-mail LINK".to_owned(),
        format!("MAIL#{FORMER} 1"),
        format!("MAIL#{FORMER} 2"),
        format!("MAIL#{FORMER} 3"),
        format!("RESOURCES#{USER} RESOURCE#{RESOURCE}"),
        "SHARE#of-a-token SHARE".to_owned(),
        format!("SHARES#{USER} SHARE#{FILE}#{IMAGE}"),
        format!("USER#{USER} ADDRESS#{FORMER}"),
        format!("USER#{USER} LINK#of-a-mail"),
        format!("USER#{USER} SESSION#{SESSION}"),
    ];
    expected.sort();
    assert_eq!(deleted, expected, "mails about others stay");
}

#[tokio::test]
async fn a_mark_that_names_an_address_of_the_account_is_replaced() {
    let mark = json!({"reason": "bounce", "at": "2026-03-01T00:00:00Z"});
    let (aws, _) = handled_with([found(Some(mark)).about("EMAIL#countess")]).await;
    let replaced =
        aws.calls_of("TransactWriteItems").into_iter().find(|call| call.text().contains("\"bounce\""));
    let replaced = replaced.unwrap();
    // 180 days.
    assert_eq!(
        (&replaced.put(0)["sk"], &replaced.put(0)["ttl"]),
        (&json!("UNDELIVERABLE"), &json!(1_788_894_238))
    );
    assert!(!replaced.put(0).to_string().contains("countess"));
    let removed = &replaced.json()["TransactItems"][1]["Delete"]["Key"];
    assert_eq!(name_of(removed), format!("EMAIL#{FORMER} UNDELIVERABLE"));
}

#[tokio::test]
async fn records_beyond_the_limit_of_a_run_are_left_to_the_next() {
    for more in [
        page_that_goes_on(&[file("ready"), image("ready")]).about("OWNER#"),
        // A page may end before its limit.
        page_that_goes_on(&[file("ready")]).about("OWNER#"),
        page_that_goes_on(&[share()]).about("SHARES#"),
        page_that_goes_on(&[resource()]).about("RESOURCES#"),
        page_that_goes_on(&[key()]).about("IDEMPOTENCY#"),
        page_that_goes_on(&[session()]).about(ACCOUNT),
    ] {
        let (aws, failures) = handled_with([more]).await;
        assert_eq!(failures, json!({"batchItemFailures": []}));
        let writes = written_last(&aws);
        assert_eq!(writes.as_array().unwrap().len(), 1);
        assert_eq!(writes[0]["Put"]["ConditionExpression"], "#rounds = :rounds");
        assert_eq!(writes[0]["Put"]["ExpressionAttributeValues"], json!({":rounds": {"N": "0"}}));
        let next = aws.calls_of("TransactWriteItems").pop().unwrap().put(0);
        let expected = json!({
            "pk": format!("ERASE#{USER}"), "sk": "ERASE", "user_id": USER, "rounds": 1,
            "due": "1", "due_at": "2026-03-12T20:03:58.000Z",
        });
        assert_eq!(next, expected);
        let first = aws.calls().into_iter().find(|call| call.operation == "Query").unwrap();
        assert_eq!(first.json()["Limit"], 2);
    }
}

#[tokio::test]
async fn the_order_of_an_account_that_is_already_gone_is_left_to_the_sweep() {
    // An earlier run removed the account, but its answer was lost. The sweep may have removed the order, too.
    for transaction in [done("TransactWriteItems"), cancelled(&["ConditionalCheckFailed"])] {
        let (aws, failures) = handled([page(&[]), found(None), transaction]).await;
        assert_eq!(failures, json!({"batchItemFailures": []}));
        let writes = written_last(&aws);
        assert_eq!(writes.as_array().unwrap().len(), 1);
        assert_eq!(writes[0]["Put"]["ConditionExpression"], "#rounds = :rounds");
        assert_eq!(writes[0]["Put"]["Item"]["is_emptied"], json!({"BOOL": true}));
    }
}

#[tokio::test]
async fn an_account_is_subtracted_from_its_tiers_count_once() {
    let premium = with(user(), &json!({"tier": "premium"}));
    let (aws, _) =
        handled_with([found(None).about("UNDELIVERABLE"), found(Some(premium)).about("USER#")]).await;
    let writes = written_last(&aws);
    let (account, count) = (&writes[2]["Delete"], &writes[3]["Update"]);
    assert_eq!(
        (&account["Key"]["sk"]["S"], &account["ConditionExpression"]),
        (&json!("USER"), &json!("attribute_exists(pk)"))
    );
    assert_eq!(count["Key"], json!({"pk": {"S": "TIERCOUNT"}, "sk": {"S": "premium"}}));
    assert_eq!(count["ExpressionAttributeValues"], json!({":more": {"N": "-1"}}));
}

#[tokio::test]
async fn an_erasure_is_repeated_if_any_call_fails() {
    let again = json!({"batchItemFailures": [{"itemIdentifier": "100000000000000000001"}]});
    for operation in ["Query", "DeleteObject", "DeleteItem", "GetItem", "TransactWriteItems"] {
        let (_, failures) = handled_with([denied(operation)]).await;
        assert_eq!(failures, again, "{operation}");
    }
    let taken = cancelled(&["None", "None", "None", "ConditionalCheckFailed", "None"]).about("NAME#");
    let (_, failures) = handled_with([taken]).await;
    assert_eq!(failures, again, "an address of somebody else");
}

#[tokio::test]
async fn a_malformed_order_is_reported_as_failed() {
    let aws = CannedAws::answering(replies()).await;
    let mut event: Event = serde_json::from_str(EVENT).unwrap();
    event.records[0].change.new_image.remove("user_id");
    assert!(handle(aws.app(), invocation(event)).await.is_err());
    assert!(aws.calls().is_empty());
}

#[tokio::test]
async fn another_accounts_claim_on_the_same_mailbox_stays() {
    let others = with(claim(), &json!({"user_id": "019ce36f-2530-7000-8000-000000000099"}));
    let (aws, failures) = handled_with([found(Some(others)).about(r#""sk":{"S":"EMAIL"}"#)]).await;
    assert_eq!(failures, json!({"batchItemFailures": []}));
    let writes = written_last(&aws);
    let removed = writes.as_array().unwrap()[1..].iter().map(|write| name_of(&write["Delete"]["Key"]));
    assert!(!removed.collect::<Vec<_>>().contains(&"EMAIL#ada@example.com EMAIL".to_owned()));
}

#[tokio::test]
async fn everything_else_is_deleted_if_an_object_cannot_be_deleted() {
    let (aws, failures) = handled_with([denied("DeleteObject").about(FILE)]).await;
    assert_eq!(failures, json!({"batchItemFailures": [{"itemIdentifier": "100000000000000000001"}]}));
    let gone: Vec<_> = aws.calls_of("DeleteItem").iter().map(|call| name_of(&call.json()["Key"])).collect();
    assert!(gone.iter().any(|name| name.starts_with("RESOURCES#")), "{gone:?}");
    // The account is deleted last.
    assert!(!aws.calls_of("TransactWriteItems").iter().any(|call| call.text().contains("is_emptied")));
}
