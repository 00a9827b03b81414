use std::collections::BTreeSet;

use satchel_testing::{
    CannedAws, FILE, IMAGE, NOW, Reply, USER, VERSION, cancelled, cancelled_on, denied, done, empty_tiers,
    file, image, invocation, listed, no_object, object, refused_object, user, with,
};
use serde_json::{Value, json};

use super::*;

mod kept;

const EVENT: &str = include_str!("../../../events/process-upload.json");
/// The bucket in the event. The setting of the function is another one, which no call may use.
const BUCKET: &str = "satchel-originalsbucket-1a2b3c4d5e6f";
const TEXT: &[u8] = b"The quick brown fox.\n";
const PAGE: &[u8] = b"<!DOCTYPE html>\n";
const TIFF: &[u8] = b"II*\0\x08\0\0\0\0\0\0\0";
const PIXEL: &[u8] = include_bytes!("../../../shared/images/tests/fixtures/one_pixel.png");

/// `BatchGetItem` of an object's record and of its owner's account.
fn found_all(records: &[Value]) -> Reply {
    satchel_testing::found_all(&[records, &[user()]].concat())
}

/// The event of an object of `USER`.
fn event(id: &str, version: &str) -> S3Event {
    let mut event: Value = serde_json::from_str(EVENT).unwrap();
    event["Records"][0]["s3"]["object"]["key"] = format!("{USER}/{id}/{version}").into();
    serde_json::from_value(event).unwrap()
}

async fn processed(event: S3Event, replies: impl Into<Vec<Reply>>) -> CannedAws {
    let aws = CannedAws::answering(replies).await;
    handle(aws.app(), invocation(event)).await.unwrap();
    aws
}

/// The record that was written, and the change of the quota.
fn settled(aws: &CannedAws) -> (Value, i64) {
    let write = aws.call("TransactWriteItems");
    (write.changed(0), write.quota())
}

#[tokio::test]
async fn a_pending_file_with_its_bytes_becomes_ready() {
    let replies = [found_all(&[file("pending")]), empty_tiers(), object(TEXT), done("TransactWriteItems")];
    let aws = processed(serde_json::from_str(EVENT).unwrap(), replies).await;
    let (record, quota) = settled(&aws);
    assert_eq!((&record["status"], quota), (&json!("ready"), 0));
    assert_eq!(record["sequencer"], "0069B30E9E0A1B2C3D");
    assert_eq!(aws.call("GetObject").path, format!("/{BUCKET}/{USER}/{FILE}/{VERSION}?x-id=GetObject"));
}

#[tokio::test]
async fn a_pending_image_becomes_ready_with_the_thumbnails_of_every_tier() {
    let replies = [
        found_all(&[image("pending")]),
        empty_tiers(),
        object(PIXEL),
        done("PutObject"),
        done("TransactWriteItems"),
    ];
    let aws = processed(event(IMAGE, VERSION), replies).await;
    let (record, quota) = settled(&aws);
    assert_eq!((&record["status"], quota), (&json!("ready"), 0));
    let sizes = record["picture"]["renditions"].as_array().unwrap().iter();
    let sizes: BTreeSet<_> = sizes.map(|rendition| rendition["size"].as_u64().unwrap()).collect();
    assert_eq!(sizes, [200, 400].into());
}

#[tokio::test]
async fn an_image_whose_thumbnails_are_already_stored_is_not_decoded_again() {
    let made = json!({"width": 1, "height": 1, "renditions": [{"size": 200, "extension": "jpg"}]});
    let stored = with(image("pending"), &json!({"picture": made}));
    let replies =
        [found_all(&[stored]), empty_tiers(), done("HeadObject"), object(PIXEL), done("TransactWriteItems")];
    let aws = processed(event(IMAGE, VERSION), replies).await;
    let (record, _) = settled(&aws);
    assert_eq!((&record["status"], &record["picture"]), (&json!("ready"), &made));
    assert_eq!(aws.steps(&["BatchGetItem", "Query"]), ["HeadObject", "GetObject", "TransactWriteItems"]);
}

