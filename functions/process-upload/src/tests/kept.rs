//! Bytes that S3 keeps after they were deleted.

use satchel_testing::{
    CannedAws, FILE, Reply, USER, VERSION, done, empty_tiers, file, invocation, no_object, object, with,
};
use serde_json::{Value, json};

use super::{TEXT, event, found_all};
use crate::handle;

/// Processes an event about `record`, where S3 keeps deleted bytes for a week.
async fn processed(record: Value, replies: &[Reply]) -> CannedAws {
    let replies = [&[found_all(&[record]), empty_tiers()], replies].concat();
    let aws = CannedAws::answering(replies).await.with_setting("KEEP_DELETED_DAYS", "7");
    handle(aws.app(), invocation(event(FILE, VERSION))).await.unwrap();
    aws
}

fn stored(version: &str) -> Reply {
    object(TEXT).header("x-amz-version-id", version)
}

#[tokio::test]
async fn bytes_that_no_record_has_counted_are_counted_before_they_are_deleted() {
    let counted = json!({"bytes": 21, "object": "v1"});
    for record in [file("deleting"), with(file("deleting"), &json!({"kept": counted}))] {
        let replies = [stored("v2"), done("TransactWriteItems"), done("DeleteObject")];
        let aws = processed(record, &replies).await;
        assert_eq!(
            aws.steps(&["BatchGetItem", "Query"]),
            ["GetObject", "TransactWriteItems", "DeleteObject"]
        );
        let call = aws.call("TransactWriteItems");
        let kept = call.put(0);
        assert_eq!((&kept["pk"], &kept["sk"]), (&json!(format!("USER#{USER}")), &json!("KEPT#v2")));
        // Nine days after the time of the tests, 2026-03-12T19:03:58Z.
        assert_eq!(
            (&kept["bytes"], &kept["due_at"]),
            (&json!(TEXT.len()), &json!("2026-03-21T19:03:58.000Z"))
        );
        let writes = call.json()["TransactItems"].take();
        assert_eq!(writes[0]["Put"]["ConditionExpression"], "attribute_not_exists(pk)");
        let account = &writes[1]["Update"];
        assert_eq!(account["UpdateExpression"], "ADD #kept_bytes :kept");
        assert_eq!(account["ExpressionAttributeValues"][":kept"]["N"], TEXT.len().to_string());
    }
}

#[tokio::test]
async fn bytes_that_their_record_has_counted_are_only_deleted() {
    for kept in [json!({"bytes": 21, "object": "v1"}), json!({"bytes": 21})] {
        let record = with(file("deleting"), &json!({"kept": kept}));
        let aws = processed(record, &[stored("v1"), done("DeleteObject")]).await;
        assert_eq!(aws.steps(&["BatchGetItem", "Query"]), ["GetObject", "DeleteObject"]);
    }
}

#[tokio::test]
async fn missing_bytes_get_no_delete_marker() {
    let aws = processed(file("deleting"), &[no_object()]).await;
    assert_eq!(aws.steps(&["BatchGetItem", "Query"]), ["GetObject"]);
}

#[tokio::test]
async fn a_rejected_content_is_counted_with_its_record() {
    // The announced size differs from the size of the object, which counts.
    let page = with(file("pending"), &json!({"size": 1000}));
    let replies = [stored("v1"), done("TransactWriteItems"), done("DeleteObject")];
    let aws = processed(page, &replies).await;
    let call = aws.call("TransactWriteItems");
    assert_eq!(call.changed(0)["kept"], json!({"bytes": TEXT.len(), "object": "v1"}));
    let writes = call.json()["TransactItems"].take();
    let [account, day] = [1, 2].map(|place| &writes[place]["Update"]);
    assert_eq!(account["UpdateExpression"], "ADD #used_bytes :more, #kept_bytes :kept");
    assert_eq!(day["Key"]["sk"]["S"], "KEPT#2026-03-12");
    assert_eq!(day["ExpressionAttributeValues"][":bytes"]["N"], TEXT.len().to_string());
    assert_eq!(day["ExpressionAttributeValues"][":due_at"]["S"], "2026-03-21T19:03:58.000Z");
}
