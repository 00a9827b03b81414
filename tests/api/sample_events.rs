//! The sample events in `events/`: every function has at least one, and understands it.

use std::collections::BTreeSet;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use local::invoker::Outcome;
use serde_json::{Value, json};

use crate::helpers::{CallbackServer, TestStack, stack, stack_with};

/// A file with a sample event for a function.
struct File {
    function: String,
    name: String,
    event: Value,
}

fn files() -> Vec<File> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events");
    let entries = std::fs::read_dir(folder).expect("the folder exists").map(|entry| entry.expect("a file"));
    let json = entries.filter(|entry| entry.path().extension().is_some_and(|extension| extension == "json"));
    let file = |entry: std::fs::DirEntry| {
        let name = entry.file_name().into_string().expect("a plain name");
        let event = std::fs::read(entry.path()).expect("a file can be read");
        let event = serde_json::from_slice(&event).unwrap_or_else(|error| panic!("{name}: {error}"));
        let function = name.trim_end_matches(".json").split('_').next().unwrap_or_default().to_owned();
        File { function, name, event }
    };
    json.map(file).collect()
}

fn is_http(event: &Value) -> bool {
    event["version"] == "2.0"
}

/// Invokes a function, and returns the status and the body of its response.
async fn invoke(stack: &TestStack, function: &str, event: Value) -> (Value, String) {
    let invocation = stack.invoke(function, event).await.expect("the function exists");
    let Outcome::Answered(answer) = invocation.outcome else {
        panic!("{function}: {:?}", invocation.outcome)
    };
    let answer: Value = serde_json::from_slice(&answer).expect("JSON");
    (answer["statusCode"].clone(), answer["body"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn every_function_has_a_sample_event_and_every_sample_a_function() {
    let stack = stack();
    let functions = stack.deployment().functions.values();
    let of_the_template: BTreeSet<_> = functions.map(|function| function.name.clone()).collect();
    let of_the_files: BTreeSet<_> = files().into_iter().map(|file| file.function).collect();
    assert_eq!(of_the_files, of_the_template);
}

#[tokio::test]
async fn every_http_sample_names_a_route_of_its_function() {
    let stack = stack();
    for File { function, name, event } in files().into_iter().filter(|file| is_http(&file.event)) {
        let routes = stack.deployment().routes.iter().filter(|route| route.function == function);
        let mut keys = routes.map(|route| format!("{} {}", route.method, route.path));
        let key = event["routeKey"].as_str().expect("a text");
        assert!(keys.any(|known| known == key), "{name}: {key}");
        let context = &event["requestContext"];
        assert_eq!(context["routeKey"], key, "{name}");
        let mut path = key.split_once(' ').expect("method and path").1.to_owned();
        for (parameter, value) in event["pathParameters"].as_object().into_iter().flatten() {
            let value = value.as_str().expect("a text");
            // A parameter with `+` takes the rest of the path.
            path = path.replace(&format!("{{{parameter}}}"), value);
            path = path.replace(&format!("{{{parameter}+}}"), value);
        }
        assert_eq!((&event["rawPath"], &context["http"]["path"]), (&json!(path), &json!(path)), "{name}");
    }
}

#[test]
fn every_sample_is_complete_and_contains_nothing_real() {
    for File { name, event, .. } in files() {
        let text = event.to_string();
        for real in ["127.0.0.1", "localhost", ":000000000000:", "x-satchel-origin-secret", "eyJ"] {
            assert!(!text.contains(real), "{name}: {real}");
        }
        if is_http(&event) {
            assert_eq!(event["requestContext"]["accountId"], "123456789012", "{name}");
            let body = event["body"].as_str().unwrap_or_default();
            let body = match event["isBase64Encoded"].as_bool() {
                Some(true) => STANDARD.decode(body).expect("base64"),
                _ => body.as_bytes().to_vec(),
            };
            assert_eq!(event["headers"]["content-length"], body.len().to_string(), "{name}");
        }
    }
}

/// Functions whose dialect refuses invalid tokens, each with the status.
const DIALECTS: [(&str, u16); 3] = [("authenticate-header", 401), ("check-token", 400), ("renew-token", 400)];

#[tokio::test]
async fn every_function_understands_its_samples_and_refuses_their_tokens() {
    let stack = stack_with(&[("RequireCloudFront", "false")]);
    let not_valid = r#"{"detail":"Given token not valid for any token type","code":"token_not_valid","messages":[{"token_class":"AccessToken","token_type":"access","message":"Token is invalid or expired"}]}"#;
    let missing = r#"{"detail":"Authentication credentials were not provided."}"#;
    for File { function, name, mut event } in files() {
        if event["ResponseURL"].is_string() {
            let waiting = CallbackServer::start().await;
            event["ResponseURL"] = waiting.url().into();
            // The sample names secrets of another deployment, which this function may not read.
            event["ResourceProperties"]["SecretId"] = "satchel-local-SigningKeysSecret".into();
            event["ResourceProperties"]["OriginParameter"] =
                "/satchel/satchel-local/00000000-0000-1000-8000-000000000000/origin".into();
            tokio::spawn(waiting.received());
        }
        // It would sign out the users of other tests. Its unit tests and those of `restore` send the sample.
        if function == "apply-journal" {
            continue;
        }
        if event["Records"][0]["s3"].is_object() {
            // The same holds for the bucket.
            let originals = stack.deployment().buckets.iter().find(|bucket| !bucket.notifications.is_empty());
            event["Records"][0]["s3"]["bucket"]["name"] = originals.expect("a bucket").name.as_str().into();
        }
        let (status, body) = invoke(&stack, &function, event.clone()).await;
        if !is_http(&event) {
            continue;
        }
        if let Some((_, refusal)) = DIALECTS.iter().find(|(dialect, _)| *dialect == function) {
            assert_eq!(status, json!(refusal), "{name}: {body}");
            continue;
        }
        if event["headers"].get("authorization").is_none() {
            let is_understood = [200, 201, 202, 401, 404].contains(&status.as_u64().expect("a status"));
            assert!(is_understood, "{name}: {status} {body}");
            continue;
        }
        assert_eq!((status, body.as_str()), (json!(401), not_valid), "{name}");
        event["headers"].as_object_mut().expect("headers").remove("authorization");
        let (status, body) = invoke(&stack, &function, event).await;
        assert_eq!((status, body.as_str()), (json!(401), missing), "{name}");
    }
}
