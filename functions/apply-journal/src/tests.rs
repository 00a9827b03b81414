use satchel_testing::{
    CannedAws, FILE, IMAGE, RESOURCE, Reply, USER, cancelled, denied, done, file, found, invocation, scanned,
    user, with,
};
use serde_json::{Value, json};

use super::*;

const EVENT: &str = include_str!("../../../events/apply-journal.json");
const KEY: &str = "journal/2026-03-12/19:03:58Z-1.json";

/// A page of the journal with this object, or without any.
fn page(key: Option<&str>) -> Reply {
    let contents = key.map(|key| format!("<Contents><Key>{key}</Key></Contents>")).unwrap_or_default();
    Reply::new("ListObjectsV2", format!("<ListBucketResult>{contents}</ListBucketResult>"))
}

fn object(entries: &Value) -> Reply {
    Reply::new("GetObject", json!({"entries": entries}).to_string())
}

fn order() -> Order {
    serde_json::from_str(EVENT).unwrap()
}

/// Applies a journal with these entries to a table with these `replies` and no other accounts.
async fn applied(entries: Value, replies: impl Into<Vec<Reply>>) -> (CannedAws, Result<Report, NotApplied>) {
    let rest = vec![page(Some(KEY)).once(), object(&entries), scanned(&[], None), done("TransactWriteItems")];
    let aws = CannedAws::answering([replies.into(), rest].concat()).await;
    let report = handle(aws.app(), invocation(order())).await;
    (aws, report)
}

/// The writes of the only transaction.
fn writes(aws: &CannedAws) -> Value {
    aws.call("TransactWriteItems").json()["TransactItems"].take()
}

#[tokio::test]
async fn the_journal_is_read_from_a_little_before_the_restore_point() {
    let (aws, report) = applied(json!([]), []).await;
    assert_eq!(report.unwrap(), Report { done: true, objects: 1, ..Report::default() });
    let list = aws.call("ListObjectsV2").path;
    assert!(
        list.contains("prefix=journal%2F")
            && list.contains("start-after=journal%2F2026-03-12%2F18%3A48%3A58Z"),
        "{list}"
    );
    assert!(
        aws.call("GetObject").path.starts_with("/the-journal/journal/2026-03-12/19"),
        "{:?}",
        aws.calls()
    );
}

#[tokio::test]
async fn an_erased_account_is_closed_with_a_new_order() {
    let entry = json!([{"what": "erased", "user": USER}]);
    let (aws, report) = applied(entry.clone(), [found(Some(user()))]).await;
    assert_eq!(report.unwrap().erased, 1);
    let writes = writes(&aws);
    let account = &writes[0]["Update"];
    assert_eq!(account["ConditionExpression"], "attribute_exists(pk) AND attribute_not_exists(#erasing)");
    assert_eq!(account["UpdateExpression"], "SET #is_active = :false, #erasing = :true ADD #auth_epoch :one");
    assert_eq!(writes[1]["Put"]["Item"]["pk"]["S"], format!("ERASE#{USER}"));
    assert_eq!(writes[2]["Update"]["Key"]["pk"]["S"], "NAME#ada");
    for known in [None, Some(with(user(), &json!({"erasing": true})))] {
        let (aws, report) = applied(entry.clone(), [found(known)]).await;
        assert_eq!(report.unwrap().erased, 0);
        assert!(aws.calls_of("TransactWriteItems").is_empty());
    }
}

#[tokio::test]
async fn a_deleted_file_is_deleted_with_its_quota_and_its_bytes() {
    let entry = json!([{"what": "deleted", "owner": USER, "kind": "file", "id": FILE}]);
    let (aws, report) = applied(entry.clone(), [found(Some(file("ready"))), done("DeleteObject")]).await;
    assert_eq!(report.unwrap().deleted, 1);
    assert_eq!(aws.call("TransactWriteItems").changed(0)["status"], "deleting");
    assert_eq!(aws.call("TransactWriteItems").quota(), -21);
    assert_eq!(aws.calls_of("DeleteObject").len(), 1);
    for known in [None, Some(file("deleting"))] {
        let (aws, report) = applied(entry.clone(), [found(known)]).await;
        assert_eq!(report.unwrap().deleted, 0);
        assert!(aws.calls_of("TransactWriteItems").is_empty() && aws.calls_of("DeleteObject").is_empty());
    }
}

