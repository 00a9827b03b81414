//! Calls that the template allows and a test denies, at the stack's own endpoints.

use std::time::Duration;

use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::primitives::ByteStream;
use local_common::clock;
use serde_json::{Value, json};

use super::permission_tests::{BUCKET, CALLER, TABLE, dynamodb, endpoint, post, s3, stack};
use super::{Presign, Stack};

fn denial(action: &str, resource: &str) -> String {
    format!("{CALLER} {action} on resource: {resource} with an explicit deny in a service control policy")
}

async fn put(stack: &Stack, key: &str) -> Result<(), (u16, String, String)> {
    let body = ByteStream::from_static(b"hello");
    let put = s3(stack).put_object().bucket(BUCKET).key(key).body(body).send().await;
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    put.map(drop).map_err(|error| {
        let status = error.raw_response().unwrap().status().as_u16();
        (status, text(error.code()), text(error.message()))
    })
}

#[tokio::test]
async fn each_service_answers_a_denied_call_with_its_own_error() {
    let (_house, stack) = stack().await;
    for action in ["dynamodb:PutItem", "s3:PutObject", "ses:SendEmail", "secretsmanager:GetSecretValue"] {
        stack.calls().deny("obey", action);
    }
    let item = json!({"TableName": TABLE, "Item": {"pk": {"S": "a"}}});
    let table = format!("arn:aws:dynamodb:us-east-1:000000000000:table/{TABLE}");
    let expected = json!({
        "__type": "com.amazon.coral.service#AccessDeniedException",
        "Message": denial("dynamodb:PutItem", &table),
    });
    assert_eq!(dynamodb(&stack, "PutItem", item.clone()).await, (400, expected.clone()));
    let transaction = json!({"TransactItems": [{"Put": item}]});
    assert_eq!(dynamodb(&stack, "TransactWriteItems", transaction).await, (400, expected));

    let message = denial("s3:PutObject", &format!("arn:aws:s3:::{BUCKET}/a"));
    assert_eq!(put(&stack, "a").await, Err((403, "AccessDenied".to_owned(), message)));

    let mail = "Action=SendEmail&Source=no-reply@example.com&Destination.ToAddresses.member.1=ada@example.org\
                &Message.Body.Text.Data=hello";
    let (status, text) = post(&stack, &endpoint(&stack, "SES").await, "", mail.to_owned()).await;
    let identity = "arn:aws:ses:us-east-1:000000000000:identity/no-reply@example.com";
    assert_eq!(status, 403, "{text}");
    assert!(text.contains("<Code>AccessDenied</Code>"), "{text}");
    assert!(text.contains(&denial("ses:SendEmail", identity)), "{text}");

    let secret = "arn:aws:secretsmanager:us-east-1:000000000000:secret:satchel-local-Open-000000";
    let secrets = endpoint(&stack, "SECRETS_MANAGER").await;
    let body = json!({"SecretId": secret}).to_string();
    let (status, text) = post(&stack, &secrets, "secretsmanager.GetSecretValue", body).await;
    let message = denial("secretsmanager:GetSecretValue", secret);
    let expected = json!({"__type": "AccessDeniedException", "Message": message});
    assert_eq!((status, serde_json::from_str::<Value>(&text).unwrap()), (400, expected));

    assert_eq!(stack.permissions().report().denied, [], "what a test denies is no fault of the template");
    stack.stop().await;
}

#[tokio::test]
async fn a_denial_may_cover_one_key_and_ends_when_it_is_lifted() {
    let (_house, stack) = stack().await;
    let status = async |key: &str| put(&stack, key).await.map_or_else(|error| error.0, |()| 200);
    stack.calls().deny_on("obey", "s3:PutObject", "ada/1");
    stack.calls().deny_on("obey", "s3:PutObject", "bob/*");
    assert_eq!(
        [status("ada/1").await, status("ada/2").await, status("bob/1").await],
        [403, 200, 403],
        "one key, and the keys with a prefix"
    );
    stack.calls().allow("obey", "s3:PutObject");
    assert_eq!(status("ada/1").await, 200);
    stack.calls().deny("obey", "s3:PutObject");
    stack.calls().deny("other", "s3:PutObject");
    assert_eq!(status("ada/1").await, 403);
    stack.calls().clear("obey");
    assert_eq!(status("ada/1").await, 200, "another function's denial is not this one's");
    stack.stop().await;
}

#[tokio::test]
async fn a_url_signed_by_a_function_that_is_denied_is_refused() {
    let (_house, stack) = stack().await;
    let signed = Presign {
        method: "PUT",
        bucket: BUCKET,
        key: "a",
        query: &[],
        headers: &[],
        signed_at: clock::now(),
        expires_in: Duration::from_mins(1),
    };
    let put = async || {
        let url = stack.sign_as("obey", &signed);
        let response = reqwest::Client::new().put(url).body("hello").send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    };
    stack.calls().deny("obey", "s3:PutObject");
    let (status, text) = put().await;
    assert!(status == 403 && text.contains("<Code>AccessDenied</Code>"), "{status} {text}");
    stack.calls().allow("obey", "s3:PutObject");
    assert_eq!(put().await.0, 200);
    stack.stop().await;
}
