use satchel_testing::{
    CannedAws, FILE, Reply, denied, done, empty_tiers, file, found_all, image, invocation, page,
    page_that_goes_on, with,
};
use serde_json::{Value, json};

use super::*;

/// 2026-03-12T21:03:58Z, when everything in the records of `satchel_testing` has expired.
const LATER: Timestamp = Timestamp::constant(1_773_349_438, 0);
/// The last digit of an id is its partition of the index.
pub const FILES: &str = r#"":shard":{"S":"3"}"#;
pub const IMAGES: &str = r#"":shard":{"S":"4"}"#;
pub const USERS: &str = r#"":shard":{"S":"1"}"#;

/// AWS with these answers at [`LATER`], for a run that begins with the first partition. An audit ran two hours before.
pub async fn canned(replies: impl Into<Vec<Reply>>) -> CannedAws {
    let audit = json!({"pk": "AUDIT", "sk": "PLACE", "noted_at": "2026-03-12T19:03:58Z"});
    let audit = found_all(&[audit]).about("AUDIT");
    CannedAws::answering([vec![audit], replies.into()].concat()).await.at(LATER).with_random(0)
}

/// Sweeps these records, the only ones in their partition, with these replies to the calls that follow.
pub async fn swept(shard: &'static str, records: &[Value], replies: &[Reply]) -> (CannedAws, Report) {
    let index = [page(records).about(shard), empty_tiers(), page(&[]), found_all(records)];
    let aws = canned([index.to_vec(), replies.to_vec()].concat()).await;
    let report = handle(aws.app(), invocation(Value::Null)).await.unwrap();
    (aws, report)
}

/// The calls that followed the query, in order.
pub fn steps(aws: &CannedAws) -> Vec<String> {
    aws.steps(&["Query", "BatchGetItem"])
}

/// The report of a run with one record.
pub fn one() -> Report {
    Report { looked_at: 1, ..Report::default() }
}

#[tokio::test]
async fn a_record_that_is_no_longer_due_is_unchanged() {
    // The index is outdated, or the record is gone.
    for records in [vec![file("ready")], vec![]] {
        let index = [page(&[file("pending")]).about(FILES), empty_tiers(), page(&[]), found_all(&records)];
        let aws = canned(index).await;
        assert_eq!(handle(aws.app(), invocation(Value::Null)).await.unwrap(), Report::default());
        assert!(steps(&aws).is_empty());
    }
}

/// Another tombstone in the partition of the file.
fn other_tombstone() -> Value {
    let id = "019ce36f-2530-7000-8000-000000000013";
    with(file("deleting"), &json!({"id": id, "sk": format!("FILE#{id}")}))
}

#[tokio::test]
async fn a_record_that_fails_is_postponed_and_the_others_are_processed() {
    let replies = [
        denied("DeleteObject").about(FILE),
        done("DeleteObject"),
        done("TransactWriteItems"),
        done("UpdateItem"),
    ];
    let (aws, report) = swept(FILES, &[file("deleting"), other_tombstone()], &replies).await;
    let done = Report { looked_at: 2, cleared: 1, removed: 1, failed: 1, ..Report::default() };
    assert_eq!(report, done);
    let removed = aws.call("TransactWriteItems").json()["TransactItems"][0]["Delete"].take();
    assert_eq!(removed["Key"]["sk"]["S"], other_tombstone()["sk"]);
    let postponed = aws.call("UpdateItem").json();
    assert_eq!(postponed["Key"]["sk"]["S"], format!("FILE#{FILE}"));
    assert_eq!(postponed["UpdateExpression"], "SET #last_update = :mark, #due_at = :to");
    let condition = postponed["ConditionExpression"].as_str().unwrap();
    assert!(condition.starts_with("(attribute_exists(due_at)) AND "), "{condition}");
    let to = json!({"S": "2026-03-12T22:03:58.000Z"});
    assert_eq!(postponed["ExpressionAttributeValues"][":to"], to);
}

#[tokio::test]
async fn all_pages_of_a_partition_are_processed() {
    let aws = canned([
        page_that_goes_on(&[file("deleting")]).about(FILES).once(),
        page(&[other_tombstone()]).about("ExclusiveStartKey"),
        empty_tiers(),
        page(&[]),
        found_all(&[file("deleting")]).once(),
        found_all(&[other_tombstone()]),
        done("DeleteObject"),
        done("TransactWriteItems"),
    ])
    .await;
    let report = handle(aws.app(), invocation(Value::Null)).await.unwrap();
    assert_eq!(report, Report { looked_at: 2, cleared: 2, removed: 2, ..Report::default() });
    let queries = aws.calls_of("Query").into_iter().map(|call| call.json());
    let from: Vec<_> = queries.filter(|query| query["ExclusiveStartKey"].is_object()).collect();
    assert_eq!(from.len(), 1);
    assert_eq!(from[0]["ExclusiveStartKey"]["sk"]["S"], format!("FILE#{FILE}"));
    assert_eq!(from[0]["ExpressionAttributeValues"][":now"]["S"], "2026-03-12T21:03:58.000Z");
}

