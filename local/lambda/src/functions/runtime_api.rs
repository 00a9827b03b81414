//! The Lambda Runtime API, one port for every process: each has its own path in front.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use serde_json::json;
use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot};

use super::process::Process;
use crate::credentials::Signer;

/// The most that a function may answer with (6 MB, as Lambda counts it).
pub(super) const MAX_RESPONSE: usize = 6_291_556;

/// An event for a process, with what the Runtime API tells about it.
pub(super) struct Work {
    pub request_id: String,
    pub event: Bytes,
    pub deadline_ms: i64,
    pub arn: String,
    pub trace_id: String,
}

/// What a process made of its event.
pub(super) enum Answer {
    Response(Bytes),
    Error(Bytes),
    TooLarge,
}

/// Where the pool and one process meet.
pub(super) struct Link {
    events: mpsc::Sender<Work>,
    next: AsyncMutex<mpsc::Receiver<Work>>,
    expected: Mutex<Option<(String, oneshot::Sender<Answer>)>>,
    initialised: Mutex<Option<oneshot::Sender<Result<(), Bytes>>>>,
    initialising: Mutex<Option<oneshot::Receiver<Result<(), Bytes>>>>,
}

impl Default for Link {
    fn default() -> Self {
        let (events, next) = mpsc::channel(1);
        let (initialised, initialising) = oneshot::channel();
        Self {
            events,
            next: AsyncMutex::new(next),
            expected: Mutex::default(),
            initialised: Mutex::new(Some(initialised)),
            initialising: Mutex::new(Some(initialising)),
        }
    }
}

impl Link {
    /// For the first invocation: resolves at the first poll, or to the error that the process reported before it.
    pub fn initialising(&self) -> Option<oneshot::Receiver<Result<(), Bytes>>> {
        lock(&self.initialising).take()
    }

    /// Hands an event over; the answer comes through the receiver, never if the process ends first.
    pub async fn hand_over(&self, work: Work) -> oneshot::Receiver<Answer> {
        let (sender, receiver) = oneshot::channel();
        *lock(&self.expected) = Some((work.request_id.clone(), sender));
        // The receiving end lives as long as this link, so sending cannot fail.
        _ = self.events.send(work).await;
        receiver
    }

    fn initialised(&self, outcome: Result<(), Bytes>) {
        if let Some(sender) = lock(&self.initialised).take() {
            _ = sender.send(outcome);
        }
    }

    /// Delivers an answer; `false` if this request is not the one being worked on.
    fn answer(&self, request_id: &str, answer: Answer) -> bool {
        let mut expected = lock(&self.expected);
        match expected.take() {
            Some((id, sender)) if id == request_id => {
                _ = sender.send(answer);
                true
            }
            other => {
                *expected = other;
                false
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Every running process, by who it signs as.
#[derive(Clone, Default)]
pub(super) struct Processes {
    by_signer: Arc<Mutex<HashMap<Signer, Arc<Process>>>>,
}

impl Processes {
    /// Starts a process and enters it, both under the lock: on a busy machine it may poll before this returns,
    /// and that poll waits here until the process is known.
    pub fn start(&self, start: impl FnOnce() -> io::Result<Process>) -> io::Result<Arc<Process>> {
        let mut by_signer = lock(&self.by_signer);
        let process = Arc::new(start()?);
        by_signer.insert(process.signer.clone(), Arc::clone(&process));
        Ok(process)
    }

    pub fn remove(&self, signer: &Signer) {
        lock(&self.by_signer).remove(signer);
    }

    pub fn get(&self, signer: &Signer) -> Option<Arc<Process>> {
        lock(&self.by_signer).get(signer).cloned()
    }

    pub fn drain(&self) -> Vec<Arc<Process>> {
        lock(&self.by_signer).drain().map(|(_, process)| process).collect()
    }

    fn at(&self, function: String, slot: u32) -> Result<Arc<Process>, Refusal> {
        self.get(&Signer { function, slot }).ok_or(Refusal(StatusCode::NOT_FOUND, "UnknownProcess"))
    }
}

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

async fn next(
    State(processes): State<Processes>,
    Path((function, slot)): Path<(String, u32)>,
) -> Result<Response, Refusal> {
    let process = processes.at(function, slot)?;
    let link = &process.link;
    link.initialised(Ok(()));
    let Some(work) = link.next.lock().await.recv().await else {
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
    let process = processes.at(function, slot)?;
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
    let process = processes.at(function, slot)?;
    settle(&process, &request_id, Answer::Error(body), StatusCode::ACCEPTED)
}

async fn init_error(
    State(processes): State<Processes>,
    Path((function, slot)): Path<(String, u32)>,
    body: Bytes,
) -> Result<Response, Refusal> {
    processes.at(function, slot)?.link.initialised(Err(body));
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
