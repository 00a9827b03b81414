//! A small template that has nothing to do with Satchel, run by the local stack as a user of it would: the options name
//! the template and the binaries of its functions, and nothing else.
//!
//! The binaries are this test itself, run as processes with the Lambda runtime, so that nothing has to be built first.

mod functions;

use std::path::Path;

use local::permissions::Permission;
use local::{Options, Stack};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Not a test: it is run as the process of a function.
#[test]
#[ignore = "it is a function that other tests run"]
fn take_note() {
    local_testing::run(functions::take_note);
}

/// Not a test: it is run as the process of a function.
#[test]
#[ignore = "it is a function that other tests run"]
fn count_words() {
    local_testing::run(functions::count_words);
}

/// The stack, and the folder with its binaries.
async fn start() -> (TempDir, Stack) {
    let binaries = tempfile::tempdir().unwrap();
    for (name, test) in [("take-note", "take_note"), ("count-words", "count_words")] {
        _ = local_testing::install(binaries.path(), name, module_path!(), test);
    }
    let options = Options {
        template: Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/third_party/template.yaml")),
        binaries: Some(binaries.path().to_owned()),
        stack_name: Some("notebook".to_owned()),
        parameters: vec![("Greeting".to_owned(), "Good day".to_owned())],
        ..Options::default()
    };
    let stack = Stack::start(options).await.unwrap_or_else(|error| panic!("{error}"));
    (binaries, stack)
}

/// Status and JSON of the answer.
async fn send(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// The id of a new note.
async fn noted(stack: &Stack, text: &'static str) -> String {
    let url = format!("{}/notes", stack.api_url());
    let (status, note) = send(Client::new().post(url).header("content-type", "text/plain").body(text)).await;
    assert_eq!((status, &note["greeting"]), (201, &json!("Good day")), "{note:#}\n{:#?}", stack.logs());
    note["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_request_leads_to_an_item_an_object_an_event_of_the_bucket_and_one_of_the_stream() {
    let (_binaries, stack) = start().await;
    let id = noted(&stack, "buy some milk").await;
    stack.settled().await;
    assert_eq!(stack.s3().keys("notebook-pages"), [format!("{id}.txt")]);
    let (status, shown) = send(Client::new().get(format!("{}/notes/{id}", stack.api_url()))).await;
    assert_eq!(status, 200, "{shown:#}");
    assert_eq!((&shown["words"], &shown["announced"]), (&json!("3"), &json!(true)), "{:#?}", stack.logs());
    assert_eq!(stack.deployment().tables[0].name, "notebook-NotesTable");
    let schedules: Vec<_> = stack.deployment().schedules.iter().map(|it| it.expression.as_str()).collect();
    assert_eq!(schedules, ["rate(1 hour)", "cron(30 2 * * ? *)"]);
    stack.stop().await;
}

#[tokio::test]
async fn what_the_policies_do_not_allow_is_denied() {
    let (_binaries, stack) = start().await;
    let id = noted(&stack, "keep this").await;
    let (status, refusal) = send(Client::new().delete(format!("{}/notes/{id}", stack.api_url()))).await;
    assert_eq!((status, &refusal["code"]), (403, &json!("AccessDenied")), "{refusal:#}");
    let message = format!(
        "User: arn:aws:sts::000000000000:assumed-role/take-note/take-note is not authorized to perform: \
         s3:DeleteObject on resource: arn:aws:s3:::notebook-pages/{id}.txt because no identity-based policy allows \
         the s3:DeleteObject action"
    );
    assert_eq!(refusal["message"], message);
    assert_eq!(stack.s3().keys("notebook-pages"), [format!("{id}.txt")]);
    let denied = Permission {
        function: "take-note".to_owned(),
        action: "s3:DeleteObject".to_owned(),
        resource: "pages/*".to_owned(),
        keys: None,
    };
    assert_eq!(stack.permissions().report().denied, [denied]);
    stack.stop().await;
}

#[tokio::test]
async fn requests_reach_the_api_as_they_were_sent() {
    let (_binaries, stack) = start().await;
    let url = format!("{}/notes/unknown", stack.api_url());
    let (_, shown) = send(Client::new().get(&url).header("x-satchel-host", "mine")).await;
    let request = &shown["request"];
    assert_eq!(request["requestContext"]["apiId"], "local00000");
    let names: Vec<_> = request["headers"].as_object().unwrap().keys().map(String::as_str).collect();
    let expected =
        ["accept", "content-length", "host", "x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port"];
    assert_eq!(names, [&expected[..], &["x-forwarded-proto", "x-satchel-host"]].concat());
    assert_eq!(request["headers"]["x-satchel-host"], "mine");
    // An HTTP API without a CloudFront function has no route for a trailing slash.
    let slash = send(Client::new().get(format!("{url}/"))).await;
    assert_eq!(slash, (404, json!({"message": "Not Found"})));
    let inbox = reqwest::get(format!("{}/_local/mail", stack.api_url())).await.unwrap().text().await.unwrap();
    assert!(!inbox.contains("Satchel"), "{inbox}");
    stack.stop().await;
}
