//! How many AWS calls a request makes in sequence. Each of them costs a round trip.

use std::time::Duration;

use local::calls::Calls;
use serde_json::json;
use tokio::sync::Mutex;

use crate::helpers::{Answer, ExclusiveStack, PASSWORD, User, exclusive_stack};

/// Long enough that parallel calls overlap even on a busy machine.
const ROUND_TRIP: Duration = Duration::from_millis(100);

/// Counts AWS calls in sequence, on a stack that no other test uses.
pub struct CallCounter {
    pub stack: ExclusiveStack,
}

impl CallCounter {
    /// Waits for a free stack.
    pub async fn start() -> Self {
        Self { stack: exclusive_stack().await }
    }

    /// The number of calls that `function` makes in sequence for the request `send`. Two requests before it warm up
    /// the function, because a cold start also fetches keys.
    pub async fn sequential_calls(&self, function: &str, send: impl AsyncFn() -> Answer) -> usize {
        for _ in 0..2 {
            let answer = send().await;
            assert!(answer.status < 400, "{}", answer.text());
        }
        self.stack.calls().delay_all(function, Some(ROUND_TRIP));
        let answer = send().await;
        self.stack.calls().delay_all(function, None);
        assert!(answer.status < 400, "{}", answer.text());
        let request = self.stack.calls().last_request_of(function).expect("it was invoked");
        Calls::in_sequence(&self.stack.calls().of_request(&request))
    }
}

async fn refresh_token(user: &User) -> Answer {
    user.stack.post("/api/token/refresh", json!({"refresh": user.refresh})).await
}

#[tokio::test]
async fn signing_up_takes_two_calls() {
    let counter = CallCounter::start().await;
    let stack = &counter.stack;
    let create = async || {
        let body = json!({"username": stack.fresh_name("ada"), "password": PASSWORD});
        stack.post("/api/users", body).await
    };
    assert_eq!(counter.sequential_calls("create-user", create).await, 2);
    let register = async || {
        let (name, email) = (stack.fresh_name("ada"), stack.fresh_address());
        let body = json!({"username": name, "password": PASSWORD, "email": email});
        stack.post("/api/user/register", body).await
    };
    assert_eq!(counter.sequential_calls("register-user", register).await, 2);
}

#[tokio::test]
async fn signing_in_takes_two_calls() {
    let counter = CallCounter::start().await;
    let ada = counter.stack.signed_up_user("ada").await;
    let sign_in =
        async || counter.stack.post("/api/token", json!({"username": ada.name, "password": PASSWORD})).await;
    assert_eq!(counter.sequential_calls("create-token", sign_in).await, 2);
}

#[tokio::test]
async fn refreshing_takes_two_calls() {
    let counter = CallCounter::start().await;
    let ada = counter.stack.signed_up_user("ada").await;
    // Each request needs a new token, because a repeated one takes fewer calls.
    let newest = Mutex::new(ada);
    let refresh = async || {
        let mut user = newest.lock().await;
        let answer = refresh_token(&user).await;
        let token = |kind: &str| answer.json()[kind].as_str().expect("a token").to_owned();
        *user = user.with_tokens(&token("access"), &token("refresh"));
        answer
    };
    assert_eq!(counter.sequential_calls("refresh-token", refresh).await, 2);
}

#[tokio::test]
async fn refreshing_with_a_replaced_token_takes_one_call() {
    let counter = CallCounter::start().await;
    let ada = counter.stack.signed_up_user("ada").await;
    assert_eq!(counter.sequential_calls("refresh-token", async || refresh_token(&ada).await).await, 1);
}

#[tokio::test]
async fn checking_a_token_takes_one_call() {
    let counter = CallCounter::start().await;
    let ada = counter.stack.signed_up_user("ada").await;
    let verify = async || counter.stack.post("/api/token/verify", json!({"token": ada.access})).await;
    assert_eq!(counter.sequential_calls("verify-token", verify).await, 1);
}

#[tokio::test]
async fn showing_the_callers_account_takes_one_call() {
    let counter = CallCounter::start().await;
    let ada = counter.stack.signed_up_user("ada").await;
    let me = async || ada.get("/api/users/me").await;
    assert_eq!(counter.sequential_calls("get-current-user", me).await, 1);
}