#[tokio::test]
async fn content_that_differs_from_its_announcement_is_rejected_and_deleted() {
    let mut pdf = file("pending");
    (pdf["content_type"], pdf["size"]) = ("application/pdf".into(), PAGE.len().into());
    let mut larger = file("pending");
    larger["size"] = 22.into();
    let mut text = image("pending");
    text["size"] = TEXT.len().into();
    let mut tiff = image("pending");
    tiff["size"] = TIFF.len().into();
    for (record, id, bytes, reason) in [
        (pdf, FILE, PAGE, "content_type_mismatch"),
        (larger, FILE, TEXT, "size_mismatch"),
        (text, IMAGE, TEXT, "content_type_mismatch"),
        (tiff, IMAGE, TIFF, "unsupported_type: image/tiff"),
    ] {
        let replies = [empty_tiers(), object(bytes), done("TransactWriteItems"), done("DeleteObject")];
        let announced = record["size"].as_i64().unwrap();
        let replies = [vec![found_all(&[record])], replies.to_vec()].concat();
        let aws = processed(event(id, VERSION), replies).await;
        let (record, quota) = settled(&aws);
        assert_eq!((&record["status"], &record["reason"]), (&json!("rejected"), &json!(reason)));
        assert_eq!(quota, -announced);
        assert_eq!(aws.calls().pop().unwrap().operation, "DeleteObject", "the record goes first");
    }
}

#[tokio::test]
async fn a_file_of_a_type_other_than_announced_becomes_ready_with_its_true_type() {
    let size = json!({"content_type": "image/jpeg", "size": PIXEL.len()});
    for (record, id) in [(with(file("pending"), &size), FILE), (with(image("pending"), &size), IMAGE)] {
        let replies = [
            found_all(&[record]),
            empty_tiers(),
            object(PIXEL),
            done("PutObject"),
            done("TransactWriteItems"),
        ];
        let (record, quota) = settled(&processed(event(id, VERSION), replies).await);
        assert_eq!((&record["status"], quota), (&json!("ready"), 0), "{id}");
        assert_eq!(record["content_type"], "image/png", "{id}");
    }
}

#[tokio::test]
async fn a_repeated_event_changes_nothing() {
    let aws = processed(event(FILE, VERSION), [found_all(&[file("ready")]), empty_tiers()]).await;
    assert_eq!(aws.operations(), ["BatchGetItem", "Query"]);
}

#[tokio::test]
async fn a_file_that_another_delivery_settled_meanwhile_is_unchanged() {
    let ready = with(file("ready"), &json!({"revision": 8}));
    let replies = [
        found_all(&[file("pending")]).once(),
        found_all(std::slice::from_ref(&ready)),
        empty_tiers(),
        object(TEXT),
        cancelled_on(&[Some(ready)]),
    ];
    let aws = processed(event(FILE, VERSION), replies).await;
    let steps = ["GetObject", "TransactWriteItems", "BatchGetItem"];
    assert_eq!(aws.steps(&[])[2..], steps, "nothing is deleted");
}

#[tokio::test]
async fn bytes_of_a_file_that_was_deleted_during_the_check_are_deleted() {
    let deleting = with(file("deleting"), &json!({"revision": 8}));
    let replies = [
        found_all(&[file("pending")]).once(),
        found_all(std::slice::from_ref(&deleting)),
        empty_tiers(),
        object(TEXT),
        cancelled_on(&[Some(deleting)]),
        done("DeleteObject"),
    ];
    let aws = processed(event(FILE, VERSION), replies).await;
    assert_eq!(aws.steps(&[]).pop().unwrap(), "DeleteObject");
}

