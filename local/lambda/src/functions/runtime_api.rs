//! The Lambda Runtime API, one port for every process: each has its own path in front.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use local_common::Signer;
use serde_json::json;

use super::link::{Answer, MAX_RESPONSE};
use super::process::Process;
use super::processes::Processes;

/// The API for `processes`.
pub(super) fn router(processes: Processes) -> Router {
    const RUNTIME: &str = "/{function}/{slot}/2018-06-01/runtime";
    Router::new()
        .route(&format!("{RUNTIME}/invocation/next"), get(next))
        .route(&format!("{RUNTIME}/invocation/{{request_id}}/response"), post(response))
        .route(&format!("{RUNTIME}/invocation/{{request_id}}/error"), post(error))
        .route(&format!("{RUNTIME}/init/error"), post(init_error))
        .with_state(processes)
}

fn process(processes: &Processes, function: String, slot: u32) -> Result<Arc<Process>, Refusal> {
    processes.get(&Signer { function, slot }).ok_or(Refusal(StatusCode::NOT_FOUND, "UnknownProcess"))
}

async fn next(
    State(processes): State<Processes>,
    Path((function, slot)): Path<(String, u32)>,
) -> Result<Response, Refusal> {
    let process = process(&processes, function, slot)?;
    let link = &process.link;
    link.initialised(Ok(()));
    let Some(work) = link.next().await else {
        return Err(Refusal(StatusCode::GONE, "ProcessEnded"));
    };
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("lambda-runtime-aws-request-id", work.request_id),
        ("lambda-runtime-deadline-ms", work.deadline_ms.to_string()),
        ("lambda-runtime-invoked-function-arn", work.arn),
        ("lambda-runtime-trace-id", work.trace_id),
    ];
    Ok((headers, work.event).into_response())
}

async fn response(
    State(processes): State<Processes>,
    Path((function, slot, request_id)): Path<(String, u32, String)>,
    body: Body,
) -> Result<Response, Refusal> {
    let process = process(&processes, function, slot)?;
    let (answer, status) = match to_bytes(body, MAX_RESPONSE).await {
        Ok(body) => (Answer::Response(body), StatusCode::ACCEPTED),
        Err(_) => (Answer::TooLarge, StatusCode::PAYLOAD_TOO_LARGE),
    };
    settle(&process, &request_id, answer, status)
}

async fn error(
    State(processes): State<Processes>,
    Path((function, slot, request_id)): Path<(String, u32, String)>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let process = process(&processes, function, slot)?;
    settle(&process, &request_id, Answer::Error(body), StatusCode::ACCEPTED)
}

async fn init_error(
    State(processes): State<Processes>,
    Path((function, slot)): Path<(String, u32)>,
    body: Bytes,
) -> Result<Response, Refusal> {
    process(&processes, function, slot)?.link.initialised(Err(body));
    Ok(accepted(StatusCode::ACCEPTED))
}

fn settle(
    process: &Process,
    request_id: &str,
    answer: Answer,
    status: StatusCode,
) -> Result<Response, Refusal> {
    if process.link.answer(request_id, answer) {
        Ok(accepted(status))
    } else {
        Err(Refusal(StatusCode::BAD_REQUEST, "InvalidRequestID"))
    }
}

fn accepted(status: StatusCode) -> Response {
    (status, Json(json!({"status": "OK"}))).into_response()
}

/// An answer that the runtime takes for a failure of the API.
struct Refusal(StatusCode, &'static str);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(status, error_type) = self;
        (status, Json(json!({"errorMessage": error_type, "errorType": error_type}))).into_response()
    }
}
