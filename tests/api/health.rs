//! `GET /health`.

use crate::helpers::{Answer, stack};
use serde_json::json;

#[tokio::test]
async fn the_health_route_returns_ok_and_the_version() {
    let answer = stack().get("/health").await;
    assert_eq!(
        (answer.status, answer.json()),
        (200, json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")}))
    );
}

#[tokio::test]
async fn a_path_works_with_and_without_a_trailing_slash() {
    let answers: [Answer; 2] = [stack().get("/health").await, stack().get("/health/").await];
    assert_eq!(answers[0].json(), answers[1].json());
}

#[tokio::test]
async fn an_unknown_path_or_method_gets_the_404_of_api_gateway() {
    let stack = stack();
    for answer in [stack.get("/nowhere").await, stack.delete("/health").await] {
        assert_eq!((answer.status, answer.json()), (404, json!({"message": "Not Found"})));
    }
}
