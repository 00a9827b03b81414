mod accounts;
mod copies;
mod objects;
mod places;

use std::fmt::Write as _;

use satchel_testing::{
    CannedAws, FILE, IMAGE, Reply, USER, VERSION, denied, done, file, found, found_all, image, page, scanned,
    user, with,
};
use serde_json::{Value, json};

use super::*;

/// The order that the schedule sends.
const EVENT: &str = include_str!("../../../events/audit-storage.json");
/// A version that no record has.
const OTHER: &str = "019ce36f-2530-7000-8000-00000000000b";
/// A year before [`NOW`].
const LONG_AGO: &str = "2025-03-12T19:03:58.000Z";
const IN_TIME: u64 = u64::MAX;
const TOO_LATE: u64 = 0;

/// A page of objects with these keys, six bytes each.
fn listed(keys: &[&str], modified_at: &str, more: bool) -> Reply {
    let objects = keys.iter().fold(String::new(), |mut objects, key| {
        let time = format!("<LastModified>{modified_at}</LastModified>");
        _ = write!(objects, "<Contents><Key>{key}</Key><Size>6</Size>{time}</Contents>");
        objects
    });
    let page = format!("<IsTruncated>{more}</IsTruncated><EncodingType>url</EncodingType>{objects}");
    Reply::new("ListObjectsV2", format!("<ListBucketResult>{page}</ListBucketResult>"))
}

/// A complete list of originals, which also serves as the reply to a second listing.
fn originals(keys: &[&str]) -> Reply {
    listed(keys, LONG_AGO, false).about("/originals")
}

fn renditions(keys: &[&str]) -> Reply {
    listed(keys, LONG_AGO, false).about("/renditions")
}

/// A page of multipart uploads with these keys.
fn in_parts(keys: &[&str], begun_at: &str, more: bool) -> Reply {
    let uploads = keys.iter().fold(String::new(), |mut uploads, key| {
        let upload = format!("<UploadId>u1</UploadId><Initiated>{begun_at}</Initiated>");
        _ = write!(uploads, "<Upload><Key>{key}</Key>{upload}</Upload>");
        uploads
    });
    let page = format!("<IsTruncated>{more}</IsTruncated>{uploads}");
    let page = format!("<ListMultipartUploadsResult>{page}</ListMultipartUploadsResult>");
    Reply::new("ListMultipartUploads", page)
}

fn original(id: &str, version: &str) -> String {
    format!("{USER}/{id}/{version}")
}

fn rendition(version: &str) -> String {
    format!("{IMAGE}/{version}/200.jpg")
}

fn images(records: &[Value]) -> Reply {
    scanned(records, None).about("IMAGE#")
}

fn listed_user() -> Value {
    with(user(), &json!({"roster": "AGE", "roster_place": USER}))
}

/// Replies in which every object and every quota matches its records.
fn replies() -> Vec<Reply> {
    vec![
        originals(&[&original(FILE, VERSION), &original(IMAGE, VERSION)]),
        in_parts(&[], LONG_AGO, false),
        renditions(&[&rendition(VERSION)]),
        found_all(&[file("ready"), image("ready")]),
        images(&[image("ready")]),
        scanned(&[listed_user()], None).about("\"USER\"").once(),
        scanned(&[], None).about("\"USER\""),
        scanned(&[], None).about("SHARED#"),
        page(&[file("ready"), image("ready")]).about("OWNER#"),
        page(&[]).about("KEPT#"),
        found(None).about("AUDIT"),
        found(Some(user())),
        done("UpdateItem"),
        done("DeleteObject"),
        done("AbortMultipartUpload"),
    ]
}

async fn audited(order: Value, deadline: u64, replies: Vec<Reply>) -> (CannedAws, Result<Report, Failure>) {
    let aws = CannedAws::answering(replies).await;
    let report = audit(aws.app(), &serde_json::from_value(order).unwrap(), deadline, 2).await;
    (aws, report)
}

/// Runs an audit that gets the replies `first`, followed by those without findings.
async fn found_with(order: Value, first: impl Into<Vec<Reply>>) -> (CannedAws, Report) {
    let (aws, report) = audited(order, IN_TIME, [first.into(), replies()].concat()).await;
    (aws, report.unwrap())
}

fn place_noted(aws: &CannedAws) -> Value {
    aws.call("UpdateItem").json()["ExpressionAttributeValues"][":place"].take()
}

fn account(change: &Value) -> Reply {
    found(Some(with(user(), change))).about(USER)
}

#[tokio::test]
async fn an_audit_finds_nothing_if_all_objects_and_quotas_match_their_records() {
    let (aws, report) = audited(serde_json::from_str(EVENT).unwrap(), IN_TIME, replies()).await;
    let expected = json!({
        "objects": 3, "orphans": 0, "orphan_bytes": 0, "uploads_in_parts": 0, "orphaned_uploads_in_parts": 0,
        "accounts": 1, "listed_accounts": 0, "kept_bytes": 0, "unexplained_accounts": 0, "unexplained_bytes": 0,
        "copies": 0, "unexplained_copies": 0,
        "repaired": false, "next": null,
    });
    assert_eq!(json!(report.unwrap()), expected);
    let read = aws.call("BatchGetItem").json()["RequestItems"]["satchel"].take();
    assert_eq!((read["Keys"].as_array().unwrap().len(), &read["ConsistentRead"]), (4, &json!(true)));
    assert_eq!(
        aws.calls_of("Query").len(),
        2,
        "uploads and kept bytes; a second reading is for a difference"
    );
    assert_eq!(place_noted(&aws), json!({"NULL": true}));
    assert_eq!(aws.call("UpdateItem").json()["Key"]["pk"]["S"], "AUDIT");
}

#[tokio::test]
async fn an_audit_fails_if_any_call_fails() {
    let orphans = [
        originals(&[&original(FILE, OTHER)]),
        in_parts(&[&original(FILE, OTHER)], LONG_AGO, false),
        account(&json!({"used_bytes": 1})),
    ];
    for operation in [
        "ListObjectsV2",
        "BatchGetItem",
        "ListMultipartUploads",
        "Scan",
        "Query",
        "GetItem",
        "DeleteObject",
        "AbortMultipartUpload",
        "UpdateItem",
    ] {
        let replies = [vec![denied(operation)], orphans.to_vec(), replies()].concat();
        let (_, report) = audited(json!({"repair": true}), IN_TIME, replies).await;
        assert!(report.is_err(), "{operation}");
    }
}
