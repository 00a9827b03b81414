//! `GET /health`.

use crate::helpers::{Answer, stack};
use serde_json::json;

#[tokio::test]
async fn the_service_says_that_it_answers() {
    let answer = stack().get("/health").await;
    assert_eq!((answer.status, answer.json()), (200, json!({"status": "ok"})));
}

#[tokio::test]
async fn a_path_answers_with_and_without_a_trailing_slash() {
    let answers: [Answer; 2] = [stack().get("/health").await, stack().get("/health/").await];
    assert_eq!(answers[0].json(), answers[1].json());
}

#[tokio::test]
async fn an_unknown_path_or_method_gets_the_gateways_own_answer() {
    let stack = stack();
    for answer in [stack.get("/nowhere").await, stack.delete("/health").await] {
        assert_eq!((answer.status, answer.json()), (404, json!({"message": "Not Found"})));
    }
}