#[tokio::test]
async fn a_run_at_its_limit_leaves_the_rest_to_the_next() {
    let index = [page(&[file("deleting")]).about(FILES), page(&[image("deleting")]).about(IMAGES)];
    let rest = [empty_tiers(), page(&[]), found_all(&[file("deleting")]), done("DeleteObject")];
    let replies = [index.to_vec(), rest.to_vec(), vec![done("TransactWriteItems")]].concat();
    let aws = canned(replies).await;
    let report = sweep_up_to(aws.app(), u64::MAX, 1).await.unwrap();
    assert_eq!(report, Report { cleared: 1, removed: 1, more: true, ..one() });
    assert!(!aws.calls().iter().any(|call| call.text().contains(IMAGES)));
}

#[tokio::test]
async fn a_run_starts_no_page_in_the_last_minute_of_its_time() {
    let aws = canned([empty_tiers(), page(&[])]).await;
    let deadline = u64::try_from(LATER.as_millisecond()).unwrap() + 60_000;
    assert_eq!(
        handle(aws.app(), Invocation { payload: Value::Null, deadline }).await.unwrap(),
        Report::default()
    );
    assert_eq!(aws.calls_of("Query").len(), 17, "the tiers, and each partition");
    let aws = canned([empty_tiers(), page(&[])]).await;
    let report =
        handle(aws.app(), Invocation { payload: Value::Null, deadline: deadline - 1 }).await.unwrap();
    assert_eq!(report, Report { more: true, ..Report::default() });
    assert_eq!(aws.calls_of("Query").len(), 1);
}

#[tokio::test]
async fn a_run_starts_with_a_random_partition_and_sweeps_all() {
    let aws = canned([empty_tiers(), page(&[])]).await.with_random(0x1e);
    handle(aws.app(), invocation(Value::Null)).await.unwrap();
    let queries = aws.calls_of("Query").into_iter().map(|call| call.json());
    let shards: Vec<_> = queries
        .filter_map(|query| Some(query["ExpressionAttributeValues"][":shard"]["S"].as_str()?.to_owned()))
        .collect();
    assert_eq!(shards.concat(), "ef0123456789abcd");
}

#[tokio::test]
async fn a_partition_that_cannot_be_read_does_not_stop_the_others() {
    let replies = [
        denied("Query").about(r#"":shard":{"S":"0"}"#),
        page(&[file("deleting")]).about(FILES),
        empty_tiers(),
        page(&[]),
        found_all(&[file("deleting")]),
        done("DeleteObject"),
        done("TransactWriteItems"),
    ];
    let aws = canned(replies).await;
    assert!(handle(aws.app(), invocation(Value::Null)).await.is_err(), "the run is reported as a failure");
    assert_eq!(aws.calls_of("Query").len(), 17, "the tiers, and each partition");
    assert_eq!(steps(&aws), ["DeleteObject", "TransactWriteItems"]);
}

#[tokio::test]
async fn a_run_fails_if_the_table_cannot_be_read() {
    for operation in ["Query", "BatchGetItem"] {
        let index = [page(&[file("deleting")]), found_all(&[file("deleting")])];
        let aws = canned([vec![denied(operation)], index.to_vec()].concat()).await;
        assert!(handle(aws.app(), invocation(Value::Null)).await.is_err(), "{operation}");
    }
}

#[tokio::test]
async fn without_an_audit_its_age_is_counted_from_the_first_sweep() {
    let replies =
        [found_all(&[]).about("AUDIT"), empty_tiers(), page(&[]), done("UpdateItem").about("AUDIT")];
    let aws = CannedAws::answering(replies).await.at(LATER).with_random(0);
    handle(aws.app(), invocation(Value::Null)).await.unwrap();
    let noted = aws.call("UpdateItem").json();
    assert_eq!(noted["Key"]["pk"]["S"], "AUDIT");
    assert_eq!(noted["ExpressionAttributeValues"][":now"]["S"], "2026-03-12T21:03:58Z");
    assert!(noted["ConditionExpression"].as_str().unwrap().contains("attribute_not_exists(#noted_at)"));
}
