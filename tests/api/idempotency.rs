//! Requests with an Idempotency-Key create one record, even if they are repeated.

use std::sync::atomic::{AtomicU32, Ordering};

use local::calls::Fault;
use reqwest::Method;
use serde_json::{Value, json};

use crate::aws_calls::CallCounter;
use crate::helpers::{
    Answer, TestStack, User, concurrently, exclusive_stack, fixture, id, not_found, note_passwords, stack,
    stack_with,
};
use crate::shares::{link_path, open_link, sharer};
use crate::staff::staff_user;
use crate::staff_tiers::tier_settings;

pub const KEY: &str = "6c1d7c1e-5f0b-4f0e-9f3a-2f1f6c1a7a10";
pub const RESOURCES: &str = "/api/resource";
const TIERS: &str = "/api/account-tiers";

/// A request that creates a record and can have a key.
#[derive(Clone)]
pub struct CreateRequest {
    pub user: User,
    path: String,
    function: &'static str,
    body: Value,
    other: Value,
}

impl CreateRequest {
    /// Sends the request with the name of its function as the key.
    pub async fn send(&self) -> Answer {
        self.send_as(self.function).await
    }

    async fn send_as(&self, key: &str) -> Answer {
        post(&self.user, key, &self.path, &self.body).await
    }

    /// The number of records that such requests have created.
    async fn count(&self) -> usize {
        let list = self.user.get(&self.path).await.json();
        let is_same_tier = |tier: &&Value| tier["name"] == self.body["name"];
        let tiers = list.as_array().map(|tiers| tiers.iter().filter(is_same_tier).count());
        tiers.unwrap_or_else(|| list["results"].as_array().expect("a list").len())
    }
}

pub async fn post(user: &User, key: &str, path: &str, body: &Value) -> Answer {
    note_passwords(body);
    Answer::of(user.request(Method::POST, path).header("idempotency-key", key).json(body)).await
}

fn key_reused() -> Value {
    json!({"detail": "Idempotency-Key was used with another request."})
}

/// A stack for these tests, because other tests check or delete tiers.
fn idempotency_stack() -> TestStack {
    stack_with(&[("IdempotencySeconds", "3600")])
}

/// One request for each kind of record, from new users.
pub async fn create_requests(stack: &TestStack) -> [CreateRequest; 4] {
    let grace = staff_user(stack).await;
    let (ada, file) = sharer(stack).await;
    let image = ada.upload_image("a.png", "image/png", fixture("one_pixel.png")).await;
    let link = json!({"expires_in": 300, "max_downloads": 3});
    let links = |kind: &str, file: &Value, function| CreateRequest {
        user: ada.clone(),
        path: format!("/api/{kind}/{}/links", id(file)),
        function,
        body: link.clone(),
        other: json!({"expires_in": 301, "max_downloads": 3}),
    };
    let tier = tier_settings(&stack.fresh_name("Once "));
    let mut other = tier.clone();
    other["thumbnail_sizes"] = json!([300]);
    [
        CreateRequest {
            user: ada.clone(),
            path: RESOURCES.to_owned(),
            function: "create-resource",
            body: json!({"field1": "one", "field2": "two"}),
            other: json!({"field1": "two", "field2": "one"}),
        },
        CreateRequest {
            user: grace,
            path: TIERS.to_owned(),
            function: "create-account-tier",
            body: tier,
            other,
        },
        links("files", &file, "create-file-link"),
        links("images", &image, "create-image-link"),
    ]
}

#[tokio::test]
async fn a_repeated_request_returns_the_record_of_the_first() {
    for create in create_requests(&idempotency_stack()).await {
        let first = create.send().await;
        assert_eq!(first.status, 201, "{}", create.user.stack.explain(&first));
        for _ in 0..2 {
            let again = create.send().await;
            again.assert(201, &first.json());
            assert_eq!(again.header("cache-control"), first.header("cache-control"));
        }
        assert_eq!(create.count().await, 1, "{}", create.path);
    }
}

#[tokio::test]
async fn a_link_returned_to_a_repeated_request_opens_the_file() {
    let stack = stack();
    let (ada, file) = sharer(&stack).await;
    let links = format!("/api/files/{}/links", id(&file));
    let options = json!({"expires_in": 300, "password": "open sesame please"});
    post(&ada, KEY, &links, &options).await;
    let again = post(&ada, KEY, &links, &options).await;
    assert_eq!((again.status, &again.json()["has_password"]), (201, &json!(true)));
    let path = link_path(&stack, &again.json());
    assert_eq!(open_link(&stack, &path, json!({"password": "open sesame"})).await.status, 401);
    assert_eq!(open_link(&stack, &path, options).await.status, 303);
}

#[tokio::test]
async fn concurrent_requests_with_one_key_create_and_return_one_record() {
    for create in create_requests(&idempotency_stack()).await {
        let racers = (0..10).map(|_| {
            let create = create.clone();
            async move { create.send().await }
        });
        let answers = concurrently(racers).await;
        for answer in &answers {
            answer.assert(201, &answers[0].json());
        }
        assert_eq!(create.count().await, 1, "{}", create.path);
    }
}

