//! Calls of a function whose policies allow one thing with each service, over the stack's own endpoints.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_s3::config::{BehaviorVersion, Region};
use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::primitives::ByteStream;
use local_common::clock;
use serde_json::{Value, json};

use super::tests::{House, get};
use super::{Presign, Stack};

pub(super) const TABLE: &str = "satchel-local-Table";
pub(super) const BUCKET: &str = "satchel-local-originals";
pub(super) const CALLER: &str =
    "User: arn:aws:sts::000000000000:assumed-role/obey/obey is not authorized to perform:";

pub(super) async fn stack() -> (House, Stack) {
    let house = House::new();
    let template = include_str!("permission_tests.yaml");
    std::fs::write(house.folder.path().join("template.yaml"), template).unwrap();
    let stack = house.start().await;
    (house, stack)
}

/// What IAM says of a denied call.
fn denial(action: &str, resource: &str) -> String {
    format!(
        "{CALLER} {action} on resource: {resource} because no identity-based policy allows the {action} action"
    )
}

/// Posts to a service as `obey`.
pub(super) async fn post(stack: &Stack, url: &str, target: &str, body: String) -> (u16, String) {
    let (access_key, _) = stack.credentials_of("obey");
    let authorization =
        format!("AWS4-HMAC-SHA256 Credential={access_key}/20260101/us-east-1/any/aws4_request");
    let request = reqwest::Client::new().post(url).header("authorization", authorization);
    let response = request.header("x-amz-target", target).body(body).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

pub(super) async fn dynamodb(stack: &Stack, operation: &str, body: Value) -> (u16, Value) {
    let target = format!("DynamoDB_20120810.{operation}");
    let (status, text) = post(stack, stack.dynamodb_url(), &target, body.to_string()).await;
    (status, serde_json::from_str(&text).unwrap())
}

/// The endpoint of a service, as the function is told of it.
pub(super) async fn endpoint(stack: &Stack, service: &str) -> String {
    let (_, answer) = get(format!("{}/hello/ada", stack.api_url())).await;
    answer["environment"][format!("AWS_ENDPOINT_URL_{service}")].as_str().unwrap().to_owned()
}

/// A client of S3 that signs as `obey`.
pub(super) fn s3(stack: &Stack) -> aws_sdk_s3::Client {
    let (access_key, secret_key) = stack.credentials_of("obey");
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(stack.s3_url())
        .force_path_style(true)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .credentials_provider(Credentials::new(access_key, secret_key, None, None, "local"));
    aws_sdk_s3::Client::from_conf(config.build())
}

#[tokio::test]
async fn dynamodb_denies_what_the_policies_do_not_allow() {
    let (_house, stack) = stack().await;
    let table = format!("arn:aws:dynamodb:us-east-1:000000000000:table/{TABLE}");
    let item = json!({"pk": {"S": "a"}});
    let put = json!({"TableName": TABLE, "Item": item});
    let update = json!({"TableName": TABLE, "Key": item});
    assert_eq!(dynamodb(&stack, "PutItem", put.clone()).await, (200, json!({})));
    let transaction = json!({"TransactItems": [{"Put": put}]});
    assert_eq!(dynamodb(&stack, "TransactWriteItems", transaction).await, (200, json!({})));
    let query = json!({
        "TableName": TABLE,
        "KeyConditionExpression": "pk = :a",
        "ExpressionAttributeValues": {":a": {"S": "a"}},
    });
    assert_eq!(dynamodb(&stack, "Query", query.clone()).await.1["Count"], 1);

    let mut indexed = query;
    indexed["IndexName"] = "by-owner".into();
    let both = json!({"TransactItems": [{"Put": put}, {"Update": update}]});
    let index = format!("{table}/index/by-owner");
    for (operation, body, action, resource) in [
        ("GetItem", update.clone(), "dynamodb:GetItem", &table),
        ("Query", indexed, "dynamodb:Query", &index),
        ("TransactWriteItems", both, "dynamodb:UpdateItem", &table),
    ] {
        let expected = json!({
            "__type": "com.amazon.coral.service#AccessDeniedException",
            "Message": denial(action, resource),
        });
        assert_eq!(dynamodb(&stack, operation, body).await, (400, expected));
    }
    stack.stop().await;
}

#[tokio::test]
async fn s3_denies_what_the_policies_do_not_allow() {
    let (_house, stack) = stack().await;
    let client = s3(&stack);
    let put = client.put_object().bucket(BUCKET).key("a").body(ByteStream::from_static(b"hello"));
    put.send().await.unwrap();
    let error = client.get_object().bucket(BUCKET).key("a").send().await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 403);
    let expected = denial("s3:GetObject", &format!("arn:aws:s3:::{BUCKET}/a"));
    assert_eq!((error.code(), error.message()), (Some("AccessDenied"), Some(expected.as_str())));
    let error = client.head_object().bucket(BUCKET).key("a").send().await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 403);
    assert!(client.delete_object().bucket(BUCKET).key("a").send().await.is_err());
    assert_eq!(stack.s3().keys(BUCKET), ["a"]);
    // What was denied was called all the same.
    assert_eq!(stack.calls().count("obey", "GetObject"), 1);
    stack.stop().await;
}

