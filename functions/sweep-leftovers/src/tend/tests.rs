use satchel_testing::{
    CannedAws, FILE, IMAGE, USER, VERSION, beginning_of, cancelled, cancelled_on, done, file, found_all,
    image, large_file, listed, no_object, object, refused_object, s3_error, under_way, with,
};
use serde_json::{Value, json};

use super::*;
use crate::tests::{FILES, IMAGES, USERS, canned, one, steps, swept};

const TEXT: &[u8] = b"The quick brown fox.\n";
/// Another content of the file.
const OTHER: &str = "019ce36f-2530-7000-8000-000000000010";
/// A time before the sweep, and one after it.
const OVER: &str = "2026-03-12T20:30:00Z";
const NOT_OVER: &str = "2026-03-12T21:30:00Z";

/// The names of the deleted objects.
fn deleted(aws: &CannedAws) -> Vec<String> {
    let paths = aws.calls_of("DeleteObject").into_iter().map(|call| call.path);
    let mut paths: Vec<_> = paths.map(|path| path.replace("?x-id=DeleteObject", "")).collect();
    paths.sort();
    paths
}

fn original(version: &str) -> String {
    format!("/originals/{USER}/{FILE}/{version}")
}

/// The aborted multipart uploads.
fn aborted(aws: &CannedAws) -> Vec<String> {
    let of = |path: String| path.split_once("uploadId=").unwrap().1.to_owned();
    aws.calls_of("AbortMultipartUpload").into_iter().map(|call| of(call.path)).collect()
}

