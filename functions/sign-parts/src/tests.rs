use satchel_testing::{
    CannedAws, Event, FILE, Reply, USER, VERSION, begun, cancelled_on, done, file, found, hides_failures,
    large_file, refuses_strangers, signed_in, with,
};

use super::*;

/// The body requests parts 1 and 2.
const EVENT: &str = include_str!("../../../events/sign-parts.json");

/// Replies for a file without a multipart upload.
fn replies() -> [Reply; 4] {
    [signed_in(), found(Some(large_file(None))), begun("upload-1"), done("TransactWriteItems")]
}

/// The signed URLs of both parts, which are valid for an hour.
fn signed() -> Value {
    let url = format!("signed:/originals/{USER}/{FILE}/{VERSION}");
    json!({"parts": [
        {"number": 1, "url": url, "expires_at": "2026-03-12T20:03:58Z"},
        {"number": 2, "url": url, "expires_at": "2026-03-12T20:03:58Z"},
    ]})
}

/// A parameter of the query of a URL.
fn parameter<'a>(url: &'a str, name: &str) -> &'a str {
    let (_, query) = url.split_once('?').unwrap();
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).unwrap().1
}

/// The path of the only call of `operation`, which concerns the object of the file.
fn path_of(aws: &CannedAws, operation: &str) -> String {
    let path = aws.call(operation).path;
    assert!(path.starts_with(&format!("/originals/{USER}/{FILE}/{VERSION}?")), "{path}");
    path
}

#[tokio::test]
async fn the_first_request_starts_the_upload_and_stores_its_id() {
    let aws = CannedAws::answering(replies()).await;
    let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
    assert_eq!(answer.outcome(), (200, signed()));
    assert_eq!(answer.header("cache-control"), "no-store");
    let steps = ["CreateMultipartUpload", "TransactWriteItems"];
    assert_eq!(aws.steps(&["BatchGetItem", "GetItem"]), steps);
    path_of(&aws, "CreateMultipartUpload");
    let write = aws.call("TransactWriteItems");
    let record = write.changed(0);
    assert_eq!(
        (&record["multipart"]["upload_id"], &record["status"]),
        (&json!("upload-1"), &json!("pending"))
    );
    assert_eq!(write.quota(), 0);
    assert!(answer.urls.iter().all(|url| parameter(url, "uploadId") == "upload-1"), "{:?}", answer.urls);
}

#[tokio::test]
async fn a_later_request_signs_for_the_same_upload() {
    let aws = CannedAws::answering([signed_in(), found(Some(large_file(Some("upload-1"))))]).await;
    let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
    assert_eq!(answer.outcome(), (200, signed()));
    assert_eq!(aws.operations(), ["BatchGetItem", "GetItem"]);
    assert!(answer.urls.iter().all(|url| parameter(url, "uploadId") == "upload-1"), "{:?}", answer.urls);
}

#[tokio::test]
async fn only_number_and_length_of_a_part_are_signed() {
    let aws = CannedAws::answering([signed_in(), found(Some(large_file(Some("upload-1"))))]).await;
    let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
    for (url, number) in answer.urls.iter().zip(["1", "2"]) {
        assert_eq!(parameter(url, "partNumber"), number);
        assert_eq!(parameter(url, "X-Amz-SignedHeaders"), "content-length%3Bhost");
        assert_eq!(parameter(url, "X-Amz-Expires"), "3600");
        assert_eq!(parameter(url, "X-Amz-Date"), "20260312T190358Z");
    }
}

/// Signatures differ exactly if the signed values differ, and here only the lengths can.
#[tokio::test]
async fn the_last_part_is_signed_with_the_remaining_length() {
    let file = |part_size: u64, size: u64| {
        let multipart = json!({"part_size": part_size, "upload_id": "upload-1"});
        found(Some(with(large_file(None), &json!({"size": size, "multipart": multipart}))))
    };
    let replies = [
        signed_in(),
        file(110_100_480, 110_100_501).once(),
        file(110_100_480, 110_100_502).once(),
        file(100, 121).once(),
    ];
    let aws = CannedAws::answering(replies).await;
    let signatures = async || {
        let urls = aws.ask(handle, Event::of(EVENT).signed_in()).await.urls;
        [0, 1].map(|part| parameter(&urls[part], "X-Amz-Signature").to_owned())
    };
    let [first, last_21] = signatures().await;
    let [same_first, last_22] = signatures().await;
    let [first_100, same_last] = signatures().await;
    assert_eq!((&first, &last_21), (&same_first, &same_last));
    assert_ne!(last_21, last_22);
    assert_ne!(first, first_100);
}