#[tokio::test]
async fn a_file_that_was_renamed_meanwhile_becomes_ready_with_its_new_name() {
    let renamed = with(file("pending"), &json!({"revision": 8, "title": "Another title"}));
    let replies = [
        found_all(&[file("pending")]),
        empty_tiers(),
        object(TEXT),
        cancelled_on(&[Some(renamed)]).once(),
        done("TransactWriteItems"),
    ];
    let aws = processed(event(FILE, VERSION), replies).await;
    let record = aws.calls_of("TransactWriteItems")[1].changed(0);
    let said = [&record["status"], &record["title"], &record["revision"]];
    assert_eq!(said, [&json!("ready"), &json!("Another title"), &json!(9)]);
}

#[tokio::test]
async fn bytes_of_a_pending_replacement_and_of_a_recent_content_are_kept() {
    let (coming, old) = ("019ce36f-2530-7000-8000-000000000010", "019ce36f-2530-7000-8000-000000000020");
    let until = "2026-03-12T20:03:58Z";
    let replaced = json!({"version": old, "until": until, "in_parts": false, "readable": true});
    let replacement = json!({"version": coming, "size": 40, "until": until});
    let record = with(file("ready"), &json!({"replacement": replacement, "old_versions": [replaced]}));
    for version in [coming, old] {
        let replies = [found_all(std::slice::from_ref(&record)), empty_tiers()];
        let aws = processed(event(FILE, version), replies).await;
        assert_eq!(aws.operations(), ["BatchGetItem", "Query"], "{version}");
    }
}

#[tokio::test]
async fn bytes_without_a_record_are_deleted() {
    for (record, version) in [
        (file("deleting"), VERSION),
        (file("rejected"), VERSION),
        (file("pending"), "019ce36f-2530-7000-8000-000000000009"),
    ] {
        let replies = [found_all(&[record]), empty_tiers(), done("DeleteObject")];
        let aws = processed(event(FILE, version), replies).await;
        let path = format!("/{BUCKET}/{USER}/{FILE}/{version}?x-id=DeleteObject");
        assert_eq!(aws.call("DeleteObject").path, path);
    }
}

#[tokio::test]
async fn possible_thumbnails_of_a_deleted_image_are_deleted_with_its_bytes() {
    // The record was deleted with its account, or is a tombstone.
    for record in [vec![], vec![image("deleting")]] {
        let replies = [found_all(&record), empty_tiers(), done("DeleteObject")];
        let aws = processed(event(IMAGE, VERSION), replies).await;
        let deleted: BTreeSet<_> = aws.calls().into_iter().skip(2).map(|call| call.path).collect();
        let paths = ["200.jpg", "200.png", "400.jpg", "400.png"]
            .map(|name| format!("renditions/{IMAGE}/{VERSION}/{name}"));
        let paths = paths.into_iter().chain([format!("{BUCKET}/{USER}/{IMAGE}/{VERSION}")]);
        assert_eq!(deleted, paths.map(|path| format!("/{path}?x-id=DeleteObject")).collect());
    }
}

#[tokio::test]
async fn a_missing_object_and_a_foreign_key_are_ignored() {
    let replies = [found_all(&[file("pending")]), empty_tiers(), no_object()];
    let aws = processed(event(FILE, VERSION), replies).await;
    assert_eq!(aws.operations(), ["BatchGetItem", "GetObject", "Query"]);
    let aws = processed(event(FILE, &format!("{VERSION}/more")), []).await;
    assert!(aws.calls().is_empty());
}

#[tokio::test]
async fn bytes_of_an_erased_account_are_deleted_even_if_a_record_exists() {
    let erasing = with(user(), &json!({"is_active": false, "erasing": true}));
    for status in ["pending", "ready"] {
        for account in [vec![erasing.clone()], vec![]] {
            let records = [vec![file(status)], account].concat();
            let replies = [satchel_testing::found_all(&records), empty_tiers(), done("DeleteObject")];
            let aws = processed(event(FILE, VERSION), replies).await;
            assert!(aws.calls_of("TransactWriteItems").is_empty());
            let path = format!("/{BUCKET}/{USER}/{FILE}/{VERSION}?x-id=DeleteObject");
            assert!(aws.calls_of("DeleteObject").iter().any(|call| call.path == path), "{status}");
        }
    }
}

