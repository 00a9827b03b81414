//! The origin secret, which two deployments replace without a failed request.

use std::time::Duration;

use local::invoker::Outcome;
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard, watch};

use crate::front_door::event;
use crate::helpers::{TestStack, User, id, stack_with};
use crate::idempotency::{KEY, RESOURCES, post};

/// A stack whose secret is changed, for one test at a time. Its generation continues where the previous test left it.
struct Origin {
    stack: TestStack,
    generation: MutexGuard<'static, u32>,
}

async fn origin() -> Origin {
    static GENERATION: Mutex<u32> = Mutex::const_new(1);
    let generation = GENERATION.lock().await;
    Origin { stack: stack_with(&[("MailFrom", "origin@example.com")]), generation }
}

impl Origin {
    async fn deploy(&mut self, generation: u32) {
        let updated = self.stack.update(&[("OriginSecretGeneration", &generation.to_string())]).await;
        updated.unwrap_or_else(|error| panic!("{error}"));
        *self.generation = generation;
    }

    async fn step(&mut self) {
        self.deploy(*self.generation + 1).await;
    }

    /// The secrets that functions accept.
    fn accepted(&self) -> Vec<String> {
        let function = self.stack.function("get-health").expect("a function");
        function.environment["ORIGIN_SECRETS"].split(',').map(str::to_owned).collect()
    }

    /// The status of a response to a request with this secret.
    async fn status_with(&self, secret: &str) -> Value {
        let event = event("GET", "/health", &json!({"x-satchel-origin-secret": secret}));
        let outcome = self.stack.invoke("get-health", event).await.expect("a function").outcome;
        let Outcome::Answered(answer) = outcome else { panic!("{outcome:?}") };
        serde_json::from_slice::<Value>(&answer).expect("JSON")["statusCode"].clone()
    }
}

#[tokio::test]
#[ignore = "left to .ci/run, so that the test command takes no longer than 90 s"]
async fn the_secret_is_replaced_under_load_without_a_failed_request() {
    let mut origin = origin().await;
    let ada = origin.stack.signed_up_user("ada").await;
    let before = origin.accepted();
    for _ in 0..4 {
        let (stop, stopped) = watch::channel(false);
        let workers: Vec<_> = [Request::Health, Request::Account, Request::Verify, Request::Files]
            .map(|request| tokio::spawn(send_requests(request, ada.clone(), stopped.clone())))
            .into();
        tokio::time::sleep(PAUSE).await;
        origin.step().await;
        tokio::time::sleep(PAUSE).await;
        stop.send(true).expect("the workers are running");
        for worker in workers {
            worker.await.expect("every answer is 200");
        }
    }
    let after = origin.accepted();
    assert!(after.iter().all(|secret| !before.contains(secret)), "four steps replace both secrets");
    for secret in &before {
        assert_eq!(origin.status_with(secret).await, 403);
    }
    for secret in &after {
        assert_eq!(origin.status_with(secret).await, 200);
    }
}

/// Long enough for a few requests.
const PAUSE: Duration = Duration::from_millis(200);

#[derive(Clone, Copy)]
enum Request {
    Health,
    Account,
    Verify,
    Files,
}

/// Sends requests one after another until it is stopped, but at least four.
async fn send_requests(request: Request, ada: User, stopped: watch::Receiver<bool>) {
    let mut answered = 0;
    while answered < 4 || !*stopped.borrow() {
        let answer = match request {
            Request::Health => ada.stack.get("/health").await,
            Request::Account => ada.get("/api/users/me").await,
            Request::Verify => ada.stack.post("/api/token/verify", json!({"token": ada.access})).await,
            Request::Files => ada.get("/api/files").await,
        };
        assert_eq!(answer.status, 200, "{}", ada.stack.explain(&answer));
        answered += 1;
    }
}

#[tokio::test]
async fn rolling_back_restores_the_previous_secrets() {
    let mut origin = origin().await;
    let before = origin.accepted();
    for _ in 0..2 {
        origin.step().await;
        let after = origin.accepted();
        origin.deploy(*origin.generation - 1).await;
        assert_eq!(origin.accepted(), before);
        origin.step().await;
        assert_eq!(origin.accepted(), after);
        if after != before {
            return;
        }
    }
    panic!("one of two steps must change the accepted secrets");
}

#[tokio::test]
async fn an_idempotency_key_survives_a_rotation_of_the_secret() {
    let mut origin = origin().await;
    let ada = origin.stack.signed_up_user("ada").await;
    let body = json!({"field1": "one", "field2": "two"});
    let first = post(&ada, KEY, RESOURCES, &body).await;
    assert_eq!(first.status, 201, "{}", first.text());
    origin.step().await;
    origin.step().await;
    let again = post(&ada, KEY, RESOURCES, &body).await;
    assert_eq!((again.status, id(&again.json())), (201, id(&first.json())), "{}", again.text());
}
