//! The function behind the custom resource `SigningKeys`. CloudFormation gets a result for every request.

use std::collections::BTreeSet;

use local::calls::Fault;
use local::deployment::Function;
use local::permissions::Statement;
use serde_json::{Value, json};

use crate::helpers::{Answer, CallbackServer, TestStack, exclusive_stack, stack};

/// The result that CloudFormation gets for `request`.
async fn result_for(request: Value) -> Value {
    result_on(stack(), request).await
}

/// The result that CloudFormation gets for `request` on this stack. Adds the `ResponseURL`.
async fn result_on(stack: TestStack, mut request: Value) -> Value {
    let waiting = CallbackServer::start().await;
    request["ResponseURL"] = waiting.url().into();
    let invoked =
        tokio::spawn(async move { stack.post("/_local/invoke/manage-signing-keys", request).await });
    let received = waiting.received().await;
    let invoked: Answer = invoked.await.expect("an answer");
    assert_eq!((invoked.status, invoked.header("x-amz-function-error")), (200, ""), "{}", invoked.text());
    // CloudFormation's URL is signed for a PUT with an empty content type.
    assert_eq!(received.head[0], "put /answer?signed=yes http/1.1");
    assert!(received.head.iter().any(|line| line.trim_end() == "content-type:"), "{:?}", received.head);
    serde_json::from_slice(&received.body).expect("JSON")
}

fn delete() -> Value {
    json!({
        "RequestType": "Delete",
        "StackId": "the stack",
        "RequestId": "the request",
        "LogicalResourceId": "SigningKeys",
        "PhysicalResourceId": "the keys",
        "ResourceProperties": {"SecretId": "satchel-local-SigningKeysSecret", "Generation": "1", "DropPrevious": "false",
            "OriginGeneration": "1"},
    })
}

#[tokio::test]
async fn a_delete_request_succeeds_without_touching_the_secret() {
    let before = stack().signing_keys().map(|key| key.kid);
    let answer = json!({
        "Status": "SUCCESS",
        "Reason": "",
        "PhysicalResourceId": "the keys",
        "StackId": "the stack",
        "RequestId": "the request",
        "LogicalResourceId": "SigningKeys",
    });
    assert_eq!(result_for(delete()).await, answer);
    assert_eq!(stack().signing_keys().map(|key| key.kid), before);
}

#[tokio::test]
async fn an_invalid_request_is_answered_with_failed() {
    let with = |member: &str, value: Value| {
        let mut request = delete();
        request["RequestType"] = "Update".into();
        request[member] = value;
        request
    };
    for (request, reason) in [
        (json!({}), "the request is none of"),
        (with("RequestType", json!("Import")), "the request is none of"),
        (with("RequestType", json!(7)), "the request is none of"),
        (with("ResourceProperties", Value::Null), "the property SecretId is missing"),
        (
            with("ResourceProperties", json!({"SecretId": "nothing", "Generation": "1"})),
            "the property DropPrevious",
        ),
    ] {
        let answer = result_for(request).await;
        assert_eq!(answer["Status"], "FAILED");
        assert!(answer["Reason"].as_str().is_some_and(|text| text.starts_with(reason)), "{answer:#}");
        assert!(!answer["PhysicalResourceId"].as_str().unwrap_or_default().is_empty(), "{answer:#}");
    }
}

#[tokio::test]
async fn an_unreadable_secret_is_reported() {
    let stack = exclusive_stack().await;
    stack.calls().interrupt("manage-signing-keys", "GetSecretValue", Fault::InternalError);
    let mut request = delete();
    request["RequestType"] = "Update".into();
    request["ResourceProperties"]["OriginParameter"] = "/satchel/satchel-local/00000000-0000-1000-8000-000000000000/origin".into();
    let answer = result_on(stack.clone(), request).await;
    assert_eq!(answer["Status"], "FAILED");
    assert!(
        answer["Reason"].as_str().is_some_and(|text| text.starts_with("cannot read the secret: ")),
        "{answer:#}"
    );
}