#[tokio::test]
async fn a_file_whose_event_was_lost_becomes_ready() {
    let replies = [object(TEXT), done("TransactWriteItems")];
    let (aws, report) = swept(FILES, &[file("pending")], &replies).await;
    assert_eq!(report, Report { settled: 1, ..one() });
    assert_eq!(steps(&aws), ["GetObject", "TransactWriteItems"]);
    let write = aws.call("TransactWriteItems");
    let record = write.changed(0);
    assert_eq!((&record["status"], write.quota()), (&json!("ready"), 0));
    // The record is not due again.
    assert_eq!((&record["due"], &record["due_at"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn a_file_that_differs_from_its_announcement_is_rejected_and_deleted() {
    let larger = with(file("pending"), &json!({"size": 22}));
    let replies = [object(TEXT), done("TransactWriteItems"), done("DeleteObject")];
    let (aws, report) = swept(FILES, &[larger], &replies).await;
    assert_eq!(report, Report { settled: 1, cleared: 1, ..one() });
    let write = &aws.calls_of("TransactWriteItems")[0];
    assert_eq!((&write.changed(0)["reason"], write.quota()), (&json!("size_mismatch"), -22));
}

#[tokio::test]
async fn a_file_that_never_arrived_is_rejected_before_its_bytes_are_deleted() {
    let replies = [no_object(), done("TransactWriteItems"), done("DeleteObject")];
    let (aws, report) = swept(FILES, &[file("pending")], &replies).await;
    assert_eq!(report, Report { expired: 1, cleared: 1, ..one() });
    assert_eq!(steps(&aws), ["GetObject", "TransactWriteItems", "DeleteObject", "TransactWriteItems"]);
    let writes = aws.calls_of("TransactWriteItems");
    let (rejected, tidied) = (writes[0].changed(0), writes[1].changed(0));
    assert_eq!((&rejected["status"], &rejected["reason"]), (&json!("rejected"), &json!("expired")));
    assert_eq!((writes[0].quota(), writes[1].quota()), (-21, 0));
    let said = ["revision", "upload_until", "due", "due_at"].map(|name| &tidied[name]);
    // The record itself is removed thirty days later.
    assert_eq!(said, [&json!(9), &Value::Null, &json!("3"), &json!("2026-04-11T21:03:58.000Z")]);
    assert_eq!(deleted(&aws), [original(VERSION)]);
}

#[tokio::test]
async fn bytes_that_a_url_may_still_upload_are_deleted_after_it_expires() {
    let pending = with(file("pending"), &json!({"upload_until": NOT_OVER}));
    let (aws, report) = swept(FILES, &[pending], &[no_object(), done("TransactWriteItems")]).await;
    assert_eq!(report, Report { expired: 1, ..one() });
    let record = aws.call("TransactWriteItems").changed(0);
    assert_eq!((&record["due"], &record["due_at"]), (&json!("3"), &json!("2026-03-12T21:30:00.000Z")));
}

#[tokio::test]
async fn the_multipart_uploads_of_an_unfinished_file_are_aborted_before_it_is_rejected() {
    let over = json!({"pending_until": OVER, "upload_until": NOT_OVER});
    let large = with(large_file(Some("upload-1")), &over);
    // A function started another upload and died before it stored the id.
    let uploads = under_way(&["upload-1", "upload-2"]);
    let replies = [no_object(), uploads, done("AbortMultipartUpload"), done("TransactWriteItems")];
    let (aws, report) = swept(FILES, &[large], &replies).await;
    assert_eq!(report, Report { expired: 1, ..one() });
    let mut gone = aborted(&aws);
    gone.sort();
    assert_eq!(gone, ["upload-1", "upload-2"]);
    assert_eq!(steps(&aws).pop().unwrap(), "TransactWriteItems");
    let list = aws.call("ListMultipartUploads").path;
    assert!(list.contains(&format!("prefix={USER}%2F{FILE}%2F{VERSION}")), "{list}");
    let write = aws.call("TransactWriteItems");
    assert_eq!((&write.changed(0)["reason"], write.quota()), (&json!("expired"), -110_100_501));
}

#[tokio::test]
async fn a_file_whose_parts_were_assembled_becomes_ready() {
    let large = with(large_file(Some("upload-1")), &json!({"pending_until": OVER, "upload_until": NOT_OVER}));
    let replies = [beginning_of(b"%PDF-1.7\n", 110_100_501), done("TransactWriteItems")];
    let (aws, report) = swept(FILES, &[large], &replies).await;
    assert_eq!(report, Report { settled: 1, ..one() });
    let record = aws.call("TransactWriteItems").changed(0);
    // Until this time, another multipart upload with this key, from a function that died, may still use
    // storage.
    assert_eq!((&record["status"], &record["due_at"]), (&json!("ready"), &json!("2026-03-12T21:30:00.000Z")));
}

#[tokio::test]
async fn a_record_that_was_changed_meanwhile_waits_for_the_next_run() {
    let changed = |status: &str| cancelled_on(&[Some(with(file(status), &json!({"revision": 8})))]);
    let coming = json!({"replacement": {"version": OTHER, "size": 40, "until": OVER}});
    for (record, replies, last) in [
        (file("pending"), vec![object(TEXT), changed("deleting")], "TransactWriteItems"),
        (file("pending"), vec![no_object(), changed("ready")], "TransactWriteItems"),
        (with(file("ready"), &coming), vec![changed("ready")], "TransactWriteItems"),
    ] {
        let (aws, report) = swept(FILES, &[record], &replies).await;
        assert_eq!(report, one());
        assert_eq!(steps(&aws).pop().unwrap(), last, "nothing is deleted");
    }
}

#[tokio::test]
async fn a_replacement_that_never_arrived_is_dropped_before_its_bytes_are_deleted() {
    let coming = json!({"replacement": {"version": OTHER, "size": 40, "until": OVER}});
    let record = with(file("ready"), &coming);
    let replies = [done("TransactWriteItems"), done("DeleteObject")];
    let (aws, report) = swept(FILES, &[record], &replies).await;
    assert_eq!(report, Report { expired: 1, cleared: 1, ..one() });
    assert_eq!(steps(&aws), ["TransactWriteItems", "DeleteObject", "TransactWriteItems"]);
    let writes = aws.calls_of("TransactWriteItems");
    let given_up = writes[0].changed(0);
    assert_eq!((&given_up["replacement"], writes[0].quota()), (&Value::Null, -40));
    assert_eq!((&given_up["status"], &given_up["version"]), (&json!("ready"), &json!(VERSION)));
    assert_eq!(given_up["old_versions"][0]["version"], OTHER);
    let tidied = writes[1].changed(0);
    assert_eq!((&tidied["old_versions"], &tidied["due_at"]), (&json!([]), &Value::Null));
    assert_eq!(deleted(&aws), [original(OTHER)]);
}

#[tokio::test]
async fn replaced_contents_are_deleted_when_nobody_can_read_them_any_more() {
    let read = "019ce36f-2530-7000-8000-000000000020";
    let old = |version: &str, until: &str, in_parts: bool| json!({"version": version, "until": until, "in_parts": in_parts, "readable": true});
    for (in_parts, before) in [(false, vec![]), (true, vec!["ListMultipartUploads", "AbortMultipartUpload"])]
    {
        let olds = json!({"old_versions": [old(read, NOT_OVER, in_parts), old(OTHER, OVER, in_parts)]});
        let replies = [
            under_way(&["upload-1"]),
            done("AbortMultipartUpload"),
            done("DeleteObject"),
            done("TransactWriteItems"),
        ];
        let (aws, report) = swept(FILES, &[with(file("ready"), &olds)], &replies).await;
        assert_eq!(report, Report { cleared: 1, ..one() });
        let expected = [before, vec!["DeleteObject", "TransactWriteItems"]].concat();
        assert_eq!(steps(&aws), expected, "bytes first: the record tells of them");
        assert_eq!(deleted(&aws), [original(OTHER)]);
        let record = aws.call("TransactWriteItems").changed(0);
        assert_eq!(record["old_versions"], json!([old(read, NOT_OVER, in_parts)]));
        assert_eq!(record["due_at"], "2026-03-12T21:30:00.000Z");
    }
}

#[tokio::test]
async fn a_duplicate_multipart_upload_is_aborted_after_its_urls_expire() {
    let ready = with(large_file(Some("upload-1")), &json!({"status": "ready", "upload_until": OVER}));
    let replies = [under_way(&["upload-2"]), done("AbortMultipartUpload"), done("TransactWriteItems")];
    let (aws, report) = swept(FILES, &[ready], &replies).await;
    assert_eq!(report, Report { cleared: 1, ..one() });
    assert_eq!(steps(&aws), ["ListMultipartUploads", "AbortMultipartUpload", "TransactWriteItems"]);
    assert_eq!(aborted(&aws), ["upload-2"]);
    let record = aws.call("TransactWriteItems").changed(0);
    let said = ["status", "upload_until", "due_at"].map(|name| &record[name]);
    assert_eq!(said, [&json!("ready"), &Value::Null, &Value::Null]);
}

#[tokio::test]
async fn bytes_that_arrived_for_a_rejected_file_are_deleted() {
    let replies = [done("DeleteObject"), done("TransactWriteItems")];
    let (aws, report) = swept(FILES, &[file("rejected")], &replies).await;
    assert_eq!(report, Report { cleared: 1, ..one() });
    assert_eq!(steps(&aws), ["DeleteObject", "TransactWriteItems"]);
    assert_eq!(deleted(&aws), [original(VERSION)]);
    let record = aws.call("TransactWriteItems").changed(0);
    let said = ["status", "upload_until", "due_at"].map(|name| &record[name]);
    assert_eq!(said, [&json!("rejected"), &Value::Null, &json!("2026-04-11T19:03:58.000Z")]);
}

#[tokio::test]
async fn a_tombstone_is_removed_after_all_its_bytes() {
    let read = "019ce36f-2530-7000-8000-000000000020";
    let others = json!({
        "replacement": {"version": OTHER, "size": 40, "until": OVER},
        "old_versions": [{"version": read, "until": OVER, "in_parts": false, "readable": true}],
    });
    let replies = [done("DeleteObject"), done("TransactWriteItems")];
    let (aws, report) = swept(FILES, &[with(file("deleting"), &others)], &replies).await;
    assert_eq!(report, Report { cleared: 1, removed: 1, ..one() });
    assert_eq!(deleted(&aws), [original(VERSION), original(OTHER), original(read)]);
    assert_eq!(steps(&aws).pop().unwrap(), "TransactWriteItems");
    let delete = aws.call("TransactWriteItems").json()["TransactItems"][0]["Delete"].take();
    assert_eq!(delete["Key"]["sk"]["S"], format!("FILE#{FILE}"));
    assert_eq!(delete["ConditionExpression"], "#status = :status AND #revision = :revision");
    assert_eq!(delete["ExpressionAttributeValues"][":status"], json!({"S": "deleting"}));
}

#[tokio::test]
async fn all_possible_thumbnails_of_an_image_are_deleted_with_it() {
    // The size 300 was in a tier when the thumbnail was made.
    let made =
        json!({"picture": {"width": 1, "height": 1, "renditions": [{"size": 300, "extension": "jpg"}]}});
    for status in ["rejected", "deleting"] {
        let replies = [done("DeleteObject"), done("TransactWriteItems")];
        let (aws, _) = swept(IMAGES, &[with(image(status), &made)], &replies).await;
        let rendition = |name: &str| format!("/renditions/{IMAGE}/{VERSION}/{name}");
        let names = ["200.jpg", "200.png", "300.jpg", "400.jpg", "400.png"].map(rendition);
        let gone = deleted(&aws);
        for name in names.into_iter().chain([format!("/originals/{USER}/{IMAGE}/{VERSION}")]) {
            assert!(gone.contains(&name), "{status} {name}: {gone:?}");
        }
    }
}

#[tokio::test]
async fn an_image_without_its_original_is_rejected_even_if_its_thumbnails_exist() {
    // The function that took the form died after it had stored the thumbnails.
    let made =
        json!({"picture": {"width": 1, "height": 1, "renditions": [{"size": 200, "extension": "jpg"}]}});
    let pending = with(image("pending"), &made);
    let replies = [
        done("UpdateItem"),
        done("HeadObject"),
        no_object(),
        done("TransactWriteItems"),
        done("DeleteObject"),
    ];
    let (aws, report) = swept(IMAGES, &[pending], &replies).await;
    assert_eq!(report, Report { expired: 1, cleared: 1, ..one() });
    assert!(deleted(&aws).contains(&format!("/renditions/{IMAGE}/{VERSION}/200.jpg")));
}

#[tokio::test]
async fn an_unfinished_erasure_is_restarted() {
    let erasure = json!({
        "pk": format!("ERASE#{USER}"), "sk": "ERASE", "user_id": USER, "rounds": 2, "due": "1",
        "due_at": "2026-03-12T20:00:00.000Z",
    });
    let (aws, report) = swept(USERS, std::slice::from_ref(&erasure), &[done("TransactWriteItems")]).await;
    assert_eq!(report, Report { erasures: 1, ..one() });
    let next = with(erasure, &json!({"rounds": 3, "due_at": "2026-03-12T22:03:58.000Z"}));
    assert_eq!(aws.call("TransactWriteItems").put(0), next);
}

#[tokio::test]
async fn an_image_moves_to_the_end_of_the_queue_before_it_is_decoded() {
    const PIXEL: &[u8] = include_bytes!("../../../../shared/images/tests/fixtures/one_pixel.png");
    let pending = with(image("pending"), &json!({"sweeps": 1, "size": PIXEL.len()}));
    let replies = [done("UpdateItem"), object(PIXEL), done("PutObject"), done("TransactWriteItems")];
    let (aws, report) = swept(IMAGES, &[pending], &replies).await;
    assert_eq!(report, Report { settled: 1, ..one() });
    assert_eq!(&steps(&aws)[..2], ["UpdateItem", "GetObject"]);
    let begun = aws.call("UpdateItem").json();
    assert_eq!(begun["Key"]["sk"]["S"], format!("IMAGE#{IMAGE}"));
    assert_eq!(begun["ExpressionAttributeValues"][":until"], json!({"S": "2026-03-12T22:03:58.000Z"}));
    assert!(begun["UpdateExpression"].as_str().unwrap().contains("ADD #sweeps :one"), "{begun}");
}

/// Another object in the bucket, and the reply to its GET.
fn another() -> [satchel_testing::Reply; 2] {
    let key = format!("{USER}/{FILE}/{OTHER}");
    [listed(&[&original(VERSION)["/originals/".len()..], &key]), object(b"x").about(OTHER)]
}

#[tokio::test]
async fn an_unreadable_object_keeps_its_bytes_while_it_waits() {
    let [listed, readable] = another();
    let replies = [readable, refused_object(), listed, done("UpdateItem")];
    let (aws, report) = swept(FILES, &[file("pending")], &replies).await;
    assert_eq!(report, one(), "neither expired nor failed");
    let [looks, others] = [["GetObject", "ListObjectsV2"], ["ListObjectsV2", "ListObjectsV2"]];
    assert_eq!(steps(&aws), [&looks[..], &others[..], &["GetObject", "UpdateItem"][..]].concat());
}

#[tokio::test]
async fn an_object_that_was_unreadable_for_a_day_is_rejected_and_keeps_its_bytes_and_quota() {
    let [listed, readable] = another();
    let replies = [readable, refused_object(), listed, done("TransactWriteItems")];
    let pending = with(file("pending"), &json!({"pending_until": "2026-03-11T21:03:58Z"}));
    let (aws, report) = swept(FILES, &[pending], &replies).await;
    assert_eq!(report, Report { unreadable: 1, ..one() });
    let write = aws.call("TransactWriteItems");
    let record = write.changed(0);
    assert_eq!((&record["status"], &record["reason"]), (&json!("rejected"), &json!("unreadable")));
    assert_eq!((write.quota(), &record["due_at"]), (0, &Value::Null));
}

#[tokio::test]
async fn a_refused_read_of_a_missing_object_counts_as_absence() {
    // A policy that requires a tag also refuses to read a missing object, which has no tag.
    let replies = [refused_object(), listed(&[]), done("TransactWriteItems"), done("DeleteObject")];
    let (_, report) = swept(FILES, &[file("pending")], &replies).await;
    assert_eq!(report, Report { expired: 1, cleared: 1, ..one() });
}

#[tokio::test]
async fn nothing_is_decided_while_the_whole_bucket_is_unreadable() {
    let bucket_gone = || s3_error("GetObject", "NoSuchBucket").status(404);
    let slow = || s3_error("GetObject", "SlowDown").status(503);
    for refusal in [refused_object, bucket_gone, slow] {
        let listed = listed(&[VERSION, OTHER].map(|version| &*format!("{USER}/{FILE}/{version}").leak()));
        let pending = with(file("pending"), &json!({"pending_until": "2026-03-01T21:03:58Z"}));
        let (aws, report) = swept(FILES, &[pending], &[refusal(), listed, done("UpdateItem")]).await;
        assert_eq!(report, Report { failed: 1, ..one() });
        assert!(aws.calls_of("TransactWriteItems").is_empty() && deleted(&aws).is_empty());
    }
}

#[tokio::test]
async fn a_rejected_record_is_removed_after_thirty_days_and_an_unreadable_one_is_not() {
    let rejected = |reason: &str| {
        let old = json!({"reason": reason, "upload_until": null, "updated_at": "2026-02-10T21:03:58Z"});
        with(file("rejected"), &old)
    };
    let replies = [done("DeleteObject"), done("TransactWriteItems")];
    let (aws, report) = swept(FILES, &[rejected("expired")], &replies).await;
    assert_eq!(report, Report { cleared: 1, removed: 1, ..one() });
    let delete = aws.call("TransactWriteItems").json()["TransactItems"][0]["Delete"].take();
    assert_eq!(delete["Key"]["sk"]["S"], format!("FILE#{FILE}"));
    let (aws, report) = swept(FILES, &[rejected("unreadable")], &replies).await;
    assert_eq!((report, steps(&aws)), (Report::default(), vec![]), "nothing is due");
}

#[tokio::test]
async fn late_bytes_of_an_erased_account_are_deleted_with_its_order() {
    let order = json!({
        "pk": format!("ERASE#{USER}"), "sk": "ERASE", "user_id": USER, "rounds": 2, "is_emptied": true, "due": "1",
        "due_at": "2026-03-12T20:00:00.000Z",
    });
    let key = format!("{USER}/{FILE}/{VERSION}");
    let upload = format!("<Upload><Key>{key}</Key><UploadId>upload-1</UploadId></Upload>");
    let parts = format!("<ListMultipartUploadsResult>{upload}</ListMultipartUploadsResult>");
    let parts = satchel_testing::Reply::new("ListMultipartUploads", parts);
    let replies = [
        listed(&[&key]),
        parts,
        done("DeleteObject"),
        done("AbortMultipartUpload"),
        done("TransactWriteItems"),
    ];
    let (aws, report) = swept(USERS, &[order], &replies).await;
    assert_eq!(report, Report { removed: 1, ..one() });
    let lists = aws.calls_of("ListObjectsV2");
    assert!(lists[0].path.contains(&format!("prefix={USER}%2F")), "{}", lists[0].path);
    assert_eq!((deleted(&aws), aborted(&aws)), (vec![original(VERSION)], vec!["upload-1".to_owned()]));
    let removed = aws.call("TransactWriteItems").json()["TransactItems"][0]["Delete"].take();
    assert_eq!(removed["Key"]["pk"]["S"], format!("ERASE#{USER}"));
    assert_eq!(removed["ConditionExpression"], "#is_emptied = :true");
}

#[tokio::test]
async fn a_record_whose_account_is_gone_is_removed_with_its_bytes() {
    let unowned = cancelled(&["None", "ConditionalCheckFailed"]).about("#used_bytes");
    let replies = [no_object(), unowned, done("DeleteObject"), done("TransactWriteItems")];
    let (aws, report) = swept(FILES, &[file("pending")], &replies).await;
    assert_eq!(report, Report { removed: 1, ..one() });
    assert_eq!(deleted(&aws), [original(VERSION)]);
    let last = aws.calls_of("TransactWriteItems").pop().unwrap().json();
    assert_eq!(last["TransactItems"][0]["Delete"]["Key"]["sk"]["S"], format!("FILE#{FILE}"));
}

#[tokio::test]
async fn thumbnails_that_were_made_while_their_record_was_deleted_are_deleted() {
    const PIXEL: &[u8] = include_bytes!("../../../../shared/images/tests/fixtures/one_pixel.png");
    let pending = with(image("pending"), &json!({"size": PIXEL.len()}));
    let replies = [
        done("UpdateItem"),
        object(PIXEL),
        done("PutObject"),
        cancelled(&["ConditionalCheckFailed", "None"]),
        found_all(&[]),
        done("DeleteObject"),
    ];
    let aws = canned(replies).await;
    let app: &App = aws.app();
    let pending: Upload = serde_json::from_value(pending).unwrap();
    let now = app.clock.now();
    let tended = super::upload(app, &pending, &[200], now, u64::MAX).await;
    assert_eq!(tended.map_err(|failure| format!("{failure:?}")), Ok(one()));
    assert!(deleted(&aws).contains(&format!("/renditions/{IMAGE}/{VERSION}/200.png")), "{:?}", deleted(&aws));
}