#[tokio::test]
async fn a_revoked_link_and_a_deleted_resource_are_deleted_once() {
    let entries = json!([
        {"what": "revoked", "owner": USER, "file": FILE, "link": IMAGE},
        {"what": "resource_deleted", "owner": USER, "id": RESOURCE},
    ]);
    let entry = found(Some(json!({"hash": "of-a-token"})));
    let (aws, report) = applied(entries.clone(), [entry.clone()]).await;
    let report = report.unwrap();
    assert_eq!((report.revoked, report.resources), (1, 1));
    let sent: String = aws.calls_of("TransactWriteItems").iter().map(satchel_testing::Call::text).collect();
    for key in ["SHARE#of-a-token", &format!("SHARES#{USER}"), &format!("RESOURCES#{USER}")] {
        assert!(sent.contains(key), "{key}: {sent}");
    }
    let gone = cancelled(&["ConditionalCheckFailed", "None"]);
    let (_, report) = applied(entries, [found(None), gone]).await;
    let report = report.unwrap();
    assert_eq!((report.revoked, report.resources), (0, 0));
}

#[tokio::test]
async fn a_closed_account_is_closed_and_nobody_becomes_staff() {
    let standing = |is_active: bool, is_staff: bool| json!([{"what": "standing", "user": USER, "is_active": is_active, "is_staff": is_staff}]);
    let (aws, report) = applied(standing(false, true), [found(Some(user()))]).await;
    assert_eq!(report.unwrap().standing, 1);
    let values = writes(&aws)[0]["Update"]["ExpressionAttributeValues"].take();
    assert_eq!((&values[":active"]["BOOL"], &values[":staff"]["BOOL"]), (&json!(false), &json!(false)));
    assert_eq!(values[":closes"]["N"], "1");
    let (aws, report) = applied(standing(true, true), [found(Some(user()))]).await;
    assert_eq!(report.unwrap().standing, 0);
    assert!(aws.calls_of("TransactWriteItems").is_empty());
    let staff = with(user(), &json!({"is_staff": true}));
    let (aws, _) = applied(standing(true, false), [found(Some(staff))]).await;
    assert_eq!(writes(&aws)[0]["Update"]["ExpressionAttributeValues"][":staff"]["BOOL"], false);
}

#[tokio::test]
async fn every_account_is_signed_out_once_for_a_restore() {
    let account = json!({"pk": format!("USER#{USER}"), "sk": "USER"});
    let of = |known: Value| vec![scanned(std::slice::from_ref(&account), None), found(Some(known))];
    let (aws, report) = applied(json!([]), of(user())).await;
    assert_eq!(report.unwrap().signed_out, 1);
    let writes = writes(&aws);
    let update = "SET #restored = :restore ADD #auth_epoch :one, #credential_epoch :one";
    assert_eq!(writes[0]["Update"]["UpdateExpression"], update);
    assert_eq!(writes[1]["Update"]["UpdateExpression"], "ADD #auth_epoch :one");
    let done_before = with(user(), &json!({"restored": "2026-03-12T19:03:58Z"}));
    let (aws, report) = applied(json!([]), of(done_before)).await;
    assert_eq!(report.unwrap().signed_out, 0);
    assert!(aws.calls_of("TransactWriteItems").is_empty());
}

#[tokio::test]
async fn a_run_without_time_says_where_the_next_one_begins() {
    let aws = CannedAws::answering([page(Some(KEY))]).await;
    let late = Invocation { payload: order(), deadline: 0 };
    let report = handle(aws.app(), late).await.unwrap();
    let after = "journal/2026-03-12/18:48:58Z".to_owned();
    assert_eq!((report.done, report.next), (false, Some(Place::Journal { after })));

    let last = json!({"pk": "USER#1", "sk": "USER"});
    let aws = CannedAws::answering([page(None), scanned(&[], Some(&last))]).await;
    let report = handle(aws.app(), Invocation { payload: order(), deadline: 0 }).await.unwrap();
    let next = Place::Accounts { pk: "USER#1".to_owned(), sk: "USER".to_owned() };
    assert_eq!((report.done, report.next.as_ref()), (false, Some(&next)));

    let aws = CannedAws::answering([scanned(&[], None)]).await;
    let again: Order = serde_json::from_value(json!({"since": order().since, "from": json!(next)})).unwrap();
    assert!(handle(aws.app(), invocation(again)).await.unwrap().done);
    assert_eq!(aws.operations(), ["Scan"], "the journal was read before");
    assert_eq!(aws.call("Scan").json()["ExclusiveStartKey"]["pk"]["S"], "USER#1");
}

#[tokio::test]
async fn a_failure_is_reported_to_the_operator() {
    let entry = json!([{"what": "erased", "user": USER}]);
    for operation in ["ListObjectsV2", "GetObject", "GetItem", "Scan"] {
        let replies = [denied(operation), found(None)];
        let (_, failed) = applied(entry.clone(), replies).await;
        assert_eq!(Diagnostic::from(failed.unwrap_err()).error_type, "JournalNotApplied", "{operation}");
    }
    let (_, failed) = applied(json!([{"what": "unknown"}]), []).await;
    let message = Diagnostic::from(failed.unwrap_err()).error_message;
    assert!(message.contains(KEY), "{message}");
}
