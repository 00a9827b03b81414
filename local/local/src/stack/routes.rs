//! `/_local/...`: what the stack adds to the API for people and tests.

use std::collections::BTreeMap;

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use local_calls::Calls;
use local_lambda::{Invoker, Outcome};
use local_policy::Permissions;
use local_ses::{Inbox, PageWords};
use serde_json::json;

use super::deployed::Deployed;

/// The most that Lambda takes as an event.
const MAX_EVENT: usize = 6_291_456;

/// The stack's own routes.
pub(super) fn router(
    calls: &Calls,
    invoker: Invoker,
    inbox: Inbox,
    words: PageWords,
    deployed: Deployed,
) -> Router {
    let permissions = calls.permissions().clone();
    let calls = calls.clone();
    Router::new()
        .route("/_local/invoke/{function}", post(invoke).layer(DefaultBodyLimit::max(MAX_EVENT)))
        .route("/_local/queues/{queue}", get(queue))
        .with_state(invoker)
        .merge(local_ses::inbox_page(inbox, words))
        .merge(Router::new().route("/_local/parameters", post(parameters)).with_state(deployed))
        .merge(Router::new().route("/_local/permissions", get(permitted)).with_state(permissions))
        .merge(Router::new().route("/_local/usage", get(used)).with_state(calls))
}

/// `POST /_local/invoke/<function>` with the event as body: answers like Lambda's own `Invoke`, with the
/// function's payload, and `x-amz-function-error` if that is an error.
async fn invoke(State(invoker): State<Invoker>, Path(function): Path<String>, event: Bytes) -> Response {
    let event = if event.is_empty() { Bytes::from_static(b"{}") } else { event };
    if let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(&event) {
        return refusal(StatusCode::BAD_REQUEST, &format!("the event is not JSON: {error}"));
    }
    match invoker.invoke(&function, event).await {
        Err(error) => refusal(StatusCode::NOT_FOUND, &error.to_string()),
        Ok(invocation) => {
            let payload = invoker.payload(&function, &invocation);
            let mut response = ([(header::CONTENT_TYPE, "application/json")], payload).into_response();
            if let Ok(id) = invocation.request_id.parse() {
                response.headers_mut().insert("x-amzn-requestid", id);
            }
            if !matches!(invocation.outcome, Outcome::Answered(_)) {
                response.headers_mut().insert("x-amz-function-error", HeaderValue::from_static("Unhandled"));
            }
            response
        }
    }
}

/// `GET /_local/queues/<name>`: the messages that events which failed for good have left, oldest first.
async fn queue(State(invoker): State<Invoker>, Path(queue): Path<String>) -> Response {
    Json(invoker.queue(&queue)).into_response()
}

/// `POST /_local/parameters` with `{"KeyGeneration":"2"}`: deploys other values of parameters.
async fn parameters(
    State(deployed): State<Deployed>,
    Json(changes): Json<BTreeMap<String, String>>,
) -> Response {
    match deployed.update(changes).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => refusal(StatusCode::BAD_REQUEST, &error.to_string()),
    }
}

/// `GET /_local/permissions`: what the template grants to each function, which of it was used, and what was denied.
async fn permitted(State(permissions): State<Permissions>) -> Response {
    Json(permissions.report()).into_response()
}

/// `GET /_local/usage`: the calls and the capacity units that each function has used, which is what AWS charges for.
async fn used(State(calls): State<Calls>) -> Response {
    Json(calls.usage()).into_response()
}

fn refusal(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({"message": message}))).into_response()
}
