//! Single objects.

use aws_sdk_s3::primitives::{ByteStream, DateTime};
use aws_sdk_s3::types::{ChecksumMode, Delete, MetadataDirective, ObjectIdentifier};

use super::{ORIGINALS, RENDITIONS, TestStore, refusal};

const HELLO_MD5: &str = "\"5d41402abc4b2a76b9719d911017c592\"";

fn body(text: &'static str) -> ByteStream {
    ByteStream::from_static(text.as_bytes())
}

#[tokio::test]
async fn an_object_is_returned_with_the_bytes_and_headers_of_its_put() {
    let store = TestStore::new().await;
    let s3 = store.client("create-file");
    let put = s3.put_object().bucket(ORIGINALS).key("a b/ü+?.txt").body(body("hello"));
    let put =
        put.content_type("text/plain; charset=utf-8").content_disposition("inline").cache_control("no-store");
    let put = put.metadata("Owner", "ada").send().await.unwrap();
    assert_eq!(put.e_tag(), Some(HELLO_MD5));

    let got = s3.get_object().bucket(ORIGINALS).key("a b/ü+?.txt").send().await.unwrap();
    assert_eq!(got.content_type(), Some("text/plain; charset=utf-8"));
    assert_eq!(got.content_disposition(), Some("inline"));
    assert_eq!(got.cache_control(), Some("no-store"));
    assert_eq!(got.metadata().unwrap().get("owner").map(String::as_str), Some("ada"));
    assert_eq!((got.e_tag(), got.content_length()), (Some(HELLO_MD5), Some(5)));
    assert_eq!(got.body.collect().await.unwrap().into_bytes(), "hello");

    let head = s3.head_object().bucket(ORIGINALS).key("a b/ü+?.txt").send().await.unwrap();
    assert_eq!((head.e_tag(), head.content_length()), (Some(HELLO_MD5), Some(5)));
    assert_eq!(head.content_type(), Some("text/plain; charset=utf-8"));

    let (facts, bytes) = store.s3.object(ORIGINALS, "a b/ü+?.txt").unwrap();
    assert_eq!((facts.metadata["owner"].as_str(), &bytes[..]), ("ada", &b"hello"[..]));
}

