use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use local_common::clock;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Presign, Stack};
use crate::fake;
use crate::options::Options;
use crate::profile::Profile;

const TEMPLATE: &str = include_str!("tests.yaml");

/// A folder with template, binaries and data.
pub(super) struct House {
    pub folder: TempDir,
}

impl House {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        _ = fake::install(folder.path(), "obey");
        _ = fake::install(folder.path(), "provide");
        std::fs::write(folder.path().join("template.yaml"), TEMPLATE).unwrap();
        Self { folder }
    }

    pub fn options(&self) -> Options {
        let path = |name: &str| self.folder.path().join(name);
        Options {
            ephemeral: false,
            data_dir: path("data"),
            template: Some(path("template.yaml")),
            binaries: Some(self.folder.path().to_owned()),
            profile: Some(Profile::satchel()),
            ..Options::default()
        }
    }

    pub async fn start(&self) -> Stack {
        Stack::start(self.options()).await.unwrap()
    }
}

pub(super) async fn get(url: String) -> (u16, Value) {
    let response = reqwest::get(url).await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// The variables of a function's answer that the template gets from elsewhere.
pub(super) fn resolved(answer: &Value) -> [&str; 3] {
    ["WORD", "ASKED", "ORIGIN_SECRET"]
        .map(|name| answer["environment"][name].as_str().unwrap_or_else(|| panic!("no {name} in {answer:#}")))
}

#[tokio::test]
async fn a_request_to_the_api_reaches_its_function() {
    let house = House::new();
    let stack = house.start().await;
    let (status, answer) = get(format!("{}/hello/ada/?x=1", stack.api_url())).await;
    assert_eq!(status, 200, "{answer:#}\n{:#?}", stack.logs());
    assert_eq!(answer["order"]["pathParameters"], json!({"name": "ada"}));
    assert_eq!(answer["order"]["rawQueryString"], "x=1");
    let [word, _, origin] = resolved(&answer);
    assert_eq!(word, "first");
    assert_eq!(answer["order"]["headers"]["x-satchel-origin-secret"], origin);
    assert_eq!(get(format!("{}/nothing", stack.api_url())).await, (404, json!({"message": "Not Found"})));
    stack.stop().await;
}

#[tokio::test]
async fn the_data_folder_says_where_a_ready_stack_is() {
    let house = House::new();
    let file = house.folder.path().join("data/local.json");
    let stack = house.start().await;
    let ready: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(
        ready,
        json!({
            "api": stack.api_url(),
            "mail": format!("{}/_local/mail", stack.api_url()),
            "s3": stack.s3_url(),
            "dynamodb": stack.dynamodb_url(),
            "pid": std::process::id(),
        })
    );
    stack.stop().await;
    assert!(!file.exists());
}

#[tokio::test]
async fn secrets_objects_and_custom_resources_survive_a_restart() {
    let house = House::new();
    let stack = house.start().await;
    let (_, before) = get(format!("{}/hello/ada", stack.api_url())).await;
    let upload = Presign {
        method: "PUT",
        bucket: "originals-000000000000",
        key: "a folder/ö.txt",
        query: &[],
        headers: &[("content-length", "5"), ("content-type", "text/plain")],
        signed_at: clock::now(),
        expires_in: Duration::from_mins(1),
    };
    let url = stack.sign_as("obey", &upload);
    let put = reqwest::Client::new().put(url).header("content-type", "text/plain").body("hello");
    let response = put.send().await.unwrap();
    assert_eq!(response.status(), 200, "{}", response.text().await.unwrap());
    stack.settled().await;
    let last = stack.calls().last_request_of("obey");
    assert!(last.is_some_and(|id| stack.logs().iter().any(|line| line.contains(&id))));
    assert!(stack.queue("failed").is_empty());
    stack.stop().await;

    let stack = house.start().await;
    assert_eq!(stack.s3().keys("originals-000000000000"), ["a folder/ö.txt"]);
    let (_, after) = get(format!("{}/hello/ada", stack.api_url())).await;
    // The custom resource too: it was not asked again.
    assert_eq!(resolved(&before), resolved(&after));
    stack.stop().await;
}

#[tokio::test]
async fn a_url_signed_for_the_past_has_expired() {
    let house = House::new();
    let stack = house.start().await;
    let request = Presign {
        method: "GET",
        bucket: "originals-000000000000",
        key: "x",
        query: &[],
        headers: &[],
        signed_at: clock::now() - jiff::SignedDuration::from_secs(100),
        expires_in: Duration::from_secs(90),
    };
    let response = reqwest::get(stack.sign_as("obey", &request)).await.unwrap();
    assert_eq!(response.status(), 403);
    assert!(response.text().await.unwrap().contains("expired"));
    stack.stop().await;
}

#[tokio::test]
async fn any_function_can_be_invoked_and_failed_events_read() {
    let house = House::new();
    let stack = house.start().await;
    let invoke = |function: &str, event: &'static str| {
        reqwest::Client::new()
            .post(format!("{}/_local/invoke/{function}", stack.api_url()))
            .body(event)
            .send()
    };
    let answer = invoke("obey", r#"{"a":1}"#).await.unwrap();
    assert!(!answer.headers().contains_key("x-amz-function-error"));
    assert_eq!(answer.json::<Value>().await.unwrap()["order"], json!({"a": 1}));
    let answer = invoke("obey", r#"{"exit":1}"#).await.unwrap();
    assert_eq!(answer.headers()["x-amz-function-error"], "Unhandled");
    assert_eq!(answer.json::<Value>().await.unwrap()["errorType"], "Runtime.ExitError");
    assert_eq!(invoke("obey", "no JSON").await.unwrap().status(), 400);
    assert_eq!(invoke("unheard-of", "{}").await.unwrap().status(), 404);

    stack.invoker().send("obey", Bytes::from(r#"{"fail":"for good"}"#));
    stack.settled().await;
    let (_, messages) = get(format!("{}/_local/queues/failed", stack.api_url())).await;
    assert_eq!(messages[0]["requestPayload"], json!({"fail": "for good"}));
    assert_eq!(get(format!("{}/_local/mail?to=ada@example.org", stack.api_url())).await, (200, json!([])));
    stack.stop().await;
}

#[tokio::test]
async fn what_keeps_a_stack_from_starting_is_one_clear_message() {
    let house = House::new();
    let message = |options: Options| async move {
        match Stack::start(options).await {
            Err(error) => error.to_string(),
            Ok(_) => panic!("it started"),
        }
    };
    let stack = house.start().await;
    assert!(message(house.options()).await.contains("another local stack is using"));
    let port = stack.api_url().rsplit_once(':').unwrap().1.parse().unwrap();
    let busy = Options { ephemeral: true, port, ..house.options() };
    assert!(message(busy).await.starts_with(&format!("port {port} (the API) is already in use")));
    let missing = Options { ephemeral: true, template: Some("no-template.yaml".into()), ..house.options() };
    assert!(message(missing).await.starts_with("no-template.yaml: "));
    let parameters = vec![("NoSuchParameter".to_owned(), String::new())];
    let unknown = Options { ephemeral: true, parameters, ..house.options() };
    assert!(message(unknown).await.contains("there is no parameter `NoSuchParameter`"));
    stack.stop().await;
}

#[tokio::test]
async fn an_ephemeral_stack_leaves_nothing() {
    let house = House::new();
    let stack = Stack::start(Options { ephemeral: true, ..house.options() }).await.unwrap();
    let folder = stack.data().path.clone();
    assert!(folder.join("local.json").exists());
    stack.stop().await;
    assert!(!Path::new(&folder).exists());
}
