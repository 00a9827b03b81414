//! Listings of objects, uploads and buckets.

use aws_sdk_s3::types::EncodingType;

use super::{ORIGINALS, RENDITIONS, SUSPENDED, TestStore, VERSIONED, refusal};

async fn with_keys(keys: &[&str]) -> (TestStore, aws_sdk_s3::Client) {
    let store = TestStore::new().await;
    let s3 = store.client("audit");
    for key in keys {
        s3.put_object().bucket(ORIGINALS).key(*key).send().await.unwrap();
    }
    (store, s3)
}

#[tokio::test]
async fn objects_are_listed_in_pages_ordered_by_key() {
    let (_store, s3) = with_keys(&["b/2", "a", "b/1", "ä", "c"]).await;
    let mut seen = Vec::new();
    let mut token = None;
    loop {
        let list = s3.list_objects_v2().bucket(ORIGINALS).max_keys(2).set_continuation_token(token.clone());
        let page = list.send().await.unwrap();
        seen.extend(page.contents().iter().map(|object| object.key().unwrap().to_owned()));
        assert_eq!(page.is_truncated(), Some(page.next_continuation_token().is_some()));
        token = page.next_continuation_token().map(str::to_owned);
        if token.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["a", "b/1", "b/2", "c", "ä"]);
    let list = s3.list_objects_v2().bucket(ORIGINALS).continuation_token("nonsense").send().await;
    assert_eq!(refusal(list), (400, "InvalidArgument".into()));
}

#[tokio::test]
async fn a_listing_can_be_limited_by_prefix_and_start() {
    let (_store, s3) = with_keys(&["a/1", "a/2", "a/3", "ab", "b"]).await;
    let page = s3.list_objects_v2().bucket(ORIGINALS).prefix("a/").start_after("a/1").send().await.unwrap();
    let keys: Vec<_> = page.contents().iter().map(|object| object.key().unwrap()).collect();
    assert_eq!((keys, page.key_count()), (vec!["a/2", "a/3"], Some(2)));
}

#[tokio::test]
async fn a_delimiter_groups_keys_by_common_prefix_across_pages() {
    let (_store, s3) = with_keys(&["a/1", "a/2", "b", "c/1", "c/2", "d"]).await;
    let mut seen = Vec::new();
    let mut token = None;
    loop {
        let list = s3.list_objects_v2().bucket(ORIGINALS).delimiter("/").max_keys(1);
        let page = list.set_continuation_token(token.clone()).send().await.unwrap();
        seen.extend(page.contents().iter().map(|object| object.key().unwrap().to_owned()));
        seen.extend(page.common_prefixes().iter().map(|prefix| prefix.prefix().unwrap().to_owned()));
        token = page.next_continuation_token().map(str::to_owned);
        if token.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["a/", "b", "c/", "d"]);
}

#[tokio::test]
async fn keys_are_encoded_on_request() {
    let (_store, s3) = with_keys(&["a b/ü"]).await;
    let page = s3.list_objects_v2().bucket(ORIGINALS).encoding_type(EncodingType::Url).send().await.unwrap();
    assert_eq!(page.contents()[0].key(), Some("a+b/%C3%BC"));
}

#[tokio::test]
async fn unfinished_uploads_are_listed_in_pages() {
    let (_store, s3) = with_keys(&[]).await;
    for key in ["b", "a", "a", "c"] {
        s3.create_multipart_upload().bucket(ORIGINALS).key(key).send().await.unwrap();
    }
    let list = || s3.list_multipart_uploads().bucket(ORIGINALS);
    let first = list().max_uploads(1).send().await.unwrap();
    let (key, id) = (first.next_key_marker().unwrap(), first.next_upload_id_marker().unwrap());
    let rest = list().key_marker(key).upload_id_marker(id).send().await.unwrap();
    let keys = |uploads: &[aws_sdk_s3::types::MultipartUpload]| {
        uploads.iter().map(|upload| upload.key().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        (keys(first.uploads()), keys(rest.uploads())),
        (vec!["a".into()], vec!["a".into(), "b".into(), "c".into()])
    );
    let after_a = list().key_marker("a").send().await.unwrap();
    assert_eq!(keys(after_a.uploads()), ["b", "c"]);
    assert_eq!(keys(list().prefix("c").send().await.unwrap().uploads()), ["c"]);
}

#[tokio::test]
async fn the_buckets_are_those_of_the_deployment() {
    let (_store, s3) = with_keys(&[]).await;
    let listed = s3.list_buckets().send().await.unwrap();
    let names: Vec<_> = listed.buckets().iter().map(|bucket| bucket.name().unwrap()).collect();
    assert_eq!(names, [ORIGINALS, RENDITIONS, VERSIONED, SUSPENDED]);
}
