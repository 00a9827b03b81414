use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use aws_sdk_s3::config::{BehaviorVersion, Region};
use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use local_common::clock;
use serde_json::{Value, json};

use super::Containers;
use crate::options::Options;
use crate::stack::permission_tests::{BUCKET, TABLE};
use crate::stack::tests::{House, get};
use crate::stack::{Presign, Stack};

type Environments = BTreeMap<String, BTreeMap<String, String>>;

fn options(house: &House) -> Options {
    Options { sam: Some(Containers::At([127, 0, 0, 1].into())), ..house.options() }
}

/// A stack of the template of the permission tests, and what containers are told.
async fn stack() -> (House, Stack, BTreeMap<String, String>) {
    let house = House::new();
    let template = include_str!("../permission_tests.yaml");
    std::fs::write(house.folder.path().join("template.yaml"), template).unwrap();
    let stack = Stack::start(options(&house)).await.unwrap();
    let environment = environments(&stack).remove("ObeyFunction").unwrap();
    (house, stack, environment)
}

fn environments(stack: &Stack) -> Environments {
    serde_json::from_slice(&std::fs::read(stack.data().file("sam-env.json")).unwrap()).unwrap()
}

/// The key and the secret of a function in a container.
fn credentials(environment: &BTreeMap<String, String>) -> (&str, &str) {
    environment["ENDPOINT_CREDENTIALS"].split_once(':').unwrap()
}

/// A client of S3 with what a container is told. SAM picks the region, so it may be any.
fn s3(environment: &BTreeMap<String, String>) -> aws_sdk_s3::Client {
    let (key, secret) = credentials(environment);
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .endpoint_url(&environment["AWS_ENDPOINT_URL"])
        .force_path_style(true)
        .credentials_provider(aws_credential_types::Credentials::new(key, secret, None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    aws_sdk_s3::Client::from_conf(config)
}

/// The answer of `service` to a request with the signature of a container.
async fn post(
    environment: &BTreeMap<String, String>,
    service: &str,
    target: &str,
    body: Value,
) -> (u16, String) {
    let (key, _) = credentials(environment);
    let authorization =
        format!("AWS4-HMAC-SHA256 Credential={key}/20260101/us-east-1/{service}/aws4_request, x");
    let request = reqwest::Client::new().post(&environment["AWS_ENDPOINT_URL"]);
    let request = request.header("authorization", authorization).header("x-amz-target", target);
    let response = request.body(body.to_string()).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn a_container_may_do_what_its_function_may() {
    let (_house, stack, environment) = stack().await;
    let s3 = s3(&environment);
    let body = || ByteStream::from_static(b"hello");
    s3.put_object().bucket(BUCKET).key("a b/ö").body(body()).send().await.unwrap();
    assert_eq!(stack.s3().keys(BUCKET), ["a b/ö"]);
    let denied = s3.get_object().bucket(BUCKET).key("a b/ö").send().await.unwrap_err();
    assert_eq!(denied.into_service_error().code(), Some("AccessDenied"));

    let item = json!({"TableName": TABLE, "Item": {"pk": {"S": "a"}}, "Key": {"pk": {"S": "a"}}});
    let (status, _) = post(&environment, "dynamodb", "DynamoDB_20120810.PutItem", item.clone()).await;
    assert_eq!(status, 200);
    let (status, text) = post(&environment, "dynamodb", "DynamoDB_20120810.GetItem", item).await;
    assert!(status == 400 && text.contains("AccessDeniedException"), "{status} {text}");
    let secret = |name: &str| json!({"SecretId": format!("satchel-local-{name}")});
    let get_secret = "secretsmanager.GetSecretValue";
    let (_, text) = post(&environment, "secretsmanager", get_secret, secret("Open")).await;
    assert!(text.contains(r#""SecretString":"open""#), "{text}");
    let (_, text) = post(&environment, "secretsmanager", get_secret, secret("Closed")).await;
    assert!(text.contains("AccessDeniedException"), "{text}");
    let (status, _) = post(&environment, "ses", "", json!({})).await;
    assert_eq!(status, 400, "SES knows no action without a name");
    let (status, text) = post(&environment, "sqs", "", json!({})).await;
    assert_eq!((status, text.as_str()), (404, "the local stack has no service \"sqs\" for containers\n"));
    stack.stop().await;
}

#[tokio::test]
async fn a_url_that_a_container_signed_works_for_the_host() {
    let (_house, stack, environment) = stack().await;
    let expiry = PresigningConfig::expires_in(Duration::from_mins(1)).unwrap();
    let upload = s3(&environment).put_object().bucket(BUCKET).key("photo.jpg").content_length(5);
    let url = upload.presigned(expiry).await.unwrap().uri().to_owned();
    assert!(url.starts_with(stack.containers_url().unwrap()), "{url}");
    let put = async |url: &str| reqwest::Client::new().put(url).body("hello").send().await.unwrap().status();
    assert_eq!(put(&url.replace("photo.jpg", "other.jpg")).await, 403);
    assert_eq!(put(&url).await, 200);
    assert_eq!(stack.s3().keys(BUCKET), ["photo.jpg"]);
    stack.stop().await;
}

#[tokio::test]
async fn the_file_for_sam_has_what_each_function_reads_now() {
    let house = House::new();
    let stack = Stack::start(options(&house)).await.unwrap();
    let (_, answer) = get(format!("{}/hello/ada", stack.api_url())).await;
    let environment = environments(&stack).remove("ObeyFunction").unwrap();
    for name in ["WORD", "ASKED", "ORIGIN_SECRET"] {
        assert_eq!(answer["environment"][name], environment[name], "{name}");
    }
    // `sam local start-api` has no CloudFront before it.
    assert_eq!(environment["REQUIRE_CLOUDFRONT"], "false");
    stack.update(&[("Word", "second")]).await.unwrap();
    assert_eq!(environments(&stack)["ObeyFunction"]["WORD"], "second");
    let file = stack.data().file("sam-env.json");
    stack.stop().await;
    assert!(!file.exists());
}

#[tokio::test]
async fn a_stack_without_containers_has_no_file_and_no_entrance_for_them() {
    let house = House::new();
    let stack = house.start().await;
    assert_eq!(stack.containers_url(), None);
    assert!(!stack.data().file("sam-env.json").exists());
    stack.stop().await;
}

#[tokio::test]
async fn the_event_of_a_held_function_waits_in_a_file() {
    let house = House::new();
    let hold = vec!["obey".to_owned()];
    let stack = Stack::start(Options { hold, ..house.options() }).await.unwrap();
    let upload = Presign {
        method: "PUT",
        bucket: "originals-000000000000",
        key: "photo.jpg",
        query: &[],
        headers: &[("content-length", "5")],
        signed_at: clock::now(),
        expires_in: Duration::from_mins(1),
    };
    let put = reqwest::Client::new().put(stack.sign_as("obey", &upload)).body("hello");
    assert_eq!(put.send().await.unwrap().status(), 200);
    stack.settled().await;
    let file: PathBuf = stack.data().file("events/obey.json");
    let event: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(event["Records"][0]["s3"]["object"]["key"], "photo.jpg");
    assert!(stack.logs().iter().all(|line| !line.starts_with("obey")), "{:?}", stack.logs());
    // Requests still reach it.
    assert_eq!(get(format!("{}/hello/ada", stack.api_url())).await.0, 200);
    stack.stop().await;
}
