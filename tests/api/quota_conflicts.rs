//! The quota during conflicts of transactions. All requests are answered, and the sum is exact.

use local::calls::Fault;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::helpers::{Answer, ExclusiveStack, User, concurrently, exclusive_stack, id};

const GIB: u64 = 1 << 30;

fn exceeded() -> (u16, Value) {
    (403, json!({"detail": "Storage quota exceeded.", "code": "quota_exceeded"}))
}

/// The number of the call that was the transaction in the function's last request, counted from 1.
fn transaction_of(stack: &ExclusiveStack, function: &str) -> u32 {
    let request = stack.calls().last_request_of(function).expect("it was called");
    let calls = stack.calls().of_request(&request);
    let place = calls.iter().position(|call| call.operation == "TransactWriteItems");
    u32::try_from(place.expect("a transaction") + 1).expect("few calls")
}

/// Injects conflicts into the next requests: `times` at the first attempt of the transaction, half as many at the
/// second, and a quarter at the third.
fn inject_conflicts(stack: &ExclusiveStack, function: &str, times: u32) {
    let first = transaction_of(stack, function);
    for (attempt, times) in (first..).zip([times, times / 2, times / 4]) {
        stack.calls().inject(function, attempt, Fault::TransactionConflict, times);
    }
}

/// Repeats a request until its response is not 503, because conflicts can last longer than two seconds on a busy
/// machine.
async fn send_until_accepted(request: impl Fn() -> RequestBuilder) -> Answer {
    loop {
        let answer = Answer::of(request()).await;
        if answer.status != 503 {
            return answer;
        }
        assert_eq!(answer.header("retry-after"), "1", "{}", answer.text());
    }
}

/// Announces `count` files and images of `size` bytes concurrently. Returns how many were accepted, and how many
/// exceeded the quota.
async fn race(user: &User, count: usize, size: u64) -> (usize, usize) {
    let announce = |place: usize| {
        let user = user.clone();
        let path = if place.is_multiple_of(2) { "/api/files" } else { "/api/images" };
        let body = json!({"filename": "a.png", "content_type": "image/png", "size": size});
        async move { send_until_accepted(|| user.request(Method::POST, path).json(&body)).await.outcome() }
    };
    let answers = concurrently((0..count).map(announce)).await;
    let accepted = answers.iter().filter(|(status, _)| *status == 201).count();
    let refused = answers.iter().filter(|answer| **answer == exceeded()).count();
    assert_eq!(accepted + refused, count, "{answers:?}");
    (accepted, refused)
}

/// The number of files and images of the user.
async fn count_uploads(user: &User) -> usize {
    let mut count = 0;
    for path in ["/api/files?limit=100", "/api/images?limit=100"] {
        count += user.get(path).await.json()["results"].as_array().expect("a list").len();
    }
    count
}

/// A user with a file and an image of one byte, whose next announcements meet conflicts.
async fn user_with_conflicts(stack: &ExclusiveStack) -> User {
    let ada = stack.signed_up_user("ada").await;
    assert_eq!(race(&ada, 2, 1).await, (2, 0));
    for function in ["create-file", "create-image"] {
        inject_conflicts(stack, function, 15);
    }
    ada
}

#[tokio::test]
async fn thirty_concurrent_announcements_all_succeed_despite_conflicts() {
    let stack = exclusive_stack().await;
    let ada = user_with_conflicts(&stack).await;
    let before = stack.calls().count("create-file", "TransactWriteItems");
    assert_eq!(race(&ada, 30, 1000).await, (30, 0));
    let transactions = stack.calls().count("create-file", "TransactWriteItems") - before;
    assert!(transactions >= 30, "{transactions}: each of fifteen files needs two transactions");
    assert_eq!(ada.used_bytes().await, 30_002);
    assert_eq!(count_uploads(&ada).await, 32);
}

#[tokio::test]
async fn concurrent_announcements_never_exceed_the_quota_despite_conflicts() {
    let stack = exclusive_stack().await;
    let ada = user_with_conflicts(&stack).await;
    ada.leave_room_for(5 * 1000 + 999).await;
    assert_eq!(race(&ada, 20, 1000).await, (5, 15));
    assert_eq!(ada.used_bytes().await, GIB - 999);
    assert_eq!(count_uploads(&ada).await, 2 + 5);
}

#[tokio::test]
async fn concurrent_deletes_release_the_exact_quota_despite_conflicts() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    let mut made = Vec::new();
    for place in 0..12_usize {
        let path = if place.is_multiple_of(2) { "/api/files" } else { "/api/images" };
        let record = ada.announce(path, "a.png", "image/png", 1000 + place).await;
        made.push(format!("{path}/{}", id(&record)));
    }
    for path in made.split_off(10) {
        assert_eq!(ada.delete(&path).await.status, 204);
    }
    assert_eq!(ada.used_bytes().await, (0..10).map(|place| 1000 + place).sum::<u64>());
    for function in ["delete-file", "delete-image"] {
        inject_conflicts(&stack, function, 5);
    }
    // Each is deleted twice, and one of the two requests finds nothing.
    let deletes = made.iter().chain(&made).map(|path| {
        let (ada, path) = (ada.clone(), path.clone());
        async move { send_until_accepted(|| ada.request(Method::DELETE, &path)).await.status }
    });
    let mut statuses = concurrently(deletes).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [[204; 10], [404; 10]].concat());
    assert_eq!(ada.used_bytes().await, 0);
    assert_eq!(count_uploads(&ada).await, 0);
}
