//! Objects and multipart uploads in the buckets.

use std::slice::from_ref;

use satchel_testing::large_file;

use super::*;

#[tokio::test]
async fn an_object_without_a_record_is_found_and_deleted_only_on_demand() {
    let key = original(FILE, OTHER);
    let orphan = || [originals(&[&key])];
    let (aws, report) = found_with(json!({}), orphan()).await;
    assert_eq!((report.orphans, report.orphan_bytes, report.repaired), (1, 6, false));
    assert!(aws.calls_of("DeleteObject").is_empty() && aws.calls_of("UpdateItem").is_empty());
    let (aws, report) = found_with(json!({"repair": true}), orphan()).await;
    assert_eq!((report.orphans, report.repaired), (1, true));
    assert_eq!(aws.call("DeleteObject").path, format!("/originals/{key}?x-id=DeleteObject"));
}

#[tokio::test]
async fn an_object_that_was_deleted_before_its_record_is_no_finding() {
    let all = originals(&[&original(FILE, OTHER)]).once();
    let (aws, report) = found_with(json!({"repair": true}), [all, originals(&[])]).await;
    assert_eq!(report.orphans, 0);
    assert!(aws.calls_of("DeleteObject").is_empty());
}

#[tokio::test]
async fn contents_that_a_record_references_or_the_sweep_will_delete_are_no_findings() {
    // One hour, and one hour and a second, before the time of the events.
    let (late, overdue) = ("2026-03-12T18:03:59Z", "2026-03-12T18:03:58Z");
    let old = |until: &str, readable: bool| json!({"old_versions": [{"version": OTHER, "until": until, "readable": readable}]});
    let on_its_way = json!({"replacement": {"version": OTHER, "size": 6, "until": late}});
    for (record, version, orphans) in [
        (with(file("pending"), &json!({})), VERSION, 0),
        (with(file("ready"), &json!({})), OTHER, 1),
        (with(file("ready"), &old(overdue, true)), OTHER, 0),
        (with(file("ready"), &old(late, false)), OTHER, 0),
        (with(file("ready"), &old(overdue, false)), OTHER, 1),
        (with(file("ready"), &on_its_way), OTHER, 0),
        (with(file("rejected"), &json!({"upload_until": late})), VERSION, 0),
        (with(file("rejected"), &json!({"upload_until": overdue})), VERSION, 1),
        // The sweep removes the record after thirty days, together with any objects.
        (with(file("rejected"), &json!({"upload_until": null})), VERSION, 0),
        (
            with(file("rejected"), &json!({"upload_until": null, "updated_at": "2026-02-01T00:00:00Z"})),
            VERSION,
            1,
        ),
        (with(file("deleting"), &json!({"upload_until": late})), VERSION, 0),
        (with(file("deleting"), &json!({"upload_until": overdue})), VERSION, 1),
        (with(file("deleting"), &json!({"upload_until": late})), OTHER, 1),
    ] {
        let first = [originals(&[&original(FILE, version)]), found_all(from_ref(&record))];
        let (_, report) = found_with(json!({}), first).await;
        assert_eq!(report.orphans, orphans, "{version} of {record}");
    }
}

#[tokio::test]
async fn an_object_is_compared_once_it_is_an_hour_old() {
    for (modified_at, age, orphans) in [
        ("2026-03-12T18:03:59.000Z", json!(null), 0),
        ("2026-03-12T18:03:58.000Z", json!(null), 1),
        ("2026-03-12T19:03:58.000Z", json!(0), 1),
        ("2026-03-12T19:03:49.000Z", json!(10), 0),
    ] {
        let keys = [original(FILE, OTHER), rendition(OTHER)];
        let [original, rendition] = keys.each_ref().map(|key| listed(&[key], modified_at, false));
        let first = [original.about("/originals"), rendition.about("/renditions")];
        let (_, report) = found_with(json!({"older_than_seconds": age}), first).await;
        assert_eq!(report.orphans, 2 * orphans, "{modified_at} {age}");
    }
}

#[tokio::test]
async fn an_object_with_a_key_that_satchel_did_not_make_is_a_finding() {
    let content = original(FILE, VERSION);
    for key in ["a", "a/b/c", &content.to_uppercase(), &format!("{content}/"), &format!("{content}/1")] {
        assert_eq!(found_with(json!({}), [originals(&[key])]).await.1.orphans, 1, "{key}");
    }
    let content = format!("{IMAGE}/{VERSION}");
    for name in ["200", "x.jpg", "200.jpg/1", "-1.jpg", "200.JPG", ""] {
        let key = format!("{content}/{name}");
        assert_eq!(found_with(json!({}), [renditions(&[&key])]).await.1.orphans, 1, "{key}");
    }
    // The key as S3 encodes it in a listing, and as it is.
    let strange = originals(&["holiday+100%25%2B1.txt"]);
    let (aws, _) = found_with(json!({"repair": true}), [strange]).await;
    assert_eq!(aws.call("DeleteObject").path, "/originals/holiday%20100%25%2B1.txt?x-id=DeleteObject");
}

