use satchel_testing::{CannedAws, Reply, denied, done, invocation, secret_keys};
use serde_json::json;

use super::*;

const EVENT: &str = include_str!("../../../events/manage-signing-keys.json");
const SECRET: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:SigningKeysSecret-AbCdEf";
const ORIGIN: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:OriginSecret-AbCdEf";

/// The origin's secret as the template generates it.
const TEMPLATE: &str = "aVeryLongTextThatTheTemplateMade";

/// The event, whose answer goes to `aws`.
fn event(aws: &CannedAws) -> Value {
    let mut event: Value = serde_json::from_str(EVENT).unwrap();
    event["ResponseURL"] =
        format!("{}/answer?signed=yes", aws.wiring().ambient("AWS_ENDPOINT_URL_S3").unwrap()).into();
    event
}

fn secret(value: &str) -> Reply {
    Reply::new("GetSecretValue", json!({"SecretString": value}).to_string())
}

/// The origin's secret, with or without a version that has the sets. A deployment without that version has
/// never created any.
fn origin(sets: Option<&str>) -> [Reply; 2] {
    let none = json!({"__type": "ResourceNotFoundException", "Message": "there is no such version"});
    let none = Reply::new("GetSecretValue", none.to_string()).status(400);
    [sets.map_or(none, secret).about(r#""VersionStage":"SETS""#), secret(TEMPLATE).about("OriginSecret")]
}

/// Replies for a new stack: the secrets as the template creates them, and CloudFormation, whose bucket
/// `CannedAws` treats as S3.
fn replies() -> Vec<Reply> {
    let rest = [secret(r#"{"keys":[]}"#), done("PutSecretValue"), done("PutObject")];
    [&origin(None)[..], &rest].concat()
}

/// What was written to the secret `id`.
fn written(aws: &CannedAws, id: &str) -> Value {
    let mut writes = aws.calls_of("PutSecretValue").into_iter().map(|call| call.json());
    writes.find(|write| write["SecretId"] == id).unwrap_or_else(|| panic!("nothing was written to {id}"))
}

/// What CloudFormation is told about `event`.
async fn answered(aws: &CannedAws, event: Value) -> Value {
    handle(aws.app(), invocation(event)).await.unwrap();
    aws.call("PutObject").json()
}

/// An answer that reports a failure with this reason and repeats the event's ids.
fn refusal(reason: &str) -> Value {
    json!({
        "Status": "FAILED",
        "Reason": reason,
        "PhysicalResourceId": format!("SigningKeys/{SECRET}"),
        "StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/satchel/019ce36f-2530-7000-8000-000000000006",
        "RequestId": "019ce36f-2530-7000-8000-000000000007",
        "LogicalResourceId": "SigningKeys",
    })
}

#[tokio::test]
async fn a_new_stack_gets_three_keys_whose_private_halves_are_only_in_the_secret() {
    let aws = CannedAws::answering(replies()).await;
    let answer = answered(&aws, event(&aws)).await;
    assert_eq!(aws.call("PutObject").path, "/answer?signed=yes");
    assert_eq!((&answer["Status"], &answer["Reason"]), (&json!("SUCCESS"), &json!("")));
    let jwks: Vec<Value> = serde_json::from_str(answer["Data"]["PublicKeys"].as_str().unwrap()).unwrap();
    assert_eq!((jwks.len(), &jwks[1]["kid"]), (3, &answer["Data"]["SigningKid"]));
    let put = written(&aws, SECRET);
    let kept: Value = serde_json::from_str(put["SecretString"].as_str().unwrap()).unwrap();
    let public = String::from_utf8(aws.call("PutObject").body.to_vec()).unwrap();
    for (key, jwk) in kept["keys"].as_array().unwrap().iter().zip(&jwks) {
        assert_eq!(key["kid"], jwk["kid"]);
        assert!(!public.contains(key["pkcs8"].as_str().unwrap()));
    }
    // CloudFormation does not accept a longer answer.
    assert!(public.len() < 4096, "{}", public.len());
}

#[tokio::test]
async fn the_first_secret_of_cloudfront_is_the_templates_value_and_is_hidden() {
    for (kind, counted_before) in [("Create", false), ("Update", true)] {
        let aws = CannedAws::answering(replies()).await;
        let mut asked = event(&aws);
        asked["RequestType"] = kind.into();
        let answer = answered(&aws, asked).await;
        let data = |name: &str| answer["Data"][name].as_str().unwrap().to_owned();
        assert_eq!((&answer["NoEcho"], data("OriginSecret").as_str()), (&json!(true), TEMPLATE));
        let accepted = data("OriginSecrets");
        let (older, newer) = accepted.split_once(',').unwrap();
        assert_eq!((older, newer.len()), (TEMPLATE, 43));
        // An existing deployment has used its only secret as the counter key.
        assert_eq!(data("CounterKey") == TEMPLATE, counted_before);
        // The version of the template stays the current one, so that a rollback finds it.
        let write = written(&aws, ORIGIN);
        assert_eq!(write["VersionStages"], json!(["SETS"]));
        assert!(write["SecretString"].as_str().unwrap().contains(newer));
    }
}

#[tokio::test]
async fn malformed_secrets_are_not_replaced() {
    for reply in [denied("GetSecretValue"), secret("hush")] {
        let replies = [vec![reply.about("SETS")], replies()].concat();
        let aws = CannedAws::answering(replies).await;
        let answer = answered(&aws, event(&aws)).await;
        let reason = answer["Reason"].as_str().unwrap();
        assert_eq!((&answer["Status"], reason.contains("hush")), (&json!("FAILED"), false), "{reason}");
        assert!(aws.calls_of("PutSecretValue").iter().all(|call| call.json()["SecretId"] != ORIGIN));
    }
}

#[tokio::test]
async fn an_unchanged_update_writes_nothing_and_keeps_the_resource() {
    let aws = CannedAws::answering(replies()).await;
    answered(&aws, event(&aws)).await;
    let kept = |id: &str| written(&aws, id)["SecretString"].as_str().unwrap().to_owned();
    let (keys, sets) = (kept(SECRET), kept(ORIGIN));
    let first = aws.call("PutObject").json();

    let replies = [&origin(Some(&sets))[..], &[secret(&keys), done("PutObject")]].concat();
    let aws = CannedAws::answering(replies).await;
    let mut update = event(&aws);
    update["RequestType"] = "Update".into();
    update["PhysicalResourceId"] = "the one it has".into();
    let answer = answered(&aws, update).await;
    assert_eq!((&answer["Data"], &answer["PhysicalResourceId"]), (&first["Data"], &json!("the one it has")));
    assert_eq!(aws.operations(), ["GetSecretValue", "GetSecretValue", "PutObject"]);
}

#[tokio::test]
async fn keys_that_an_operator_stored_are_replaced_by_three_new_ones() {
    let replies = [&origin(None)[..], &[secret_keys(), done("PutSecretValue"), done("PutObject")]].concat();
    let aws = CannedAws::answering(replies).await;
    let answer = answered(&aws, event(&aws)).await;
    assert_eq!(answer["Status"], "SUCCESS");
    assert!(!written(&aws, SECRET)["SecretString"].as_str().unwrap().contains("\"test\""));
}

#[tokio::test]
async fn deleting_does_nothing_and_succeeds() {
    let aws = CannedAws::answering([done("PutObject")]).await;
    let mut delete = event(&aws);
    delete["RequestType"] = "Delete".into();
    let answer = answered(&aws, delete).await;
    assert_eq!((&answer["Status"], &answer["Data"]), (&json!("SUCCESS"), &Value::Null));
    assert_eq!(aws.operations(), ["PutObject"]);
}

#[tokio::test]
async fn every_failure_of_secrets_manager_is_answered() {
    for (operation, doing) in [("GetSecretValue", "read"), ("PutSecretValue", "write")] {
        let aws = CannedAws::answering([vec![denied(operation)], replies()].concat()).await;
        let answer = answered(&aws, event(&aws)).await;
        assert_eq!(answer["Status"], "FAILED", "{operation}");
        let reason = answer["Reason"].as_str().unwrap();
        assert!(reason.starts_with(&format!("cannot {doing} the secret: ")), "{reason}");
        assert!(!reason.contains("pkcs8"), "{reason}");
    }
}

#[tokio::test]
async fn malformed_keys_are_reported_and_not_replaced() {
    let broken = r#"{"keys":[{"kid":"k","pkcs8":"hush"}],"sets":"hush"}"#;
    let aws = CannedAws::answering([secret(broken), done("PutSecretValue"), done("PutObject")]).await;
    let reason = "the secret does not hold the signing keys in the form that it should";
    assert_eq!(answered(&aws, event(&aws)).await, refusal(reason));
    assert_eq!(aws.operations(), ["GetSecretValue", "PutObject"]);
}

#[tokio::test]
async fn a_malformed_request_is_answered_as_far_as_it_can_be_read() {
    for (member, value, reason) in [
        ("/RequestType", json!("Replace"), "the request is none of Create, Update, Delete"),
        (
            "/ResourceProperties/Generation",
            json!(""),
            "the property Generation is missing or not what it should be",
        ),
        (
            "/ResourceProperties/OriginGeneration",
            json!(2),
            "the property OriginGeneration is missing or not what it should be",
        ),
        (
            "/ResourceProperties/DropPrevious",
            json!("yes"),
            "the property DropPrevious is missing or not what it should be",
        ),
    ] {
        let aws = CannedAws::answering([done("PutObject")]).await;
        let mut malformed = event(&aws);
        *malformed.pointer_mut(member).unwrap() = value;
        assert_eq!(answered(&aws, malformed).await, refusal(reason));
    }
    let aws = CannedAws::answering([done("PutObject")]).await;
    let bare = json!({"ResponseURL": event(&aws)["ResponseURL"]});
    assert_eq!(answered(&aws, bare).await["Status"], "FAILED");
}

#[tokio::test]
async fn an_event_without_a_response_url_is_ignored() {
    let aws = CannedAws::answering(replies()).await;
    for event in [json!({}), json!("no object"), json!({"RequestType": "Create"})] {
        assert!(handle(aws.app(), invocation(event)).await.is_ok());
    }
    assert!(aws.calls().is_empty());
}

#[tokio::test]
async fn a_failed_answer_is_sent_again_and_finally_left_to_lambda() {
    let aws = CannedAws::answering([vec![denied("PutObject")], replies()].concat()).await;
    assert!(handle(aws.app(), invocation(event(&aws))).await.is_err());
    let sent: Vec<_> = aws.calls().into_iter().filter(|call| call.operation == "PutObject").collect();
    assert_eq!(sent.len(), 3);
    assert!(sent.iter().all(|call| call.body == sent[0].body));
}