#[tokio::test]
async fn the_slower_of_two_first_requests_aborts_its_upload() {
    let theirs = with(large_file(Some("upload-2")), &json!({"revision": 8}));
    let replies = [
        signed_in(),
        found(Some(large_file(None))).once(),
        found(Some(theirs.clone())),
        begun("upload-1"),
        cancelled_on(&[Some(theirs)]),
        done("AbortMultipartUpload"),
    ];
    let aws = CannedAws::answering(replies).await;
    let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
    assert_eq!(answer.outcome(), (200, signed()));
    assert!(path_of(&aws, "AbortMultipartUpload").ends_with("uploadId=upload-1"));
    assert!(answer.urls.iter().all(|url| parameter(url, "uploadId") == "upload-2"), "{:?}", answer.urls);
}

#[tokio::test]
async fn an_upload_for_a_file_that_is_no_longer_pending_is_aborted() {
    for (meanwhile, outcome) in [
        ("deleting", (404, json!({"detail": "Not found."}))),
        ("ready", (409, json!({"detail": "The file is complete already."}))),
        ("rejected", (409, json!({"detail": "The file was rejected."}))),
    ] {
        let now = with(large_file(None), &json!({"revision": 8, "status": meanwhile}));
        let replies = [
            signed_in(),
            found(Some(large_file(None))).once(),
            found(Some(now.clone())),
            begun("upload-1"),
            cancelled_on(&[Some(now)]),
            done("AbortMultipartUpload"),
        ];
        let aws = CannedAws::answering(replies).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), outcome, "{meanwhile}");
        assert!(path_of(&aws, "AbortMultipartUpload").ends_with("uploadId=upload-1"), "{meanwhile}");
    }
}

#[tokio::test]
async fn numbers_of_parts_that_the_file_does_not_have_are_refused() {
    let hundred_and_one: Vec<u64> = (1..=101).collect();
    for (body, words) in [
        (json!({}), "This field is required."),
        (json!({"numbers": []}), "This list may not be empty."),
        (json!({"numbers": [0]}), "Ensure this value is greater than or equal to 1."),
        (json!({"numbers": [1, 3]}), "Ensure this value is less than or equal to 2."),
        (json!({"numbers": ["first"]}), "A valid integer is required."),
        (json!({"numbers": hundred_and_one}), "Ensure this field has no more than 100 elements."),
        (json!({"numbers": 1}), "Expected a list of items but got type \"int\"."),
        (json!({"numbers": null}), "This field may not be null."),
    ] {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in().body(&body)).await;
        assert_eq!(answer.outcome(), (400, json!({"numbers": [words]})));
        assert_eq!(aws.operations(), ["BatchGetItem", "GetItem"], "nothing is begun");
    }
}

#[tokio::test]
async fn a_file_that_is_not_waiting_for_parts_is_a_conflict() {
    let over = json!({"pending_until": "2026-03-12T19:03:58Z"});
    for (file, words) in [
        (file("pending"), "This file is sent by a single PUT, to the URL it was announced with."),
        (file("ready"), "The file is complete already."),
        (with(large_file(Some("upload-1")), &json!({"status": "ready"})), "The file is complete already."),
        (file("rejected"), "The file was rejected."),
        (with(large_file(None), &over), "The time to send this file is over. Announce it again."),
    ] {
        let aws = CannedAws::answering([signed_in(), found(Some(file))]).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (409, json!({"detail": words})));
    }
    for file in [None, Some(file("deleting"))] {
        let aws = CannedAws::answering([signed_in(), found(file)]).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
    }
}

#[tokio::test]
async fn an_unauthenticated_request_is_refused() {
    refuses_strangers(EVENT, handle).await;
}

#[tokio::test]
async fn an_internal_failure_is_a_500_without_details() {
    hides_failures(Event::of(EVENT).signed_in(), &replies(), handle).await;
}
