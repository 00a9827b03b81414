//! A function that ends after any of its calls leaves kept bytes that are exactly those that S3 keeps.

use std::ops::RangeInclusive;

use jiff::SignedDuration;
use local::calls::Fault;
use reqwest::Method;
use reqwest::multipart::Form;
use serde_json::{Value, json};

use crate::helpers::{Answer, User, exclusive_stack, id, part};

/// More calls than any of the functions makes.
const CALLS: RangeInclusive<u32> = 1..=8;

async fn delete(user: &User, file: &Value) -> u16 {
    user.delete(&format!("/api/files/{}", id(file))).await.status
}

async fn replace(user: &User, file: &Value) -> u16 {
    let form = Form::new().part("file", part("b.txt", "text/plain", *b"goodbye\n"));
    let request = user.request(Method::PUT, &format!("/api/files/{}", id(file))).multipart(form);
    Answer::of(request).await.status
}

#[tokio::test]
async fn a_deletion_that_dies_counts_the_bytes_once() {
    let stack = exclusive_stack().await;
    let mut users = Vec::new();
    for nth in CALLS {
        let ada = stack.signed_up_user("ada").await;
        let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
        stack.calls().inject("delete-file", nth, Fault::KillAfter, 1);
        let status = delete(&ada, &file).await;
        stack.calls().clear("delete-file");
        let again = delete(&ada, &file).await;
        users.push((ada, nth));
        if status == 204 {
            break;
        }
        assert!([204, 404].contains(&again), "call {nth}: {again}");
    }
    assert!((3..8).contains(&users.len()), "{} calls", users.len());
    for (ada, _) in &users {
        ada.age_records_by_a_month().await;
    }
    stack.sweep().await;
    for (ada, nth) in &users {
        assert_eq!((ada.used_bytes().await, ada.kept_bytes().await), (0, 6), "call {nth}");
        stack.assert_storage_matches_records(ada, &format!("call {nth}")).await;
    }
}

#[tokio::test]
async fn a_replacement_that_dies_counts_what_was_stored() {
    let stack = exclusive_stack().await;
    let mut users = Vec::new();
    for nth in CALLS {
        let ada = stack.signed_up_user("ada").await;
        let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
        stack.calls().inject("update-file", nth, Fault::KillAfter, 1);
        let status = replace(&ada, &file).await;
        stack.calls().clear("update-file");
        users.push((ada, nth));
        if status == 200 {
            break;
        }
    }
    assert!((4..8).contains(&users.len()), "{} calls", users.len());
    stack.settled().await;
    for (ada, _) in &users {
        ada.age_records_by_a_month().await;
    }
    stack.sweep().await;
    for (ada, nth) in &users {
        stack.assert_storage_matches_records(ada, &format!("call {nth}")).await;
    }
}

#[tokio::test]
async fn abandoned_replacements_count_if_their_bytes_were_stored() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    let file = ada.upload_file("a.txt", "text/plain", *b"hello\n").await;
    stack.settled().await;
    stack.s3().pause_events();
    // The transaction names the new version, and then its bytes are stored.
    for operation in ["TransactWriteItems", "PutObject", "TransactWriteItems", "PutObject", "PutObject"] {
        stack.calls().interrupt_next("update-file", operation, Fault::KillAfter, 1);
        assert_eq!(replace(&ada, &file).await, 500);
        stack.calls().clear("update-file");
    }
    // These delete what the record cannot hold any more.
    for _ in 0..4 {
        assert_eq!(replace(&ada, &file).await, 200);
    }
    stack.s3().resume_events();
    ada.age_records_by_a_month().await;
    stack.sweep().await;
    assert_eq!(
        ada.kept_bytes().await,
        6 + 3 * 8 + 3 * 8,
        "three that were stored, and three that were current"
    );
    stack.assert_storage_matches_records(&ada, "replaced").await;
}

#[tokio::test]
async fn an_event_whose_function_dies_counts_the_bytes_once() {
    let stack = exclusive_stack().await;
    let mut users = Vec::new();
    for nth in CALLS {
        for is_deleted in [false, true] {
            let ada = stack.signed_up_user("ada").await;
            let file = ada.announce("/api/files", "a.pdf", "application/pdf", 23).await;
            stack.s3().pause_events();
            assert_eq!(ada.put(&file, b"<!doctype html><p>Hello".to_vec()).await.status, 200);
            if is_deleted {
                assert_eq!(delete(&ada, &file).await, 204);
            }
            stack.calls().inject("process-upload", nth, Fault::KillAfter, 1);
            stack.s3().resume_events();
            stack.settled().await;
            stack.calls().clear("process-upload");
            users.push((ada, format!("call {nth}, deleted: {is_deleted}")));
        }
    }
    for (ada, what) in &users {
        // The event was repeated.
        assert_eq!((ada.used_bytes().await, ada.kept_bytes().await), (0, 23), "{what}");
        stack.assert_kept_bytes_match(ada, what).await;
        ada.age_records_by_a_month().await;
    }
    stack.sweep().await;
    for (ada, what) in &users {
        stack.assert_storage_matches_records(ada, what).await;
    }
}

#[tokio::test]
async fn a_sweep_that_dies_neither_counts_nor_subtracts_twice() {
    let stack = exclusive_stack().await;
    // The bytes of a file that was deleted before they arrived, and whose event is lost, and those of a deleted file.
    let ada = stack.signed_up_user("ada").await;
    let late = ada.announce("/api/files", "a.txt", "text/plain", 6).await;
    stack.calls().inject("process-upload", 1, Fault::KillAfter, 3);
    assert_eq!(delete(&ada, &late).await, 204);
    assert_eq!(ada.put(&late, b"hello\n".to_vec()).await.status, 200);
    stack.settled().await;
    stack.calls().clear("process-upload");
    let file = ada.upload_file("b.txt", "text/plain", *b"goodbye\n").await;
    assert_eq!(delete(&ada, &file).await, 204);
    ada.age_records_by_a_month().await;
    let run = async |kill: u32| {
        stack.calls().inject("sweep-leftovers", kill, Fault::KillAfter, 1);
        _ = stack.invoke("sweep-leftovers", json!({})).await;
        stack.calls().clear("sweep-leftovers");
    };
    // A run makes one call for the tiers and one for each of sixteen partitions, in a random order.
    for kill in 2..=24 {
        run(kill).await;
    }
    stack.sweep().await;
    assert_eq!(ada.kept_bytes().await, 14);
    stack.assert_storage_matches_records(&ada, "counted").await;
    ada.age_kept_bytes(SignedDuration::from_hours(24 * 30)).await;
    for kill in 2..=24 {
        run(kill).await;
    }
    stack.sweep().await;
    assert_eq!((ada.kept_bytes().await, ada.kept_records().await.len()), (0, 0));
}
