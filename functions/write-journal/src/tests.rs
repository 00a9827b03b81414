use satchel_testing::{CannedAws, Reply, USER, denied, done, invocation};
use serde_json::{Value, json};

use super::*;

const EVENT: &str = include_str!("../../../events/write-journal.json");

/// The sample, changed by `change`.
fn event(change: impl FnOnce(&mut Value)) -> Event {
    let mut event: Value = serde_json::from_str(EVENT).unwrap();
    change(&mut event["Records"]);
    serde_json::from_value(event).unwrap()
}

/// `CannedAws` takes the call of Lambda for one of S3, because both are a POST.
fn replies() -> [Reply; 2] {
    [done("PutObject"), Reply::new("CompleteMultipartUpload", "")]
}

async fn handled(event: Event, replies: impl Into<Vec<Reply>>) -> (CannedAws, Result<(), Unwritten>) {
    let aws = CannedAws::answering(replies).await;
    let handled = handle(aws.app(), invocation(event)).await;
    (aws, handled)
}

#[tokio::test]
async fn a_batch_becomes_one_object_with_ids_only() {
    let (aws, handled) = handled(event(|_| {}), replies()).await;
    assert!(handled.is_ok());
    let put = aws.call("PutObject");
    let number = format!("{:0>40}", "100000000000000000005");
    assert_eq!(
        put.path,
        format!("/the-journal/journal/2026-03-12/19%3A03%3A58Z-{number}.json?x-id=PutObject")
    );
    let file = "019ce36f-2530-7000-8000-000000000003";
    let expected = json!({"entries": [
        {"what": "erased", "user": USER},
        {"what": "deleted", "owner": USER, "kind": "file", "id": file},
        {"what": "revoked", "owner": USER, "file": file, "link": "019ce36f-2530-7000-8000-000000000004"},
        {"what": "resource_deleted", "owner": USER, "id": "019ce36f-2530-7000-8000-000000000009"},
        {"what": "standing", "user": USER, "is_active": false, "is_staff": false},
    ]});
    assert_eq!(put.json(), expected);
}

#[tokio::test]
async fn the_same_batch_is_the_same_object() {
    let [(one, _), (two, _)] =
        [handled(event(|_| {}), replies()).await, handled(event(|_| {}), replies()).await];
    let [one, two] = [one, two].map(|aws| aws.call("PutObject"));
    assert_eq!((one.path, one.body), (two.path, two.body));
}

#[tokio::test]
async fn an_order_to_erase_is_handed_on_after_the_journal() {
    let (aws, _) = handled(event(|_| {}), replies()).await;
    let calls = aws.calls();
    assert_eq!(calls.iter().map(|call| call.operation.as_str()).collect::<Vec<_>>()[0], "PutObject");
    let [order] = &calls[1..] else { panic!("{calls:?}") };
    assert_eq!(order.path, "/2015-03-31/functions/erase-account/invocations");
    let sent: Event = serde_json::from_slice(&order.body).unwrap();
    assert_eq!(sent.records, event(|_| {}).records[..1]);
}

#[tokio::test]
async fn another_round_is_handed_on_without_an_entry_and_the_end_is_not() {
    for (is_emptied, calls) in [(false, 1), (true, 0)] {
        let order = event(|records| {
            records.as_array_mut().unwrap().truncate(1);
            records[0]["eventName"] = "MODIFY".into();
            records[0]["dynamodb"]["NewImage"]["is_emptied"] = json!({"BOOL": is_emptied});
        });
        let (aws, handled) = handled(order, replies()).await;
        assert!(handled.is_ok() && aws.calls_of("PutObject").is_empty());
        assert_eq!(aws.calls().len(), calls);
    }
}

#[tokio::test]
async fn what_a_restore_may_undo_is_not_in_the_journal() {
    type Change = fn(&mut Value);
    let expired: Change = |record| {
        record["userIdentity"] = json!({"type": "Service", "principalId": "dynamodb.amazonaws.com"});
    };
    let changes: [(usize, Change); 7] = [
        (0, |record| record["eventName"] = "REMOVE".into()),
        (1, |record| record["dynamodb"]["NewImage"]["status"]["S"] = "ready".into()),
        (1, |record| record["eventName"] = "REMOVE".into()),
        (2, expired),
        (3, expired),
        (4, |record| record["dynamodb"]["NewImage"]["journalled"]["BOOL"] = false.into()),
        // The erasure has its own entry.
        (4, |record| record["dynamodb"]["NewImage"]["erasing"] = json!({"BOOL": true})),
    ];
    for (place, change) in changes {
        let one = event(|records| {
            let mut record = records[place].take();
            change(&mut record);
            *records = json!([record]);
        });
        let (aws, handled) = handled(one, replies()).await;
        assert!(handled.is_ok() && aws.calls().is_empty(), "{place}: {:?}", aws.calls());
    }
}

#[tokio::test]
async fn a_failed_call_fails_the_batch() {
    let (aws, failed) = handled(event(|_| {}), [denied("PutObject")]).await;
    assert!(matches!(failed, Err(Unwritten::Journal(_))));
    assert_eq!(aws.operations(), ["PutObject"], "an erasure starts only after its entry is written");
    let refused = Reply::new("CompleteMultipartUpload", json!({"Message": "no"}).to_string()).status(403);
    let (_, failed) = handled(event(|_| {}), [done("PutObject"), refused]).await;
    let diagnostic = Diagnostic::from(failed.unwrap_err());
    assert_eq!(diagnostic.error_type, "JournalNotWritten");
    assert!(
        diagnostic.error_message.starts_with("an erasure was not started"),
        "{}",
        diagnostic.error_message
    );
}