#[tokio::test]
async fn only_functions_with_a_route_know_the_two_origin_secrets() {
    let stack = stack();
    let deployment = stack.deployment();
    for function in deployment.functions.values() {
        let has_route = deployment.routes.iter().any(|route| route.function == function.name);
        let secrets = function.environment["ORIGIN_SECRETS"].split(',').filter(|secret| secret.len() > 40);
        assert_eq!(secrets.count(), if has_route { 2 } else { 0 }, "{}", function.name);
    }
    let front = deployment.front.as_ref().expect("a distribution");
    let sent = &front.headers["x-satchel-origin-secret"];
    let accepted = &deployment.functions["GetHealthFunction"].environment["ORIGIN_SECRETS"];
    assert!(accepted.split(',').any(|secret| secret == sent));
}

#[tokio::test]
async fn all_counting_functions_have_one_counter_key_that_is_not_an_origin_secret() {
    let stack = stack();
    let functions = &stack.deployment().functions;
    let keys: BTreeSet<_> =
        functions.values().filter_map(|function| function.environment.get("COUNTER_KEY")).collect();
    assert_eq!(keys.len(), 1, "{} keys", keys.len());
    let accepted = &functions["GetHealthFunction"].environment["ORIGIN_SECRETS"];
    assert!(keys.iter().all(|key| key.len() > 40 && !accepted.contains(key.as_str())));
    for name in ["CreateTokenFunction", "SendMailFunction", "RecordMailFeedbackFunction"] {
        assert!(functions[name].environment.contains_key("COUNTER_KEY"), "{name}");
    }
    for name in ["GetHealthFunction", "ManageSigningKeysFunction", "ProcessUploadFunction"] {
        assert!(!functions[name].environment.contains_key("COUNTER_KEY"), "{name}");
    }
}

/// The secrets on which a function's policies allow an action.
fn secrets<'f>(function: &'f Function, action: &str) -> BTreeSet<&'f str> {
    let grants = function.policies.iter().flat_map(Statement::grants);
    grants.filter(|granted| granted.action == action).map(|granted| granted.resource).collect()
}

#[tokio::test]
async fn each_secret_is_read_and_written_only_by_the_functions_that_need_it() {
    let stack = stack();
    let functions = stack.deployment().functions.values();
    let managed = BTreeSet::from(["SIGNING_SECRET_ID", "LINK_SECRET_ID"]);
    for function in functions {
        let read = secrets(function, "secretsmanager:GetSecretValue");
        let written = secrets(function, "secretsmanager:PutSecretValue");
        if function.name == "manage-signing-keys" {
            assert_eq!(
                (read.len(), written.len()),
                (2, 1),
                "the signing keys, and the secret of an older template"
            );
            let parameters = ["GetParameter", "PutParameter", "DeleteParameter"];
            let stored = parameters.map(|action| secrets(function, &format!("ssm:{action}")));
            assert_eq!(stored[0].len(), 1, "the secrets of CloudFront");
            assert!(stored.windows(2).all(|two| two[0] == two[1]), "{stored:?}");
            continue;
        }
        assert!(
            function
                .policies
                .iter()
                .flat_map(Statement::grants)
                .all(|allowed| !allowed.action.starts_with("ssm:"))
        );
        // A setting names each secret that a function reads.
        let named = function.environment.iter().filter(|(name, _)| managed.contains(name.as_str()));
        let named: BTreeSet<_> = named.map(|(_, secret)| secret.as_str()).collect();
        assert_eq!(read, named, "{}", function.name);
        assert_eq!(!written.is_empty(), function.name == "rotate-links", "{}", function.name);
        let signs = function.environment.contains_key("SIGNING_KID");
        assert_eq!(signs, function.environment.contains_key("SIGNING_SECRET_ID"), "{}", function.name);
    }
}
