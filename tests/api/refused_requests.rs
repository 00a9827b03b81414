//! Requests that API Gateway or the front door refuses on every route, before a function sees them.

use reqwest::Method;

use crate::helpers::{Answer, CONTRACT, stack};

/// More than the front door lets through.
const TOO_LARGE: usize = 5_000_000;

#[tokio::test]
async fn every_route_refuses_a_malformed_query() {
    let (stack, operations) = (stack(), CONTRACT.operations_with("400"));
    assert!(operations.len() > 50, "{operations:?}");
    for (method, path) in operations {
        let head = method == "HEAD";
        let method = Method::try_from(method.as_str()).expect("a method");
        let answer = Answer::of(stack.http.request(method, stack.url(&format!("{path}?limit=%zz")))).await;
        let body = if head { "" } else { r#"{"message":"Bad Request"}"# };
        assert_eq!((answer.status, answer.text().as_str()), (400, body), "{path}");
    }
}

#[tokio::test]
async fn every_route_with_a_body_refuses_one_that_is_too_large() {
    let (stack, operations) = (stack(), CONTRACT.operations_with("413"));
    assert!(operations.len() > 30, "{operations:?}");
    for (method, path) in operations {
        let method = Method::try_from(method.as_str()).expect("a method");
        let request = stack.http.request(method, stack.url(&path)).body(vec![b' '; TOO_LARGE]);
        let answer = Answer::of(request).await;
        let detail = answer.json()["detail"].as_str().unwrap_or_default().to_owned();
        assert_eq!(answer.status, 413, "{path}");
        assert!(detail.starts_with("The body has 5000000 bytes; a form takes at most "), "{path}: {detail}");
    }
}