#[tokio::test]
async fn a_file_whose_account_is_deleted_during_the_check_gets_no_copy_and_loses_its_bytes() {
    let shared = with(file("pending"), &json!({"visibility": "members"}));
    let replies = [
        found_all(&[shared]),
        empty_tiers(),
        object(TEXT),
        done("UpdateItem").about("MONTHS"),
        cancelled(&["None", "None", "ConditionalCheckFailed"]),
        done("DeleteObject"),
    ];
    let aws = processed(event(FILE, VERSION), replies).await;
    let writes = aws.call("TransactWriteItems").json()["TransactItems"].take();
    let account = &writes[2]["ConditionCheck"];
    assert_eq!(account["Key"]["pk"]["S"], format!("USER#{USER}"));
    let is_kept = "attribute_exists(pk) AND attribute_not_exists(#erasing)";
    assert_eq!(account["ConditionExpression"], is_kept);
    let path = format!("/{BUCKET}/{USER}/{FILE}/{VERSION}?x-id=DeleteObject");
    assert!(aws.calls_of("DeleteObject").iter().any(|call| call.path == path));
}

#[tokio::test]
async fn an_event_is_repeated_if_any_call_fails() {
    let replies = [found_all(&[file("pending")]), empty_tiers(), object(TEXT), done("TransactWriteItems")];
    for operation in ["BatchGetItem", "Query", "GetObject", "TransactWriteItems"] {
        let aws = CannedAws::answering([vec![denied(operation)], replies.to_vec()].concat()).await;
        let result = handle(aws.app(), invocation(event(FILE, VERSION))).await;
        assert!(result.is_err(), "{operation}");
    }
}

/// The event of a file, with this age.
fn event_of_age(age: SignedDuration) -> S3Event {
    let mut event: Value = serde_json::from_str(EVENT).unwrap();
    event["Records"][0]["eventTime"] = (NOW - age).to_string().into();
    serde_json::from_value(event).unwrap()
}

#[tokio::test]
async fn an_unreadable_object_is_left_to_repeated_events_and_then_to_the_sweep() {
    let other = format!("{USER}/{FILE}/019ce36f-2530-7000-8000-000000000010");
    let replies = [
        found_all(&[file("pending")]),
        empty_tiers(),
        object(b"x").about("000000000010"),
        refused_object(),
        listed(&[&format!("{USER}/{FILE}/{VERSION}"), &other]),
    ];
    for (age, fails) in [(SignedDuration::from_secs(1), true), (SignedDuration::from_mins(3), false)] {
        let aws = CannedAws::answering(replies.clone()).await;
        let handled = handle(aws.app(), invocation(event_of_age(age))).await;
        assert_eq!(handled.is_err(), fails, "{age:?}");
        assert!(aws.calls_of("DeleteObject").is_empty() && aws.calls_of("TransactWriteItems").is_empty());
    }
}

#[tokio::test]
async fn every_event_fails_if_nothing_in_the_bucket_is_readable() {
    let own = format!("{USER}/{FILE}/{VERSION}");
    let replies = [found_all(&[file("pending")]), empty_tiers(), refused_object(), listed(&[&own, "a/b/c"])];
    let aws = CannedAws::answering(replies).await;
    let unsettled = handle(aws.app(), invocation(event_of_age(SignedDuration::from_hours(1)))).await;
    let diagnostic = Diagnostic::from(unsettled.unwrap_err());
    assert!(diagnostic.error_message.starts_with("S3 refused the call"), "{}", diagnostic.error_message);
}