#[tokio::test]
async fn renditions_are_no_findings_if_an_image_references_them() {
    for (record, orphans) in [
        (image("ready"), 0),
        (image("pending"), 0),
        (with(image("rejected"), &json!({"upload_until": "2026-03-12T20:03:58Z"})), 0),
        (with(image("rejected"), &json!({"upload_until": null})), 0),
        (with(image("rejected"), &json!({"upload_until": null, "updated_at": "2026-02-01T00:00:00Z"})), 1),
        (with(image("ready"), &json!({"version": OTHER})), 1),
        (with(image("ready"), &json!({"id": FILE})), 1),
    ] {
        let (_, report) = found_with(json!({}), [images(from_ref(&record))]).await;
        assert_eq!((report.orphans, report.orphan_bytes), (orphans, 6 * orphans), "{record}");
    }
}

#[tokio::test]
async fn many_renditions_are_compared_in_several_scans() {
    // In the order of a listing; the second content has renditions in both stretches.
    let [first, second, third] = [FILE, VERSION, OTHER].map(rendition);
    let large = second.replace("200.jpg", "400.jpg");
    let stretches = [
        listed(&[&large, &third], LONG_AGO, false).about("start-after="),
        listed(&[&first], LONG_AGO, false).about("03%2F&"),
        listed(&[&second, &large], LONG_AGO, false).about("05%2F&"),
        listed(&[&third], LONG_AGO, false).about("0b%2F&"),
        listed(&[&first, &second], LONG_AGO, true).about("/renditions"),
        images(&[]),
    ];
    let (aws, report) = found_with(json!({"from": {"step": "renditions"}}), stretches).await;
    assert_eq!((report.objects, report.orphans), (4, 4));
    let calls = aws.calls();
    let scans = calls.iter().filter(|call| call.operation == "Scan" && call.text().contains("IMAGE#"));
    assert_eq!(scans.count(), 2);
    let next = calls.iter().find(|call| call.path.contains("start-after=")).unwrap();
    assert!(next.path.contains(&second.replace('/', "%2F")), "{}", next.path);
}

#[tokio::test]
async fn a_multipart_upload_is_no_finding_if_a_record_is_waiting_for_it() {
    let key = original(FILE, VERSION);
    let due = |until: &str| json!({"upload_until": until});
    for (record, begun_at, orphans) in [
        (large_file(None), LONG_AGO, 0),
        (large_file(Some("u1")), LONG_AGO, 0),
        (file("pending"), LONG_AGO, 0),
        (file("ready"), LONG_AGO, 1),
        (file("ready"), "2026-03-11T18:03:59.000Z", 0),
        (file("ready"), "2026-03-11T18:03:58.000Z", 1),
        (with(large_file(None), &json!({"status": "ready"})), LONG_AGO, 0),
        (
            with(with(large_file(None), &json!({"status": "ready"})), &due("2026-03-12T18:00:00Z")),
            LONG_AGO,
            1,
        ),
        (with(large_file(None), &json!({"version": OTHER})), LONG_AGO, 1),
        (with(large_file(None), &json!({"status": "deleting"})), LONG_AGO, 0),
    ] {
        let first = [in_parts(&[&key], begun_at, false), found_all(from_ref(&record))];
        let order = json!({"from": {"step": "parts"}});
        let (_, report) = found_with(order, first).await;
        assert_eq!((report.uploads_in_parts, report.orphaned_uploads_in_parts), (1, orphans), "{record}");
    }
    let first = [
        in_parts(&["a"], LONG_AGO, false).about("prefix=a"),
        in_parts(&["a"], LONG_AGO, true).once(),
        in_parts(&[&key], LONG_AGO, false),
        found_all(&[]),
    ];
    let (aws, report) = found_with(json!({"repair": true}), first).await;
    assert_eq!((report.uploads_in_parts, report.orphaned_uploads_in_parts), (2, 2));
    let aborted = aws.calls_of("AbortMultipartUpload").into_iter().map(|call| call.path);
    let path = |key: &str| format!("/originals/{key}?x-id=AbortMultipartUpload&uploadId=u1");
    assert_eq!(aborted.collect::<Vec<_>>(), [path("a"), path(&key)]);
    let lists = aws.calls_of("ListMultipartUploads");
    assert!(lists.iter().any(|list| list.path.contains("key-marker=a&upload-id-marker=u1")), "{lists:?}");
    // An upload that was completed or aborted after it was listed.
    let first = [in_parts(&[&key], LONG_AGO, false).once(), in_parts(&[], LONG_AGO, false), found_all(&[])];
    let (_, report) = found_with(json!({}), first).await;
    assert_eq!(report.orphaned_uploads_in_parts, 0);
}
