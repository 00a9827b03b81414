//! Where the origin secrets and the counter key are stored: taken over from an older release, and deleted with the
//! stack.

use local::{Options, Stack};
use serde_json::{Value, json};

use crate::helpers::{CallbackServer, client, note_permissions};

/// The secret in which older templates stored what CloudFront sends.
const FORMER: &str = "arn:aws:secretsmanager:us-east-1:000000000000:secret:satchel-local-OriginSecret-000000";

/// The secrets of an older deployment.
const OLDER: &str = "older-0123456789012345678901234567890123456789";
const NEWER: &str = "newer-0123456789012345678901234567890123456789";
const COUNTER_KEY: &str = "counter-0123456789012345678901234567890123456789";

/// Writes the data folder that a stack of an older release left: its secrets, and the properties of its custom resource.
fn older_data(folder: &std::path::Path) {
    let sets = json!({
        "counter_key": COUNTER_KEY,
        "sets": [{"generation": "1", "older": OLDER, "newer": NEWER, "sends_newer": false}],
    });
    let version = |value: &str, stage: &str| json!({"value": {"SecretString": value}, "stages": [stage], "created": "2026-11-30T00:00:00Z"});
    let secret = json!({"satchel-local-OriginSecret": {
        "arn": FORMER,
        "description": null,
        "created": "2026-11-30T00:00:00Z",
        "versions": {"1": version("generated", "AWSCURRENT"), "2": version(&sets.to_string(), "SETS")},
    }});
    let resource = json!({"SigningKeys": {
        "properties": {"Generation": "1", "DropPrevious": "false", "OriginSecretId": FORMER, "OriginGeneration": "1"},
        "physical_id": "SigningKeys/the-secret",
        "data": {},
    }});
    std::fs::create_dir_all(folder).expect("a folder can be created");
    for (file, content) in [("secrets.json", secret), ("custom-resources.json", resource)] {
        std::fs::write(folder.join(file), content.to_string()).expect("a file can be written");
    }
}

async fn start(folder: &std::path::Path) -> Stack {
    let options = Options { data_dir: folder.to_owned(), ephemeral: false, ..Options::default() };
    let stack = Stack::start(options).await.unwrap_or_else(|error| panic!("{error}"));
    note_permissions(&stack);
    stack
}

/// What CloudFront sends, what functions accept, and the counter key.
fn secrets(stack: &Stack) -> [String; 3] {
    let front = stack.deployment().front.as_ref().expect("a distribution");
    let of =
        |function: &str, name: &str| stack.function(function).expect("a function").environment[name].clone();
    let sent = front.headers["x-satchel-origin-secret"].clone();
    [sent, of("get-health", "ORIGIN_SECRETS"), of("send-mail", "COUNTER_KEY")]
}

/// What CloudFormation is told after a request about the resource.
async fn told(stack: &Stack, kind: &str) -> Value {
    let waiting = CallbackServer::start().await;
    let request = json!({
        "RequestType": kind,
        "ResponseURL": waiting.url(),
        "StackId": "the stack",
        "RequestId": "the request",
        "LogicalResourceId": "SigningKeys",
        "PhysicalResourceId": "the keys",
        "ResourceProperties": {
            "SecretId": "satchel-local-SigningKeysSecret",
            "Generation": "1",
            "DropPrevious": "false",
            "OriginParameter": "/satchel/satchel-local/00000000-0000-1000-8000-000000000000/origin",
            "OriginGeneration": "1",
        },
    });
    let url = format!("{}/_local/invoke/manage-signing-keys", stack.api_url());
    let invoked = client(None).post(url).json(&request).send();
    let (invoked, received) = tokio::join!(invoked, waiting.received());
    assert_eq!(invoked.expect("an answer").status(), 200);
    serde_json::from_slice(&received.body).expect("JSON")
}

#[tokio::test]
async fn an_update_of_an_older_release_keeps_its_secrets_and_its_counter_key() {
    let folder = tempfile::tempdir().expect("a folder can be created");
    older_data(folder.path());
    let stack = start(folder.path()).await;
    let expected = [OLDER.to_owned(), format!("{OLDER},{NEWER}"), COUNTER_KEY.to_owned()];
    assert_eq!(secrets(&stack), expected);
    // CloudFormation deletes the secret when the update is complete.
    stack.stop().await;
    let kept = std::fs::read_to_string(folder.path().join("secrets.json")).expect("the secrets are there");
    let mut kept: Value = serde_json::from_str(&kept).expect("JSON");
    kept.as_object_mut().expect("secrets by name").remove("satchel-local-OriginSecret");
    std::fs::write(folder.path().join("secrets.json"), kept.to_string()).expect("a file can be written");
    let stack = start(folder.path()).await;
    assert_eq!(secrets(&stack), expected);
    let updated = stack.update(&[("OriginSecretGeneration", "2")]).await;
    updated.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(secrets(&stack)[1..], expected[1..], "a step changes what CloudFront sends");
    stack.stop().await;
}

#[tokio::test]
async fn the_secrets_are_deleted_with_the_stack_and_the_next_stack_gets_others() {
    let folder = tempfile::tempdir().expect("a folder can be created");
    let stack = start(folder.path()).await;
    let [sent, accepted, counter_key] = secrets(&stack);
    let known = told(&stack, "Create").await["Data"].take();
    let data = |known: &Value, name: &str| known[name].as_str().expect("a text").to_owned();
    assert_eq!(
        [data(&known, "OriginSecrets"), data(&known, "CounterKey")],
        [accepted.clone(), counter_key.clone()]
    );
    for _ in 0..2 {
        assert_eq!(told(&stack, "Delete").await["Status"], "SUCCESS");
    }
    let lost = told(&stack, "Update").await;
    assert_eq!(lost["Status"], "FAILED");
    assert!(lost["Reason"].as_str().is_some_and(|reason| reason.contains("does not exist")), "{lost}");
    let next = told(&stack, "Create").await["Data"].take();
    assert!(
        data(&next, "OriginSecrets").split(',').all(|secret| !accepted.contains(secret) && secret != sent)
    );
    assert_ne!(data(&next, "CounterKey"), counter_key);
    stack.stop().await;
}