#[tokio::test]
async fn a_key_cannot_be_reused_with_another_body() {
    for create in create_requests(&idempotency_stack()).await {
        let first = create.send().await.json();
        post(&create.user, create.function, &create.path, &create.other).await.assert(422, &key_reused());
        create.send().await.assert(201, &first);
        assert_eq!(create.count().await, 1, "{}", create.path);
    }
}

#[tokio::test]
async fn a_key_cannot_be_reused_on_another_route() {
    let [resource, _, file, image] = create_requests(&idempotency_stack()).await;
    assert_eq!(resource.send_as(KEY).await.status, 201);
    file.send_as(KEY).await.assert(422, &key_reused());
    assert_eq!(file.send_as("another").await.status, 201);
    image.send_as("another").await.assert(422, &key_reused());
    assert_eq!((file.count().await, image.count().await), (1, 0));
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn different_users_can_use_the_same_key() {
    let stack = idempotency_stack();
    for (one, other) in create_requests(&stack).await.into_iter().zip(create_requests(&stack).await) {
        let (one, other) = (one.send().await, other.send().await);
        assert_eq!((one.status, other.status), (201, 201));
        assert_ne!(id(&one.json()), id(&other.json()));
    }
}

#[tokio::test]
async fn without_a_key_each_request_creates_a_record() {
    let ada = stack().signed_up_user("ada").await;
    let body = json!({"field1": "one", "field2": "two"});
    let (one, other) = (ada.post(RESOURCES, body.clone()).await, ada.post(RESOURCES, body).await);
    assert_ne!(id(&one.json()), id(&other.json()));
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn a_repeated_request_does_not_recreate_a_deleted_record() {
    for create in create_requests(&idempotency_stack()).await {
        let made = create.send().await.json();
        assert_eq!(create.user.delete(&format!("{}/{}", create.path, id(&made))).await.status, 204);
        create.send().await.assert(404, &not_found());
        assert_eq!(create.count().await, 0, "{}", create.path);
    }
}

#[tokio::test]
async fn a_repeated_request_does_not_recreate_an_expired_link() {
    let stack = stack();
    let (ada, file) = sharer(&stack).await;
    let (links, options) = (format!("/api/files/{}/links", id(&file)), json!({"expires_in": 300}));
    let made = post(&ada, KEY, &links, &options).await.json();
    let entry =
        stack.record(&format!("SHARES#{}", ada.id), &format!("SHARE#{}#{}", id(&file), id(&made))).await;
    let share = format!("SHARE#{}", entry["hash"]["S"].as_str().expect("a hash"));
    stack.set_attribute(&share, "SHARE", "expires_at", json!({"S": "2026-01-01T00:00:00Z"})).await;
    post(&ada, KEY, &links, &options).await.assert(404, &not_found());
}

#[tokio::test]
async fn the_formatting_of_a_repeated_request_does_not_matter() {
    let ada = stack().signed_up_user("ada").await;
    let first = post(&ada, KEY, RESOURCES, &json!({"field1": "one", "field2": "two"})).await.json();
    for (path, body) in [
        ("/api/resource", r#"{"field2":"two","field1":"one"}"#),
        ("/api/resource/", r#" { "field1" : "one", "field2" : "t\u0077o" } "#),
    ] {
        let request = ada.request(Method::POST, path).header("idempotency-key", KEY);
        let request = request.header("content-type", "application/json").body(body);
        Answer::of(request).await.assert(201, &first);
    }
}

#[tokio::test]
async fn a_key_needs_no_additional_call() {
    let counter = CallCounter::start().await;
    let number = AtomicU32::new(0);
    for create in create_requests(&counter.stack).await {
        // The name of a tier must be unique.
        let body = || {
            let mut body = create.body.clone();
            if create.path == TIERS {
                body["name"] = json!(create.user.stack.fresh_name("Once "));
            }
            body
        };
        let without = async || create.user.post(&create.path, body()).await;
        let with = async || {
            let key = number.fetch_add(1, Ordering::Relaxed).to_string();
            post(&create.user, &key, &create.path, &body()).await
        };
        let without = counter.sequential_calls(create.function, without).await;
        assert_eq!(counter.sequential_calls(create.function, with).await, without, "{}", create.path);
    }
}

#[tokio::test]
async fn a_request_can_be_repeated_after_its_function_was_killed() {
    let stack = exclusive_stack().await;
    for create in create_requests(&stack).await {
        stack.calls().interrupt_next(create.function, "TransactWriteItems", Fault::KillAfter, 1);
        let died = create.send().await;
        stack.calls().clear(create.function);
        assert_eq!(died.outcome(), (500, json!({"message": "Internal Server Error"})), "{}", create.path);
        assert_eq!(create.count().await, 1, "{}", create.path);
        let again = create.send().await;
        assert_eq!(again.status, 201, "{}", stack.explain(&again));
        create.send().await.assert(201, &again.json());
        assert_eq!(create.count().await, 1, "{}", create.path);
    }
}
