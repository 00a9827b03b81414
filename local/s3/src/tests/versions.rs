//! Buckets with versions, and delete markers.
//!
//! The expected values are from "Working with delete markers",
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html>, "Deleting objects from versioning-suspended
//! buckets",
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectsfromVersioningSuspendedBuckets.html>, and "How
//! to prevent object overwrites with conditional writes",
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>.

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use serde_json::Value;

use super::{ORIGINALS, SUSPENDED, TestStore, VERSIONED, refusal};

async fn put(s3: &Client, bucket: &str, text: &'static str) -> Option<String> {
    let put = s3.put_object().bucket(bucket).key("k").body(ByteStream::from_static(text.as_bytes()));
    put.if_none_match("*").send().await.unwrap().version_id
}

async fn delete(s3: &Client, bucket: &str) -> (Option<bool>, Option<String>) {
    let deleted = s3.delete_object().bucket(bucket).key("k").send().await.unwrap();
    (deleted.delete_marker, deleted.version_id)
}

async fn get(s3: &Client, bucket: &str, version: Option<&str>) -> Result<String, (u16, String, bool)> {
    let got = s3.get_object().bucket(bucket).key("k").set_version_id(version.map(ToOwned::to_owned)).send();
    match got.await {
        Ok(got) => {
            let bytes = got.body.collect().await.unwrap().into_bytes();
            Ok(String::from_utf8(bytes.to_vec()).unwrap())
        }
        Err(error) => {
            let raw = error.raw_response().unwrap();
            let is_marked = raw.headers().get("x-amz-delete-marker") == Some("true");
            let (status, code) = refusal::<(), _>(Err(error));
            Err((status, code, is_marked))
        }
    }
}

/// The versions of the key, latest first: id, whether it is the latest, and the size, which a delete marker lacks.
async fn versions(s3: &Client, bucket: &str) -> Vec<(String, bool, Option<i64>)> {
    let page = s3.list_object_versions().bucket(bucket).prefix("k").send().await.unwrap();
    let objects = page.versions().iter().map(|version| {
        (
            version.version_id.clone().unwrap(),
            version.is_latest == Some(true),
            version.size,
            version.last_modified,
        )
    });
    let markers = page.delete_markers().iter().map(|marker| {
        (marker.version_id.clone().unwrap(), marker.is_latest == Some(true), None, marker.last_modified)
    });
    let mut all: Vec<_> = objects.chain(markers).collect();
    all.sort_by_key(|(_, is_latest, ..)| !is_latest);
    all.into_iter().map(|(id, is_latest, size, _)| (id, is_latest, size)).collect()
}

fn missing(code: &str) -> (u16, String, bool) {
    (404, code.to_owned(), false)
}

#[tokio::test]
async fn a_deletion_keeps_the_bytes_behind_a_delete_marker() {
    let store = TestStore::new().await;
    let s3 = store.client("operator");
    let first = put(&s3, VERSIONED, "first").await.expect("a version");
    let (is_marker, marker) = delete(&s3, VERSIONED).await;
    let marker = marker.expect("an id");
    assert_eq!((is_marker, marker == first), (Some(true), false));
    assert_eq!(get(&s3, VERSIONED, None).await, Err((404, "NoSuchKey".into(), true)));
    assert_eq!(get(&s3, VERSIONED, Some(&first)).await, Ok("first".into()));
    assert_eq!(get(&s3, VERSIONED, Some(&marker)).await, Err((405, "MethodNotAllowed".into(), true)));
    assert_eq!(get(&s3, VERSIONED, Some("unknown")).await, Err(missing("NoSuchVersion")));
    let listed = s3.list_objects_v2().bucket(VERSIONED).send().await.unwrap();
    assert_eq!(listed.key_count(), Some(0), "a listing shows only current objects");
    assert_eq!(versions(&s3, VERSIONED).await, [(marker, true, None), (first, false, Some(5))]);
    assert_eq!(store.files(), 1);
}

#[tokio::test]
async fn removing_the_delete_marker_brings_the_object_back() {
    let store = TestStore::new().await;
    let s3 = store.client("operator");
    let first = put(&s3, VERSIONED, "first").await.expect("a version");
    let (_, marker) = delete(&s3, VERSIONED).await;
    let events = store.s3.events().len();
    let removed =
        s3.delete_object().bucket(VERSIONED).key("k").version_id(marker.unwrap()).send().await.unwrap();
    assert_eq!(removed.delete_marker(), Some(true));
    assert_eq!(get(&s3, VERSIONED, None).await, Ok("first".into()));
    assert_eq!(versions(&s3, VERSIONED).await, [(first, true, Some(5))]);
    let created = store.s3.events().split_off(events).into_iter();
    assert_eq!(created.filter(|sent| sent.function == "process-upload").count(), 0, "nothing was created");
}

#[tokio::test]
async fn a_deletion_without_an_object_adds_a_delete_marker() {
    let store = TestStore::new().await;
    let s3 = store.client("operator");
    assert_eq!(delete(&s3, VERSIONED).await.0, Some(true));
    assert_eq!(delete(&s3, VERSIONED).await.0, Some(true));
    assert_eq!(versions(&s3, VERSIONED).await.len(), 2);
    assert_eq!(delete(&s3, ORIGINALS).await, (None, None), "unless the bucket has no versions");
}

