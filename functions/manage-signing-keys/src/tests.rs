use satchel_testing::{CannedAws, Reply, denied, done, invocation, secret_keys};
use serde_json::json;

use super::*;

const EVENT: &str = include_str!("../../../events/manage-signing-keys.json");
const SECRET: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:SigningKeysSecret-AbCdEf";
const FORMER: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:OriginSecret-AbCdEf";

/// What an older template stored in the secret.
const SETS: &str =
    r#"{"counter_key":"counts","sets":[{"generation":"1","older":"one","newer":"two","sends_newer":false}]}"#;

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

/// The parameter with this value, or without one.
fn parameter(value: Option<&str>) -> Reply {
    match value {
        Some(value) => Reply::new("GetParameter", json!({"Parameter": {"Value": value}}).to_string()),
        None => Reply::new("GetParameter", json!({"__type": "ParameterNotFound"}).to_string()).status(400),
    }
}

/// Replies for a new stack: the secret as the template creates it, no parameter, and CloudFormation, whose bucket
/// `CannedAws` treats as S3.
fn replies() -> Vec<Reply> {
    let written = Reply::new("PutParameter", json!({"Version": 1}).to_string());
    vec![secret(r#"{"keys":[]}"#), done("PutSecretValue"), parameter(None), written, done("PutObject")]
}

/// The value that was written to the parameter.
fn stored(aws: &CannedAws) -> String {
    aws.call("PutParameter").json()["Value"].as_str().unwrap().to_owned()
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
    let put = aws.call("PutSecretValue").json();
    assert_eq!(put["SecretId"], SECRET);
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
async fn the_secrets_of_cloudfront_are_hidden_and_stored_in_an_encrypted_parameter() {
    let aws = CannedAws::answering(replies()).await;
    let answer = answered(&aws, event(&aws)).await;
    let data = |name: &str| answer["Data"][name].as_str().unwrap().to_owned();
    let accepted = data("OriginSecrets");
    let (older, newer) = accepted.split_once(',').unwrap();
    assert_eq!((&answer["NoEcho"], data("OriginSecret").as_str(), newer.len()), (&json!(true), older, 43));
    assert!(data("CounterKey").len() == 43 && !accepted.contains(&data("CounterKey")));
    let put = aws.call("PutParameter").json();
    assert_eq!((&put["Type"], &put["Overwrite"]), (&json!("SecureString"), &json!(false)));
    assert_eq!(put["Name"], "/satchel/satchel/019ce36f-2530-7000-8000-000000000006/origin");
    for value in [older, newer, &data("CounterKey")] {
        assert!(stored(&aws).contains(value));
    }
    let read = aws.call("GetParameter").json();
    assert_eq!((&read["Name"], &read["WithDecryption"]), (&put["Name"], &json!(true)));
}

#[tokio::test]
async fn malformed_or_unreadable_secrets_are_not_replaced() {
    for reply in [denied("GetParameter"), parameter(Some("hush"))] {
        let aws = CannedAws::answering([vec![reply], replies()].concat()).await;
        let answer = answered(&aws, event(&aws)).await;
        let reason = answer["Reason"].as_str().unwrap();
        assert_eq!((&answer["Status"], reason.contains("hush")), (&json!("FAILED"), false), "{reason}");
        assert!(aws.calls_of("PutParameter").is_empty());
    }
}

#[tokio::test]
async fn a_lost_parameter_of_a_deployment_is_not_replaced() {
    let aws = CannedAws::answering(replies()).await;
    let mut update = event(&aws);
    update["RequestType"] = "Update".into();
    let answer = answered(&aws, update).await;
    let reason = answer["Reason"].as_str().unwrap();
    assert!(reason.contains("/origin does not exist, although the stack does"), "{reason}");
    assert!(aws.calls_of("PutParameter").is_empty());
}

#[tokio::test]
async fn an_unchanged_update_writes_nothing_and_keeps_the_resource() {
    let aws = CannedAws::answering(replies()).await;
    answered(&aws, event(&aws)).await;
    let keys = aws.call("PutSecretValue").json()["SecretString"].as_str().unwrap().to_owned();
    let first = aws.call("PutObject").json();

    let aws = CannedAws::answering([secret(&keys), parameter(Some(&stored(&aws))), done("PutObject")]).await;
    let mut update = event(&aws);
    update["RequestType"] = "Update".into();
    update["PhysicalResourceId"] = "the one it has".into();
    let answer = answered(&aws, update).await;
    assert_eq!((&answer["Data"], &answer["PhysicalResourceId"]), (&first["Data"], &json!("the one it has")));
    assert_eq!(aws.operations(), ["GetParameter", "GetSecretValue", "PutObject"]);
}

#[tokio::test]
async fn an_update_of_an_older_template_takes_its_secrets_over() {
    let newer = r#"{"counter_key":"counts","sets":[{"generation":"1","older":"one","newer":"two","sends_newer":true}]}"#;
    // Without a parameter; with the parameter of an earlier request; and with the parameter of an update that was rolled
    // back, after which the older template went on.
    for (kept, stored_again) in [(None, true), (Some(SETS), false), (Some(newer), true)] {
        let former = secret(SETS).about(r#""VersionStage":"SETS""#);
        let aws = CannedAws::answering([vec![former, parameter(kept)], replies()].concat()).await;
        let mut update = event(&aws);
        update["RequestType"] = "Update".into();
        update["OldResourceProperties"] = json!({"OriginSecretId": FORMER});
        let answer = answered(&aws, update).await;
        let data = |name: &str| answer["Data"][name].as_str().unwrap_or_default();
        assert_eq!(
            (data("OriginSecret"), data("OriginSecrets"), data("CounterKey")),
            ("one", "one,two", "counts"),
            "{answer}"
        );
        let puts = aws.calls_of("PutParameter");
        assert_eq!(puts.len(), usize::from(stored_again), "{kept:?}");
        for put in puts {
            assert_eq!(
                (&put.json()["Value"], &put.json()["Overwrite"]),
                (&json!(SETS), &json!(kept.is_some()))
            );
        }
    }
}

#[tokio::test]
async fn an_older_secret_that_cannot_be_read_stops_the_update() {
    for former in [denied("GetSecretValue"), secret("hush")] {
        let former = former.about("OriginSecret");
        let aws = CannedAws::answering([vec![former], replies()].concat()).await;
        let mut update = event(&aws);
        update["RequestType"] = "Update".into();
        update["OldResourceProperties"] = json!({"OriginSecretId": FORMER});
        assert_eq!(answered(&aws, update).await["Status"], "FAILED");
        assert!(aws.calls_of("PutParameter").is_empty());
    }
}

#[tokio::test]
async fn keys_that_an_operator_stored_are_replaced_by_three_new_ones() {
    let aws = CannedAws::answering([vec![secret_keys()], replies()].concat()).await;
    let answer = answered(&aws, event(&aws)).await;
    assert_eq!(answer["Status"], "SUCCESS");
    assert!(!aws.call("PutSecretValue").json()["SecretString"].as_str().unwrap().contains("\"test\""));
}

#[tokio::test]
async fn deleting_removes_the_parameter_and_can_be_repeated() {
    let gone = Reply::new("DeleteParameter", json!({"__type": "ParameterNotFound"}).to_string()).status(400);
    for deletion in [Reply::new("DeleteParameter", "{}"), gone] {
        let aws = CannedAws::answering([deletion, done("PutObject")]).await;
        let mut delete = event(&aws);
        delete["RequestType"] = "Delete".into();
        let answer = answered(&aws, delete).await;
        assert_eq!((&answer["Status"], &answer["Data"]), (&json!("SUCCESS"), &Value::Null));
        assert_eq!(aws.operations(), ["DeleteParameter", "PutObject"]);
        assert_eq!(
            aws.call("DeleteParameter").json(),
            json!({"Name": "/satchel/satchel/019ce36f-2530-7000-8000-000000000006/origin"})
        );
    }
}

#[tokio::test]
async fn deleting_a_resource_that_never_had_a_parameter_succeeds() {
    let aws = CannedAws::answering([done("PutObject")]).await;
    let mut delete = event(&aws);
    delete["RequestType"] = "Delete".into();
    delete["ResourceProperties"] = json!({"SecretId": SECRET});
    assert_eq!(answered(&aws, delete).await["Status"], "SUCCESS");
    assert_eq!(aws.operations(), ["PutObject"]);
}

#[tokio::test]
async fn a_call_without_an_answer_of_the_parameter_store_is_repeated() {
    let busy = Reply::new("GetParameter", json!({"__type": "InternalServerError"}).to_string()).status(500);
    let throttled =
        Reply::new("PutParameter", json!({"__type": "ThrottlingException"}).to_string()).status(400);
    let aws = CannedAws::answering([vec![busy.once(), throttled.once()], replies()].concat()).await;
    assert_eq!(answered(&aws, event(&aws)).await["Status"], "SUCCESS");
    assert_eq!((aws.calls_of("GetParameter").len(), aws.calls_of("PutParameter").len()), (2, 2));
}

#[tokio::test]
async fn every_failure_of_a_store_is_answered() {
    for (operation, doing) in [
        ("GetSecretValue", "read the secret"),
        ("PutSecretValue", "write the secret"),
        ("GetParameter", "read the parameter"),
        ("PutParameter", "write the parameter"),
    ] {
        let aws = CannedAws::answering([vec![denied(operation)], replies()].concat()).await;
        let answer = answered(&aws, event(&aws)).await;
        assert_eq!(answer["Status"], "FAILED", "{operation}");
        let reason = answer["Reason"].as_str().unwrap();
        assert!(reason.starts_with(&format!("cannot {doing}: ")), "{reason}");
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
            "/ResourceProperties/OriginParameter",
            Value::Null,
            "the property OriginParameter is missing or not what it should be",
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
