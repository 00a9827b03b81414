use satchel_testing::{
    CannedAws, Event, FILE, Reply, USER, VERSION, file, found, hides_failures, large_file, refuses_strangers,
    s3_error, signed_in, stored_parts, stored_parts_that_go_on, with,
};

use super::*;

const EVENT: &str = include_str!("../../../events/list-parts.json");

fn replies() -> [Reply; 3] {
    let parts = stored_parts(&[(2, 21, r#""e2""#)]);
    [signed_in(), found(Some(large_file(Some("upload-1")))), parts]
}

#[tokio::test]
async fn the_parts_of_all_pages_are_in_one_list() {
    let [caller, file, rest] = replies();
    let begin = stored_parts_that_go_on(&[(1, 110_100_480, r#""e1""#)]).once();
    let aws = CannedAws::answering([caller, file, begin, rest]).await;
    let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
    let stored = json!([
        {"number": 1, "size": 110_100_480, "etag": "\"e1\""},
        {"number": 2, "size": 21, "etag": "\"e2\""},
    ]);
    let parts = json!({"parts": stored, "part_size": 110_100_480, "part_count": 2});
    assert_eq!(answer.outcome(), (200, parts));
    let pages: Vec<_> = aws.calls_of("ListParts").into_iter().map(|call| call.path).collect();
    assert_eq!(pages.len(), 2);
    assert!(pages.iter().all(|page| page.starts_with(&format!("/originals/{USER}/{FILE}/{VERSION}?"))));
    assert!(pages.iter().all(|page| page.contains("uploadId=upload-1")), "{pages:?}");
    assert!(
        !pages[0].contains("part-number-marker") && pages[1].contains("part-number-marker=1"),
        "{pages:?}"
    );
}

#[tokio::test]
async fn without_uploaded_parts_the_list_is_empty() {
    let none = (200, json!({"parts": [], "part_size": 110_100_480, "part_count": 2}));
    // No URL was signed; no part was uploaded; the upload was completed or aborted a moment ago.
    let [caller, begun, _] = replies();
    for replies in [
        vec![caller.clone(), found(Some(large_file(None)))],
        vec![caller.clone(), begun.clone(), stored_parts(&[])],
        vec![caller, begun, s3_error("ListParts", "NoSuchUpload").status(404)],
    ] {
        let aws = CannedAws::answering(replies).await;
        assert_eq!(aws.ask(handle, Event::of(EVENT).signed_in()).await.outcome(), none);
    }
}

#[tokio::test]
async fn a_file_that_is_not_waiting_for_parts_is_a_conflict() {
    let over = json!({"pending_until": "2026-03-12T19:03:58Z"});
    for (file, words) in [
        (file("pending"), "This file is sent by a single PUT, to the URL it was announced with."),
        (file("ready"), "The file is complete already."),
        (file("rejected"), "The file was rejected."),
        (with(large_file(None), &over), "The time to send this file is over. Announce it again."),
    ] {
        let aws = CannedAws::answering([signed_in(), found(Some(file))]).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (409, json!({"detail": words})));
    }
    let aws = CannedAws::answering([signed_in(), found(None)]).await;
    let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
    assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
}

#[tokio::test]
async fn an_unauthenticated_request_is_refused() {
    refuses_strangers(EVENT, handle).await;
}

#[tokio::test]
async fn an_internal_failure_is_a_500_without_details() {
    hides_failures(Event::of(EVENT).signed_in(), &replies(), handle).await;
}