#[tokio::test]
async fn a_conditional_write_succeeds_behind_a_delete_marker_and_fails_on_an_object() {
    let store = TestStore::new().await;
    let s3 = store.client("operator");
    let first = put(&s3, VERSIONED, "first").await.unwrap();
    delete(&s3, VERSIONED).await;
    let second = put(&s3, VERSIONED, "second").await.unwrap();
    assert_ne!(first, second);
    let again = s3.put_object().bucket(VERSIONED).key("k").if_none_match("*").send().await;
    assert_eq!(refusal(again), (412, "PreconditionFailed".into()));
    assert_eq!(get(&s3, VERSIONED, None).await, Ok("second".into()));
    assert_eq!(get(&s3, VERSIONED, Some(&first)).await, Ok("first".into()));
}

#[tokio::test]
async fn a_deletion_of_the_current_version_makes_the_one_before_it_current() {
    let store = TestStore::new().await;
    let s3 = store.client("operator");
    let first = put(&s3, VERSIONED, "first").await.unwrap();
    let overwrite = s3.put_object().bucket(VERSIONED).key("k").body(ByteStream::from_static(b"second"));
    let second = overwrite.send().await.unwrap().version_id.unwrap();
    assert_eq!(get(&s3, VERSIONED, None).await, Ok("second".into()));
    let remove = s3.delete_object().bucket(VERSIONED).key("k").version_id(&second).send().await.unwrap();
    assert_eq!((remove.delete_marker(), remove.version_id()), (None, Some(second.as_str())));
    assert_eq!(get(&s3, VERSIONED, None).await, Ok("first".into()));
    s3.delete_object().bucket(VERSIONED).key("k").version_id(&first).send().await.unwrap();
    assert_eq!(get(&s3, VERSIONED, None).await, Err(missing("NoSuchKey")));
    assert_eq!((versions(&s3, VERSIONED).await, store.files()), (Vec::new(), 0));
}

#[tokio::test]
async fn a_suspended_bucket_removes_the_null_version_and_adds_a_marker() {
    let store = TestStore::new().await;
    let s3 = store.client("operator");
    assert_eq!(put(&s3, SUSPENDED, "first").await.as_deref(), Some("null"));
    assert_eq!(delete(&s3, SUSPENDED).await, (Some(true), Some("null".into())));
    assert_eq!(versions(&s3, SUSPENDED).await, [("null".into(), true, None)]);
    assert_eq!((get(&s3, SUSPENDED, None).await, store.files()), (Err((404, "NoSuchKey".into(), true)), 0));
    assert_eq!(put(&s3, SUSPENDED, "second").await.as_deref(), Some("null"));
    assert_eq!(versions(&s3, SUSPENDED).await, [("null".into(), true, Some(6))]);
}

#[tokio::test]
async fn versions_are_listed_in_pages() {
    let store = TestStore::new().await;
    let s3 = store.client("operator");
    for key in ["a", "b"] {
        for _ in 0..2 {
            s3.put_object().bucket(VERSIONED).key(key).send().await.unwrap();
        }
    }
    let (mut found, mut key, mut id) = (Vec::new(), None, None);
    loop {
        let list = s3.list_object_versions().bucket(VERSIONED).max_keys(1).set_key_marker(key);
        let page = list.set_version_id_marker(id).send().await.unwrap();
        found.extend(page.versions().iter().map(|version| (version.key.clone(), version.is_latest)));
        if page.is_truncated != Some(true) {
            break;
        }
        (key, id) = (page.next_key_marker, page.next_version_id_marker);
    }
    let expected = [("a", true), ("a", false), ("b", true), ("b", false)];
    assert_eq!(found, expected.map(|(key, is_latest)| (Some(key.to_owned()), Some(is_latest))));
}

#[tokio::test]
async fn events_name_the_version() {
    let store = TestStore::new().await;
    let s3 = store.client("operator");
    let version = put(&s3, VERSIONED, "first").await;
    let (_, marker) = delete(&s3, VERSIONED).await;
    let events: Vec<Value> =
        store.s3.events().iter().map(|sent| serde_json::from_slice(&sent.event).unwrap()).collect();
    let named = events.iter().map(|event| {
        let record = &event["Records"][0];
        (
            record["eventName"].as_str().unwrap(),
            record["s3"]["object"]["versionId"].as_str().map(ToOwned::to_owned),
        )
    });
    let expected = [("ObjectCreated:Put", version), ("ObjectRemoved:DeleteMarkerCreated", marker)];
    assert_eq!(named.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn versions_outlive_a_restart() {
    let store = TestStore::new().await;
    let s3 = store.client("operator");
    let first = put(&s3, VERSIONED, "first").await.unwrap();
    delete(&s3, VERSIONED).await;
    let data = store.data.clone();
    drop(store);
    let store = TestStore::at(data).await;
    assert_eq!(get(&store.client("operator"), VERSIONED, Some(&first)).await, Ok("first".into()));
}
