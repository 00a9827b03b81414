//! Multipart uploads.

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::complete_multipart_upload::builders::CompleteMultipartUploadFluentBuilder;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};

use super::{ORIGINALS, TestStore, refusal};

const MIB: usize = 1024 * 1024;

async fn begin(s3: &Client) -> String {
    let create = s3.create_multipart_upload().bucket(ORIGINALS).key("k").content_type("video/mp4");
    create.metadata("owner", "ada").send().await.unwrap().upload_id().unwrap().to_owned()
}

async fn part(s3: &Client, upload: &str, number: i32, bytes: Vec<u8>) -> CompletedPart {
    let part = s3.upload_part().bucket(ORIGINALS).key("k").upload_id(upload).part_number(number);
    let etag = part.body(ByteStream::from(bytes)).send().await.unwrap().e_tag().unwrap().to_owned();
    CompletedPart::builder().part_number(number).e_tag(etag).build()
}

fn complete(s3: &Client, upload: &str, parts: &[CompletedPart]) -> CompleteMultipartUploadFluentBuilder {
    let parts = CompletedMultipartUpload::builder().set_parts(Some(parts.to_vec())).build();
    s3.complete_multipart_upload().bucket(ORIGINALS).key("k").upload_id(upload).multipart_upload(parts)
}

#[tokio::test]
async fn a_completed_upload_combines_its_parts_into_one_object() {
    let store = TestStore::new().await;
    let upload = begin(&store.client("create-file")).await;
    // Another signer may continue the upload.
    let s3 = store.client("complete-file");
    part(&s3, &upload, 2, b"replaced".to_vec()).await;
    part(&s3, &upload, 4, b"left out".to_vec()).await;
    let second = part(&s3, &upload, 2, b"the end".to_vec()).await;
    let first = part(&s3, &upload, 1, vec![b'a'; 5 * MIB]).await;
    let done = complete(&s3, &upload, &[first, second]).send().await.unwrap();
    assert_eq!(done.e_tag(), Some("\"dc2bc882b07e1e67a48bed8997ce6caf-2\""));
    assert_eq!(done.location(), Some(format!("{}/{ORIGINALS}/k", store.s3.url()).as_str()));
    assert_eq!(store.files(), 2);

    let head = s3.head_object().bucket(ORIGINALS).key("k").send().await.unwrap();
    assert_eq!((head.content_type(), head.content_length()), (Some("video/mp4"), Some(5 * 1024 * 1024 + 7)));
    let across =
        s3.get_object().bucket(ORIGINALS).key("k").range("bytes=5242878-5242882").send().await.unwrap();
    assert_eq!(across.body.collect().await.unwrap().into_bytes(), "aathe");
    let whole = s3.get_object().bucket(ORIGINALS).key("k").send().await.unwrap();
    let whole = whole.body.collect().await.unwrap().into_bytes();
    assert_eq!(store.s3.object(ORIGINALS, "k").unwrap().1, whole);
    s3.delete_object().bucket(ORIGINALS).key("k").send().await.unwrap();
    assert_eq!(store.files(), 0);
}

#[tokio::test]
async fn an_upload_can_be_completed_after_failed_attempts() {
    let store = TestStore::new().await;
    let s3 = store.client("complete-file");
    let upload = begin(&s3).await;
    let small = part(&s3, &upload, 1, vec![1; MIB]).await;
    let last = part(&s3, &upload, 2, vec![2; MIB]).await;
    assert_eq!(refusal(complete(&s3, &upload, &[]).send().await), (400, "MalformedXML".into()));
    let error = complete(&s3, &upload, &[small.clone(), last.clone()]).send().await;
    assert_eq!(refusal(error), (400, "EntityTooSmall".into()));
    let first = part(&s3, &upload, 1, vec![1; 5 * MIB]).await;
    let missing = CompletedPart::builder().part_number(3).e_tag(last.e_tag().unwrap()).build();
    let error = complete(&s3, &upload, &[first.clone(), last.clone(), missing]).send().await.unwrap_err();
    assert!(error.as_service_error().unwrap().meta().message().unwrap().contains("part 3"));
    assert_eq!(refusal::<(), _>(Err(error)), (400, "InvalidPart".into()));
    // The part was replaced after this `ETag` was returned.
    let error = complete(&s3, &upload, &[small, last.clone()]).send().await;
    assert_eq!(refusal(error), (400, "InvalidPart".into()));
    let error = complete(&s3, &upload, &[last.clone(), first.clone()]).send().await;
    assert_eq!(refusal(error), (400, "InvalidPartOrder".into()));
    s3.put_object().bucket(ORIGINALS).key("k").send().await.unwrap();
    let error = complete(&s3, &upload, &[first.clone(), last.clone()]).if_none_match("*").send().await;
    assert_eq!(refusal(error), (412, "PreconditionFailed".into()));
    s3.delete_object().bucket(ORIGINALS).key("k").send().await.unwrap();

    let done = || complete(&s3, &upload, &[first.clone(), last.clone()]).if_none_match("*").send();
    assert_eq!(refusal(done().await).0, 200);
    assert_eq!(refusal(done().await), (404, "NoSuchUpload".into()));
    assert_eq!(store.s3.object(ORIGINALS, "k").unwrap().1.len(), 6 * MIB);
}

