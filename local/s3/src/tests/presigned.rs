//! Presigned URLs: the requests that they allow, and those that they refuse.

use std::time::{Duration, SystemTime};

use aws_sdk_s3::presigning::PresigningConfig;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap};

use super::{ORIGINALS, TestStore};

const SOON: Duration = Duration::from_mins(15);

/// Signs a PUT as Satchel does. The signature covers length, type and `If-None-Match`.
async fn signed_put(store: &TestStore, length: i64) -> (String, HeaderMap) {
    let put = store.client("create-file").put_object().bucket(ORIGINALS).key("k");
    let put = put.content_type("image/png").content_length(length).if_none_match("*");
    let signed = put.presigned(PresigningConfig::expires_in(SOON).unwrap()).await.unwrap();
    assert!(signed.uri().contains("SignedHeaders=content-length%3Bcontent-type%3Bhost%3Bif-none-match&"));
    let headers = signed.headers().filter(|(name, _)| *name != "content-length");
    let headers = headers.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
    (signed.uri().to_owned(), headers)
}

async fn put(url: &str, headers: &HeaderMap, body: &'static [u8]) -> (u16, String) {
    answer(reqwest::Client::new().put(url).headers(headers.clone()).body(body)).await
}

async fn answer(request: reqwest::RequestBuilder) -> (u16, String) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let code =
        text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>")).map(|(code, _)| code);
    (status, code.unwrap_or(&text).to_owned())
}

fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[tokio::test]
async fn a_signed_put_works_once_and_only_for_the_signed_length_and_headers() {
    let store = TestStore::new().await;
    let (url, headers) = signed_put(&store, 5).await;
    let mismatch = refused(403, "SignatureDoesNotMatch");
    assert_eq!(put(&url, &headers, b"longer").await, mismatch);
    assert_eq!(put(&url, &headers, b"four").await, mismatch);
    let mut other = headers.clone();
    other.insert(CONTENT_TYPE, "text/html".parse().unwrap());
    assert_eq!(put(&url, &other, b"hello").await, mismatch);
    let mut unconditional = headers.clone();
    unconditional.remove("if-none-match");
    assert_eq!(put(&url, &unconditional, b"hello").await, mismatch);
    assert!(store.s3.keys(ORIGINALS).is_empty());

    assert_eq!(put(&url, &headers, b"hello").await, refused(200, ""));
    assert_eq!(put(&url, &headers, b"hello").await, refused(412, "PreconditionFailed"));
    let (facts, bytes) = store.s3.object(ORIGINALS, "k").unwrap();
    assert_eq!((facts.content_type.as_deref(), &bytes[..]), (Some("image/png"), &b"hello"[..]));
}

#[tokio::test]
async fn a_signed_put_refuses_unsigned_amz_headers() {
    let store = TestStore::new().await;
    let (url, headers) = signed_put(&store, 5).await;
    let mut more = headers.clone();
    more.insert("x-amz-meta-owner", "mallory".parse().unwrap());
    assert_eq!(put(&url, &more, b"hello").await, refused(403, "AccessDenied"));
    assert_eq!(put(&url.replace("/k?", "/other?"), &headers, b"hello").await.1, "SignatureDoesNotMatch");
}

#[tokio::test]
async fn a_signed_checksum_is_enforced() {
    let store = TestStore::new().await;
    let put_hello = store.client("create-file").put_object().bucket(ORIGINALS).key("k").content_length(5);
    let put_hello = put_hello.checksum_sha256("LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=");
    let signed = put_hello.presigned(PresigningConfig::expires_in(SOON).unwrap()).await.unwrap();
    let headers: HeaderMap = signed
        .headers()
        .filter(|(name, _)| *name != "content-length")
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect();
    assert!(headers.contains_key("x-amz-checksum-sha256"));
    assert_eq!(put(signed.uri(), &headers, b"jello").await, refused(400, "BadDigest"));
    assert_eq!(put(signed.uri(), &headers, b"hello").await.0, 200);
}

#[tokio::test]
async fn a_declared_payload_hash_is_enforced_and_the_default_type_is_binary() {
    let store = TestStore::new().await;
    let unsigned = store.client("create-file").put_object().bucket(ORIGINALS).key("k");
    let signed = unsigned.presigned(PresigningConfig::expires_in(SOON).unwrap()).await.unwrap();
    let of_hello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    let headers =
        HeaderMap::from_iter([("x-amz-content-sha256".parse().unwrap(), of_hello.parse().unwrap())]);
    assert_eq!(put(signed.uri(), &headers, b"jello").await, refused(400, "XAmzContentSHA256Mismatch"));
    assert_eq!(store.files(), 0);
    assert_eq!(put(signed.uri(), &headers, b"hello").await.0, 200);
    let got = store.client("get-file").get_object().bucket(ORIGINALS).key("k").send().await.unwrap();
    assert_eq!(got.content_type(), Some("binary/octet-stream"));
}