#[tokio::test]
async fn ranges_are_served_and_unsatisfiable_ones_are_refused() {
    let store = TestStore::new().await;
    let s3 = store.client("get-file");
    s3.put_object().bucket(ORIGINALS).key("k").body(body("0123456789")).send().await.unwrap();
    for (range, expected, content_range) in [
        ("bytes=2-4", "234", "bytes 2-4/10"),
        ("bytes=7-", "789", "bytes 7-9/10"),
        ("bytes=-3", "789", "bytes 7-9/10"),
        ("bytes=8-99", "89", "bytes 8-9/10"),
    ] {
        let got = s3.get_object().bucket(ORIGINALS).key("k").range(range).send().await.unwrap();
        assert_eq!(got.content_range(), Some(content_range));
        assert_eq!(got.body.collect().await.unwrap().into_bytes(), expected);
    }
    let got = s3.get_object().bucket(ORIGINALS).key("k").range("bytes=10-").send().await;
    assert_eq!(refusal(got), (416, "InvalidRange".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_during_a_write_returns_one_complete_version() {
    let store = TestStore::new().await;
    let s3 = store.client("put-file");
    let put =
        |letter: u8| s3.put_object().bucket(ORIGINALS).key("k").body(ByteStream::from(vec![letter; 10_000]));
    put(b'a').send().await.unwrap();
    let writer = tokio::spawn({
        let puts: Vec<_> = (0..100).map(|round| put(b'a' + round % 26)).collect();
        async move {
            for put in puts {
                put.send().await.unwrap();
            }
        }
    });
    while !writer.is_finished() {
        let got = s3.get_object().bucket(ORIGINALS).key("k").send().await.unwrap();
        let bytes = got.body.collect().await.unwrap().into_bytes();
        assert!(bytes.len() == 10_000 && bytes.iter().all(|byte| *byte == bytes[0]));
    }
    writer.await.unwrap();
}

#[tokio::test]
async fn reads_can_be_conditional_on_etag_and_date() {
    let store = TestStore::new().await;
    let s3 = store.client("get-file");
    s3.put_object().bucket(ORIGINALS).key("k").body(body("hello")).send().await.unwrap();
    let get = || s3.get_object().bucket(ORIGINALS).key("k");
    assert_eq!(refusal(get().if_match(HELLO_MD5).send().await).0, 200);
    assert_eq!(refusal(get().if_match("\"other\"").send().await), (412, "PreconditionFailed".into()));
    assert_eq!(refusal(get().if_none_match(HELLO_MD5).send().await).0, 304);
    assert_eq!(refusal(get().if_none_match("\"other\"").send().await).0, 200);
    let modified = get().send().await.unwrap().last_modified().copied().unwrap();
    let before = DateTime::from_secs(modified.secs() - 1);
    assert_eq!(refusal(get().if_modified_since(modified).send().await).0, 304);
    assert_eq!(refusal(get().if_modified_since(before).send().await).0, 200);
    assert_eq!(refusal(get().if_unmodified_since(modified).send().await).0, 200);
    assert_eq!(refusal(get().if_unmodified_since(before).send().await).0, 412);
}

#[tokio::test]
async fn a_missing_key_is_a_404_for_callers_that_may_list_the_bucket_and_a_403_for_others() {
    let store = TestStore::new().await;
    let s3 = store.client("get-file");
    let get = || s3.get_object().bucket(ORIGINALS).key("none").send();
    let head = || s3.head_object().bucket(ORIGINALS).key("none").send();
    assert_eq!(refusal(get().await), (404, "NoSuchKey".into()));
    assert_eq!(refusal(head().await).0, 404);
    store.calls.deny("get-file", "s3:ListBucket");
    assert_eq!(refusal(get().await), (403, "AccessDenied".into()));
    assert_eq!(refusal(head().await).0, 403);
}

#[tokio::test]
async fn a_missing_bucket_is_a_404() {
    let store = TestStore::new().await;
    let s3 = store.client("get-file");
    let got = s3.get_object().bucket("no-such-bucket").key("none").send().await;
    assert_eq!(refusal(got), (404, "NoSuchBucket".into()));
    assert_eq!(refusal(s3.head_bucket().bucket(ORIGINALS).send().await).0, 200);
    assert_eq!(refusal(s3.head_bucket().bucket("no-such-bucket").send().await).0, 404);
}

#[tokio::test]
async fn a_copy_keeps_or_replaces_the_metadata_of_its_source() {
    let store = TestStore::new().await;
    let s3 = store.client("finish-upload");
    let put = s3.put_object().bucket(ORIGINALS).key("ä 1").body(body("hello")).content_type("text/plain");
    put.metadata("a", "1").send().await.unwrap();
    let copy = |key: &str| {
        s3.copy_object().copy_source(format!("{ORIGINALS}/%C3%A4%201")).bucket(RENDITIONS).key(key)
    };
    let copied = copy("same").copy_source_if_match(HELLO_MD5).send().await.unwrap();
    assert_eq!(copied.copy_object_result().unwrap().e_tag(), Some(HELLO_MD5));
    let replacing = copy("new").metadata_directive(MetadataDirective::Replace).content_type("text/html");
    replacing.metadata("b", "2").send().await.unwrap();
    assert_eq!(refusal(copy("no").copy_source_if_match("\"x\"").send().await).0, 412);
    s3.delete_object().bucket(ORIGINALS).key("ä 1").send().await.unwrap();

    let (facts, bytes) = store.s3.object(RENDITIONS, "same").unwrap();
    assert_eq!((facts.content_type.as_deref(), &bytes[..]), (Some("text/plain"), &b"hello"[..]));
    assert_eq!(facts.metadata.keys().collect::<Vec<_>>(), ["a"]);
    let (facts, bytes) = store.s3.object(RENDITIONS, "new").unwrap();
    assert_eq!((facts.content_type.as_deref(), &bytes[..]), (Some("text/html"), &b"hello"[..]));
    assert_eq!(facts.metadata.keys().collect::<Vec<_>>(), ["b"]);
    assert_eq!(store.s3.keys(RENDITIONS), ["new", "same"]);
}

#[tokio::test]
async fn deleted_and_replaced_objects_leave_no_files() {
    let store = TestStore::new().await;
    let s3 = store.client("delete-file");
    for key in ["a", "b", "c", "c"] {
        s3.put_object().bucket(ORIGINALS).key(key).body(body("x")).send().await.unwrap();
    }
    assert_eq!(store.files(), 3);
    s3.delete_object().bucket(ORIGINALS).key("a").send().await.unwrap();
    s3.delete_object().bucket(ORIGINALS).key("a").send().await.unwrap();
    let ids = ["b", "c", "none"].map(|key| ObjectIdentifier::builder().key(key).build().unwrap());
    let delete = Delete::builder().set_objects(Some(ids.into())).build().unwrap();
    let deleted = s3.delete_objects().bucket(ORIGINALS).delete(delete).send().await.unwrap();
    assert_eq!((deleted.deleted().len(), deleted.errors().len()), (3, 0));
    assert!(store.s3.keys(ORIGINALS).is_empty());
    assert_eq!(store.files(), 0);
}

#[tokio::test]
async fn checksums_are_returned_on_request() {
    let store = TestStore::new().await;
    let s3 = store.client("create-file");
    let sha256 = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";
    let put = s3.put_object().bucket(ORIGINALS).key("k").body(body("hello")).checksum_sha256(sha256);
    assert_eq!(put.send().await.unwrap().checksum_sha256(), Some(sha256));
    let head = || s3.head_object().bucket(ORIGINALS).key("k");
    assert_eq!(head().send().await.unwrap().checksum_sha256(), None);
    let asked = head().checksum_mode(ChecksumMode::Enabled).send().await.unwrap();
    assert_eq!(asked.checksum_sha256(), Some(sha256));
}

#[tokio::test]
async fn a_restart_keeps_objects_and_removes_unused_files() {
    let folder = tempfile::tempdir().unwrap();
    let store = TestStore::at(local_common::DataDir::open(folder.path()).unwrap()).await;
    let s3 = store.client("create-file");
    s3.put_object().bucket(ORIGINALS).key("k").body(body("hello")).send().await.unwrap();
    std::fs::write(store.data.file("objects").join("left-by-a-crash"), "x").unwrap();
    let store = TestStore::at(store.data.clone()).await;
    assert_eq!(store.files(), 1);
    let got = store.client("get-file").get_object().bucket(ORIGINALS).key("k").send().await.unwrap();
    assert_eq!(got.body.collect().await.unwrap().into_bytes(), "hello");
}