#[tokio::test]
async fn parts_are_listed_with_etags_in_pages() {
    let store = TestStore::new().await;
    let s3 = store.client("list-parts");
    let upload = begin(&s3).await;
    for number in [7, 1, 3] {
        part(&s3, &upload, number, b"hello".to_vec()).await;
    }
    let list = || s3.list_parts().bucket(ORIGINALS).key("k").upload_id(&upload);
    let page = list().max_parts(2).send().await.unwrap();
    let shown =
        |part: &aws_sdk_s3::types::Part| (part.part_number().unwrap(), part.e_tag().unwrap().to_owned());
    let etag = "\"5d41402abc4b2a76b9719d911017c592\"".to_owned();
    assert_eq!(page.parts().iter().map(shown).collect::<Vec<_>>(), [(1, etag.clone()), (3, etag.clone())]);
    assert_eq!(page.is_truncated(), Some(true));
    let marker = page.next_part_number_marker().unwrap();
    let page = list().part_number_marker(marker).send().await.unwrap();
    assert_eq!(page.parts().iter().map(shown).collect::<Vec<_>>(), [(7, etag)]);
    assert_eq!((page.is_truncated(), page.parts()[0].size()), (Some(false), Some(5)));
}

#[tokio::test]
async fn an_aborted_upload_is_removed_with_its_bytes() {
    let store = TestStore::new().await;
    let s3 = store.client("sweep");
    let upload = begin(&s3).await;
    part(&s3, &upload, 1, b"hello".to_vec()).await;
    let abort = || s3.abort_multipart_upload().bucket(ORIGINALS).key("k").upload_id(&upload).send();
    assert_eq!(refusal(abort().await).0, 200);
    assert_eq!(refusal(abort().await), (404, "NoSuchUpload".into()));
    let late = s3.upload_part().bucket(ORIGINALS).key("k").upload_id(&upload).part_number(2).send().await;
    assert_eq!(refusal(late), (404, "NoSuchUpload".into()));
    assert_eq!(store.files(), 0);
}

#[tokio::test]
async fn an_upload_belongs_to_its_key() {
    let store = TestStore::new().await;
    let s3 = store.client("create-file");
    let upload = begin(&s3).await;
    let other =
        s3.upload_part().bucket(ORIGINALS).key("other").upload_id(&upload).part_number(1).send().await;
    assert_eq!(refusal(other), (404, "NoSuchUpload".into()));
    let number =
        s3.upload_part().bucket(ORIGINALS).key("k").upload_id(&upload).part_number(10_001).send().await;
    assert_eq!(refusal(number), (400, "InvalidArgument".into()));
}

#[tokio::test]
async fn a_presigned_part_must_have_the_signed_length() {
    let store = TestStore::new().await;
    let s3 = store.client("sign-parts");
    let upload = begin(&s3).await;
    let part =
        s3.upload_part().bucket(ORIGINALS).key("k").upload_id(&upload).part_number(1).content_length(5);
    let signed = part.presigned(PresigningConfig::expires_in(Duration::from_mins(1)).unwrap()).await.unwrap();
    let put = async |body: &'static str| {
        let answer = reqwest::Client::new().put(signed.uri()).body(body).send().await.unwrap();
        (answer.status().as_u16(), answer.headers().contains_key("etag"))
    };
    assert_eq!(put("hello!").await, (403, false));
    assert_eq!(put("hello").await, (200, true));
}