#[tokio::test]
async fn the_error_for_an_expired_url_says_that_it_has_expired() {
    let store = TestStore::new().await;
    #[expect(clippy::disallowed_methods, reason = "the SDK takes the time of signing as a SystemTime")]
    let past = SystemTime::now() - Duration::from_mins(2);
    let get = store.client("get-file").get_object().bucket(ORIGINALS).key("k");
    let config =
        PresigningConfig::builder().start_time(past).expires_in(Duration::from_mins(1)).build().unwrap();
    let url = get.presigned(config).await.unwrap().uri().to_owned();
    let response = reqwest::get(url).await.unwrap();
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    let text = response.text().await.unwrap();
    assert!(text.contains("<Code>AccessDenied</Code><Message>Request has expired</Message>"), "{text}");
}

#[tokio::test]
async fn a_signed_get_can_set_headers_of_the_response() {
    let store = TestStore::new().await;
    let (url, headers) = signed_put(&store, 5).await;
    put(&url, &headers, b"hello").await;
    let get = store.client("get-file").get_object().bucket(ORIGINALS).key("k");
    let get =
        get.response_content_type("application/octet-stream").response_cache_control("private, max-age=900");
    let get = get.response_content_disposition("attachment; filename=\"a.png\"; filename*=UTF-8''%C3%A4.png");
    let signed = get.presigned(PresigningConfig::expires_in(SOON).unwrap()).await.unwrap();
    let response = reqwest::get(signed.uri()).await.unwrap();
    let header = |name: &str| {
        let values: Vec<_> =
            response.headers().get_all(name).iter().map(|value| value.to_str().unwrap()).collect();
        values.join(" | ")
    };
    assert_eq!(header("content-type"), "application/octet-stream");
    assert_eq!(header("cache-control"), "private, max-age=900");
    assert_eq!(header("content-disposition"), "attachment; filename=\"a.png\"; filename*=UTF-8''%C3%A4.png");
    assert_eq!(header("content-length"), "5");
    let request = reqwest::Client::new().get(signed.uri()).header("range", "bytes=1-2");
    assert_eq!(answer(request).await, refused(206, "el"));
}

#[tokio::test]
async fn a_signed_head_can_set_headers_of_the_response_and_does_not_allow_get() {
    let store = TestStore::new().await;
    let (url, headers) = signed_put(&store, 5).await;
    put(&url, &headers, b"hello").await;
    let head = store.client("show-share").head_object().bucket(ORIGINALS).key("k");
    let head = head.response_content_type("text/plain").response_content_disposition("inline");
    let signed = head.presigned(PresigningConfig::expires_in(SOON).unwrap()).await.unwrap();
    let client = reqwest::Client::new();
    let response = client.head(signed.uri()).send().await.unwrap();
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(
        ["content-type", "content-disposition", "content-length"].map(header),
        ["text/plain", "inline", "5"]
    );
    assert_eq!(answer(client.get(signed.uri())).await, refused(403, "SignatureDoesNotMatch"));
}

#[tokio::test]
async fn a_request_with_two_signatures_is_refused() {
    let store = TestStore::new().await;
    let get = store.client("get-file").get_object().bucket(ORIGINALS).key("k");
    let signed = get.presigned(PresigningConfig::expires_in(SOON).unwrap()).await.unwrap();
    let request = reqwest::Client::new().get(signed.uri()).header("authorization", "Bearer token");
    assert_eq!(answer(request).await, refused(400, "InvalidArgument"));
}

#[tokio::test]
async fn unsigned_and_wrongly_signed_requests_are_refused() {
    let store = TestStore::new().await;
    let anonymous = reqwest::Client::new().get(format!("{}/{ORIGINALS}/k", store.s3.url()));
    assert_eq!(answer(anonymous).await, refused(403, "AccessDenied"));
    for (access_key, code) in
        [("AKIAEXAMPLE", "InvalidAccessKeyId"), ("local.get-file.0", "SignatureDoesNotMatch")]
    {
        let client = aws_sdk_s3::Client::from_conf(store.config_with(access_key, "wrong").build());
        let get = client.get_object().bucket(ORIGINALS).key("k");
        let url = get.presigned(PresigningConfig::expires_in(SOON).unwrap()).await.unwrap().uri().to_owned();
        assert_eq!(answer(reqwest::Client::new().get(url)).await, refused(403, code));
    }
}

#[tokio::test]
async fn a_caller_with_a_refused_large_body_gets_the_answer() {
    let store = TestStore::new().await;
    let (url, headers) = signed_put(&store, 5).await;
    let large = reqwest::Client::new().put(&url).headers(headers).body(vec![0; 8_000_000]);
    assert_eq!(answer(large).await, refused(403, "SignatureDoesNotMatch"));
}
