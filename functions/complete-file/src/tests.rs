use satchel_testing::{
    CannedAws, Event, FILE, Reply, USER, VERSION, beginning_of, cancelled_on, completed, done, file, found,
    hides_failures, large_file, no_object, object, refuses_strangers, s3_error, signed_in, stored_parts,
    with,
};
use serde_json::{Value, json};

use super::*;

/// Names parts 1 and 2, `"e1"` and `"e2"`.
const EVENT: &str = include_str!("../../../events/complete-file.json");
const TEXT: &[u8] = b"The quick brown fox.\n";
const PDF: &[u8] = b"%PDF-1.7\n";
const PAGE: &[u8] = b"<!DOCTYPE html>\n";
const PIXEL: &[u8] = include_bytes!("../../../shared/images/tests/fixtures/one_pixel.png");
const SIZE: usize = 110_100_501;

/// Replies for a file with both parts in the store.
fn replies() -> [Reply; 6] {
    let parts = stored_parts(&[(1, 110_100_480, r#""e1""#), (2, 21, r#""e2""#)]);
    let file = found(Some(large_file(Some("upload-1"))));
    [signed_in(), file, parts, completed(), beginning_of(PDF, SIZE), done("TransactWriteItems")]
}

/// Replies for a file that is uploaded by a single PUT, with this object in the store.
fn replies_to_a_put(object: Reply) -> [Reply; 5] {
    let deleted = done("DeleteObject");
    [signed_in(), found(Some(file("pending"))), object, done("TransactWriteItems"), deleted]
}

fn url() -> String {
    format!("signed:/originals/{USER}/{FILE}/{VERSION}")
}

fn no_file() -> (u16, Value) {
    (400, json!({"file": ["No file was submitted."]}))
}

#[tokio::test]
async fn the_parts_are_assembled_and_checked_and_the_file_is_ready() {
    let aws = CannedAws::answering(replies()).await;
    let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
    let ready = json!({
        "id": FILE, "title": "A title", "filename": "backup.pdf", "content_type": "application/pdf",
        "size": SIZE, "sha256": null, "visibility": "private", "uploaded_by": "ada", "owner": USER,
        "status": "ready", "created_at": "2026-03-12T19:03:58Z", "updated_at": "2026-03-12T19:03:58Z",
        "file": url(), "pdf": url(),
    });
    assert_eq!(answer.outcome(), (200, ready));
    assert_eq!(answer.header("cache-control"), "no-store");
    let steps = ["ListParts", "CompleteMultipartUpload", "GetObject", "TransactWriteItems"];
    assert_eq!(aws.steps(&["BatchGetItem", "GetItem"]), steps);
    let complete = aws.call("CompleteMultipartUpload");
    let path = format!("/originals/{USER}/{FILE}/{VERSION}?");
    assert!(complete.path.starts_with(&path) && complete.path.ends_with("uploadId=upload-1"), "{complete:?}");
    let named: Vec<_> = complete
        .text()
        .match_indices("<PartNumber>")
        .map(|(at, name)| complete.text()[at + name.len()..].split('<').next().unwrap().to_owned())
        .collect();
    assert_eq!(named, ["1", "2"]);
    let write = aws.call("TransactWriteItems");
    assert_eq!((&write.changed(0)["status"], write.quota()), (&json!("ready"), 0));
}

#[tokio::test]
async fn every_missing_or_wrong_part_is_reported() {
    let e1 = json!({"number": 1, "etag": "\"e1\""});
    let e2 = json!({"number": 2, "etag": "\"e2\""});
    let whole = [(1, 110_100_480, r#""e1""#), (2, 21, r#""e2""#)];
    for (named, stored, problems) in [
        (json!([]), &whole[..], vec!["Part 1 is missing.", "Part 2 is missing."]),
        (json!([e1]), &whole, vec!["Part 2 is missing."]),
        (json!([e1, e2]), &whole[..1], vec!["Part 2 is missing."]),
        (json!([{"number": 1, "etag": "e9"}, e2]), &whole, vec!["Part 1 in the store is another."]),
        (json!([e1, {"number": 1, "etag": "e9"}, e2]), &whole, vec!["Part 1 in the store is another."]),
        // Uploaded with a wrong size, for example by another client of the same upload.
        (json!([e1, e2]), &[whole[0], (2, 20, r#""e2""#)], vec!["Part 2 in the store is another."]),
        (
            json!([e2, {"number": 0, "etag": "e"}, {"number": 3, "etag": "e"}]),
            &whole,
            vec![
                "Part 1 is missing.",
                "There is no part 0; the last is 2.",
                "There is no part 3; the last is 2.",
            ],
        ),
    ] {
        let [caller, file, _, completed, object, write] = replies();
        let replies = [caller, file, stored_parts(stored), completed, object, write];
        let aws = CannedAws::answering(replies).await;
        let event = Event::of(EVENT).signed_in().body(&json!({"parts": named}));
        assert_eq!(aws.ask(handle, event).await.outcome(), (400, json!({"parts": problems})), "{named}");
        assert_eq!(aws.steps(&["BatchGetItem", "GetItem"]), ["ListParts"], "nothing is changed");
    }
}

#[tokio::test]
async fn a_part_may_be_named_twice_and_its_etag_without_quotes() {
    let named =
        json!([{"number": 2, "etag": "e2"}, {"number": 1, "etag": "e1"}, {"number": 2, "etag": "\"e2\""}]);
    let aws = CannedAws::answering(replies()).await;
    let event = Event::of(EVENT).signed_in().body(&json!({"parts": named}));
    let answer = aws.ask(handle, event).await;
    assert_eq!((answer.status, &answer.body["status"]), (200, &json!("ready")));
}

#[tokio::test]
async fn missing_or_malformed_parts_are_refused() {
    let form = "Expected a list of objects with number and etag.";
    for (body, words) in [
        (json!({}), "This field is required."),
        (json!({"parts": 2}), form),
        (json!({"parts": [1, 2]}), form),
        (json!({"parts": [{"number": 1}]}), form),
    ] {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in().body(&body)).await;
        assert_eq!(answer.outcome(), (400, json!({"parts": [words]})));
    }
}

#[tokio::test]
async fn without_a_multipart_upload_no_part_is_found() {
    let aws = CannedAws::answering([signed_in(), found(Some(large_file(None)))]).await;
    let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
    let problems = ["Part 1 is missing.", "Part 2 is missing."];
    assert_eq!(answer.outcome(), (400, json!({"parts": problems})));
    assert_eq!(aws.operations(), ["BatchGetItem", "GetItem"]);
}

#[tokio::test]
async fn a_part_that_was_replaced_meanwhile_is_a_conflict() {
    for code in ["InvalidPart", "InvalidPartOrder"] {
        let [caller, file, parts, ..] = replies();
        let changed = s3_error("CompleteMultipartUpload", code);
        let aws = CannedAws::answering([caller, file, parts, changed]).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        let words = "A part was sent again meanwhile. List the parts and complete the file again.";
        assert_eq!(answer.outcome(), (409, json!({"detail": words})));
    }
}

#[tokio::test]
async fn an_upload_that_was_completed_earlier_is_settled_by_its_object() {
    let [caller, file, parts, _, object, write] = replies();
    let gone = |operation| s3_error(operation, "NoSuchUpload").status(404);
    let there = s3_error("CompleteMultipartUpload", "PreconditionFailed").status(412);
    // The first request completed the upload before the parts were listed, or after.
    for first in
        [vec![gone("ListParts")], vec![parts.clone(), gone("CompleteMultipartUpload")], vec![parts, there]]
    {
        let rest = [caller.clone(), file.clone(), object.clone(), write.clone()];
        let aws = CannedAws::answering([first.clone(), rest.to_vec()].concat()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!((answer.status, &answer.body["status"]), (200, &json!("ready")));
        // The upload was aborted and left no object.
        let rest = [caller.clone(), file.clone(), no_object()];
        let aws = CannedAws::answering([first, rest.to_vec()].concat()).await;
        assert_eq!(aws.ask(handle, Event::of(EVENT).signed_in()).await.outcome(), no_file());
    }
}

#[tokio::test]
async fn a_single_put_needs_no_body_and_is_ready_now() {
    let aws = CannedAws::answering(replies_to_a_put(object(TEXT))).await;
    let answer = aws.ask(handle, Event::of(EVENT).signed_in().without_body()).await;
    let said = [&answer.body["status"], &answer.body["file"]];
    assert_eq!((answer.status, said), (200, [&json!("ready"), &json!(url())]));
    assert_eq!(aws.steps(&["BatchGetItem", "GetItem"]), ["GetObject", "TransactWriteItems"]);
}

#[tokio::test]
async fn a_body_of_another_type_is_refused_for_every_file() {
    let aws = CannedAws::answering(replies_to_a_put(object(TEXT))).await;
    let event = Event::of(EVENT).signed_in().header("content-type", Some("text/plain"));
    let words = "Unsupported media type \"text/plain\" in request.";
    assert_eq!(aws.ask(handle, event).await.outcome(), (415, json!({"detail": words})));
}

#[tokio::test]
async fn without_its_single_put_a_file_stays_pending() {
    let aws = CannedAws::answering(replies_to_a_put(no_object())).await;
    assert_eq!(aws.ask(handle, Event::of(EVENT).signed_in()).await.outcome(), no_file());
    assert_eq!(aws.operations(), ["BatchGetItem", "GetItem", "GetItem", "GetObject"]);
}

#[tokio::test]
async fn content_that_differs_from_its_announcement_is_rejected_and_deleted() {
    let pdf = with(file("pending"), &json!({"content_type": "application/pdf", "size": PAGE.len()}));
    for (record, bytes, reason, quota) in [
        (pdf, PAGE, "content_type_mismatch", -16),
        (with(file("pending"), &json!({"size": 22})), TEXT, "size_mismatch", -22),
    ] {
        let [caller, _, object, write, delete] = replies_to_a_put(object(bytes));
        let aws = CannedAws::answering([caller, found(Some(record)), object, write, delete]).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        let said = [&answer.body["status"], &answer.body["reason"], &answer.body["file"]];
        assert_eq!((answer.status, said), (200, [&json!("rejected"), &json!(reason), &Value::Null]));
        let write = aws.call("TransactWriteItems");
        assert_eq!((&write.changed(0)["reason"], write.quota()), (&json!(reason), quota));
        let steps = ["GetObject", "TransactWriteItems", "DeleteObject"];
        assert_eq!(aws.steps(&["BatchGetItem", "GetItem"]), steps, "the record goes first");
        assert!(aws.call("DeleteObject").path.starts_with(&format!("/originals/{USER}/{FILE}/{VERSION}?")));
    }
}

#[tokio::test]
async fn content_of_a_type_other_than_announced_gets_its_true_type() {
    let pdf = with(file("pending"), &json!({"content_type": "application/pdf", "size": PIXEL.len()}));
    let [caller, _, object, write, _] = replies_to_a_put(object(PIXEL));
    let aws = CannedAws::answering([caller, found(Some(pdf)), object, write]).await;
    let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
    let said = [&answer.body["status"], &answer.body["content_type"], &answer.body["pdf"]];
    assert_eq!((answer.status, said), (200, [&json!("ready"), &json!("image/png"), &Value::Null]));
    assert_eq!(aws.call("TransactWriteItems").changed(0)["content_type"], "image/png");
}

#[tokio::test]
async fn repeated_requests_get_the_settled_file() {
    let rejected = with(file("rejected"), &json!({"reason": "expired"}));
    for (record, status, reason) in [
        (file("ready"), "ready", Value::Null),
        (with(large_file(Some("upload-1")), &json!({"status": "ready"})), "ready", Value::Null),
        (rejected, "rejected", json!("expired")),
    ] {
        let aws = CannedAws::answering([signed_in(), found(Some(record))]).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(
            (answer.status, &answer.body["status"], &answer.body["reason"]),
            (200, &json!(status), &reason)
        );
        assert_eq!(aws.operations(), ["BatchGetItem", "GetItem"]);
    }
}

#[tokio::test]
async fn a_request_that_is_slower_than_the_event_returns_the_settled_file() {
    let ready = with(file("ready"), &json!({"revision": 8}));
    let deleted = with(file("deleting"), &json!({"revision": 8}));
    for (meanwhile, status) in [(ready, 200), (deleted, 404)] {
        let replies = [
            signed_in(),
            found(Some(file("pending"))).once(),
            found(Some(meanwhile.clone())),
            object(TEXT),
            cancelled_on(&[Some(meanwhile)]),
        ];
        let aws = CannedAws::answering(replies).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.status, status);
        if status == 200 {
            assert_eq!(answer.body["status"], "ready");
        }
    }
}

#[tokio::test]
async fn a_missing_file_is_not_found() {
    for record in [None, Some(file("deleting"))] {
        let aws = CannedAws::answering([signed_in(), found(record)]).await;
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
    let rejected = replies_to_a_put(object(&TEXT[..20]));
    hides_failures(Event::of(EVENT).signed_in(), &rejected, handle).await;
}