#[tokio::test]
async fn a_presigned_url_can_do_what_its_signer_may() {
    let (_house, stack) = stack().await;
    let signed = |method| Presign {
        method,
        bucket: BUCKET,
        key: "a",
        query: &[],
        headers: &[],
        signed_at: clock::now(),
        expires_in: Duration::from_mins(1),
    };
    let http = reqwest::Client::new();
    let put = http.put(stack.sign_as("obey", &signed("PUT"))).body("hello").send().await.unwrap();
    assert_eq!(put.status(), 200);
    let read = http.get(stack.sign_as("obey", &signed("GET"))).send().await.unwrap();
    assert_eq!(read.status(), 403);
    let text = read.text().await.unwrap();
    assert!(text.contains("<Code>AccessDenied</Code>") && text.contains(CALLER), "{text}");
    // Who is no function of the template is not judged.
    let read = http.get(stack.sign_as("operator", &signed("GET"))).send().await.unwrap();
    assert_eq!(read.text().await.unwrap(), "hello");
    assert_eq!(stack.calls().count("obey", "PutObject"), 0);
    stack.stop().await;
}

#[tokio::test]
async fn ses_denies_what_the_policies_do_not_allow() {
    let (_house, stack) = stack().await;
    let ses = endpoint(&stack, "SES").await;
    let send = async |action: &str, from: &str, set: &str| {
        let raw = "RnJvbTogYUBleGFtcGxlLmNvbQoKaGVsbG8K";
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", action).append_pair("Source", from).append_pair("RawMessage.Data", raw);
        form.append_pair("Destination.ToAddresses.member.1", "ada@example.org");
        form.append_pair("Destinations.member.1", "ada@example.org");
        form.append_pair("Message.Body.Text.Data", "hello").append_pair("ConfigurationSetName", set);
        post(&stack, &ses, "", form.finish()).await
    };
    let (sender, set) = ("Satchel <no-reply@example.com>", "satchel-local-Mail");
    let arn = |resource: &str| format!("arn:aws:ses:us-east-1:000000000000:{resource}");
    assert_eq!(send("SendEmail", sender, set).await.0, 200);
    for (action, from, set, resource) in [
        ("SendRawEmail", sender, set, "identity/no-reply@example.com"),
        ("SendEmail", "other@example.com", set, "identity/other@example.com"),
        ("SendEmail", sender, "satchel-local-OtherMail", "configuration-set/satchel-local-OtherMail"),
    ] {
        let (status, text) = send(action, from, set).await;
        assert_eq!(status, 403, "{text}");
        assert!(text.contains("<Code>AccessDenied</Code>"), "{text}");
        assert!(text.contains(&denial(&format!("ses:{action}"), &arn(resource))), "{text}");
    }
    assert_eq!(stack.inbox().to("ada@example.org").len(), 1);
    stack.stop().await;
}

#[tokio::test]
async fn secrets_manager_denies_what_the_policies_do_not_allow() {
    let (_house, stack) = stack().await;
    let secrets = endpoint(&stack, "SECRETS_MANAGER").await;
    let ask = async |operation: &str, id: &str| {
        let body = json!({"SecretId": id, "SecretString": "changed"}).to_string();
        let (status, text) = post(&stack, &secrets, &format!("secretsmanager.{operation}"), body).await;
        (status, serde_json::from_str::<Value>(&text).unwrap())
    };
    let arn =
        |name: &str| format!("arn:aws:secretsmanager:us-east-1:000000000000:secret:satchel-local-{name}");
    assert_eq!(ask("GetSecretValue", "satchel-local-Open").await.1["SecretString"], "open");
    for (operation, name, resource) in [
        ("PutSecretValue", "Open", "Open-000000"),
        ("GetSecretValue", "Closed", "Closed-000000"),
        ("GetSecretValue", "Missing", "Missing"),
    ] {
        let action = format!("secretsmanager:{operation}");
        let expected = json!({"__type": "AccessDeniedException", "Message": denial(&action, &arn(resource))});
        assert_eq!(ask(operation, &format!("satchel-local-{name}")).await, (400, expected));
    }
    assert_eq!(ask("GetSecretValue", &arn("Open-000000")).await.1["SecretString"], "open");
    stack.stop().await;
}

#[tokio::test]
async fn the_stack_tells_what_was_granted_used_and_denied() {
    let (_house, stack) = stack().await;
    let key = json!({"TableName": TABLE, "Key": {"pk": {"S": "NOTE#1"}}, "Item": {"pk": {"S": "NOTE#1"}}});
    for operation in ["PutItem", "PutItem", "DeleteItem"] {
        dynamodb(&stack, operation, key.clone()).await;
    }
    let (_, report) = get(format!("{}/_local/permissions", stack.api_url())).await;
    assert_eq!(report, serde_json::to_value(stack.permissions().report()).unwrap());
    let of_table = |action: &str| json!({"function": "obey", "action": action, "resource": "table/Table", "keys": "NOTE#*"});
    assert_eq!(report["used"], json!([of_table("dynamodb:PutItem")]));
    assert_eq!(report["denied"], json!([of_table("dynamodb:DeleteItem")]));
    let grants = report["grants"].as_array().unwrap();
    let granted = |grant: &Value| {
        let text = |name: &str| grant[name].as_str().unwrap().to_owned();
        (text("action"), text("resource"), grant["used"] == true)
    };
    let expected = [
        ("dynamodb:PutItem", "table/Table", true),
        ("dynamodb:Query", "table/Table", false),
        ("s3:PutObject", "originals/*", false),
        ("secretsmanager:GetSecretValue", "secret:Open", false),
        ("ses:SendEmail", "configuration-set/Mail", false),
        ("ses:SendEmail", "identity/*", false),
    ];
    let expected = expected.map(|(action, resource, used)| (action.to_owned(), resource.to_owned(), used));
    assert_eq!(grants.iter().map(granted).collect::<BTreeSet<_>>(), BTreeSet::from(expected));
    stack.stop().await;
}
