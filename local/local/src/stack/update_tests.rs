use serde_json::{Value, json};

use super::tests::{House, get, resolved};
use super::{Stack, StartError};
use crate::options::Options;

async fn hello(stack: &Stack) -> Value {
    let (status, answer) = get(format!("{}/hello/ada", stack.api_url())).await;
    assert_eq!(status, 200, "{answer:#}\n{:#?}", stack.logs());
    answer
}

/// How the custom resource was asked when it was asked last.
async fn asked(stack: &Stack) -> Value {
    serde_json::from_str(resolved(&hello(stack).await)[1]).unwrap()
}

#[tokio::test]
async fn a_custom_resource_is_asked_as_cloudformation_asks() {
    let house = House::new();
    let stack = house.start().await;
    let asked = asked(&stack).await;
    let provider = "arn:aws:lambda:us-east-1:000000000000:function:provide";
    let properties = json!({"ServiceToken": provider, "Word": "first", "Number": "1"});
    assert_eq!(
        asked,
        json!({
            "RequestType": "Create",
            "ServiceToken": provider,
            "ResponseURL": asked["ResponseURL"],
            "StackId": "arn:aws:cloudformation:us-east-1:000000000000:stack/satchel-local/00000000-0000-1000-8000-000000000000",
            "RequestId": asked["RequestId"],
            "LogicalResourceId": "Echo",
            "ResourceType": "Custom::Echo",
            "ResourceProperties": properties,
        })
    );
    stack.stop().await;
}

#[tokio::test]
async fn an_update_reaches_custom_resources_and_then_every_request_after_it() {
    let house = House::new();
    let stack = house.start().await;
    let before = hello(&stack).await;
    stack.update(&[("Word", "second")]).await.unwrap();
    let after = hello(&stack).await;
    assert_eq!((resolved(&before)[0], resolved(&after)[0]), ("first", "second"));
    // CloudFront sends what it is told now.
    let sent = |answer: &Value| answer["order"]["headers"]["x-word"].clone();
    assert_eq!((sent(&before), sent(&after)), (json!("first"), json!("second")));
    assert_ne!(before["pid"], after["pid"]);
    assert_eq!(stack.function("obey").unwrap().environment["WORD"], "second");
    let asked = asked(&stack).await;
    assert_eq!((&asked["RequestType"], &asked["PhysicalResourceId"]), (&json!("Update"), &json!("echo")));
    assert_eq!(asked["OldResourceProperties"]["Word"], "first");
    // Nothing changed: nothing is asked, and processes stay warm.
    stack.update(&[("Word", "second")]).await.unwrap();
    assert_eq!(hello(&stack).await["pid"], after["pid"]);
    stack.stop().await;
}

#[tokio::test]
async fn other_properties_at_the_next_start_are_an_update() {
    let house = House::new();
    house.start().await.stop().await;
    let parameters = vec![("Word".to_owned(), "second".to_owned())];
    let stack = Stack::start(Options { parameters, ..house.options() }).await.unwrap();
    assert_eq!(asked(&stack).await["OldResourceProperties"]["Word"], "first");
    stack.stop().await;
}

#[tokio::test]
async fn an_update_that_fails_changes_nothing_and_says_why() {
    let house = House::new();
    let stack = house.start().await;
    let before = hello(&stack).await;
    for (changes, reason) in [
        (("Word", "refuse"), "the custom resource Echo failed: no such word"),
        (("Word", "silence"), "the custom resource Echo failed: provide ended without an answer"),
        (("Timeout", "10"), "this changes more than environments of functions"),
        (("Timeout", "soon"), "must be a number"),
        (("NoSuchParameter", ""), "there is no parameter `NoSuchParameter`"),
    ] {
        let error = stack.update(&[changes]).await.unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
        assert_eq!(hello(&stack).await["pid"], before["pid"], "{reason}");
    }
    // Made once; asked twice for another word, and after each time for the first one again.
    let asked_so_far = stack
        .logs()
        .iter()
        .filter(|line| line.starts_with("provide | ") && line.contains("platform.report"))
        .count();
    assert_eq!(asked_so_far, 5);
    stack.update(&[("Word", "second")]).await.unwrap();
    assert_eq!(asked(&stack).await["OldResourceProperties"]["Word"], "first");
    stack.stop().await;
}

#[tokio::test]
async fn parameters_can_be_posted() {
    let house = House::new();
    let stack = house.start().await;
    let post = |body: Value| {
        let url = format!("{}/_local/parameters", stack.api_url());
        async move { reqwest::Client::new().post(url).json(&body).send().await.unwrap() }
    };
    assert_eq!(post(json!({"Word": "second"})).await.status(), 204);
    assert_eq!(resolved(&hello(&stack).await)[0], "second");
    let refused = post(json!({"Word": "refuse"})).await;
    assert_eq!(refused.status(), 400);
    let message = json!({"message": "the custom resource Echo failed: no such word"});
    assert_eq!(refused.json::<Value>().await.unwrap(), message);
    stack.stop().await;
}

#[tokio::test]
async fn a_custom_resource_that_fails_keeps_the_stack_from_starting() {
    let house = House::new();
    let parameters = vec![("Word".to_owned(), "refuse".to_owned())];
    let started = Stack::start(Options { parameters, ..house.options() }).await;
    assert!(matches!(started, Err(StartError::CustomResource { resource, .. }) if resource == "Echo"));
    house.start().await.stop().await;
}
