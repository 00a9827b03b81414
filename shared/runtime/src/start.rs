//! Starts a function's process, up to the point where it asks Lambda for events.

use std::error::Error;
use std::fmt::Debug;
use std::process::ExitCode;

use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing::{error, info};

use crate::telemetry::{self, Run, chain};
use crate::{Wired, Wiring};

/// Why a function does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Settings that are missing or cannot be read.
    #[error("settings: {}", .0.join("; "))]
    Settings(Vec<String>),
    /// A service that cannot be constructed.
    #[error(transparent)]
    Service(Box<dyn Error + Send + Sync>),
}

impl StartError {
    /// The error of a service that cannot be constructed because of `cause`.
    #[must_use]
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Service(cause.into())
    }
}

/// An event that is not an HTTP request, with the invocation's deadline.
#[derive(Debug)]
pub struct Invocation<T> {
    pub payload: T,
    /// When Lambda ends the invocation, in milliseconds since 1970.
    pub deadline: u64,
}

/// Runs `serve` with the wiring of this process, on a single-threaded runtime, and returns the exit code of
/// the process.
pub fn start(serve: impl AsyncFnOnce(Wiring) -> Result<(), Box<dyn Error + Send + Sync>>) -> ExitCode {
    telemetry::init();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let ended = match runtime {
        Ok(runtime) => runtime.block_on(serve(Wiring::from_env())),
        Err(failure) => Err(failure.into()),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            error!(cause = chain(failure.as_ref()), "function cannot run");
            ExitCode::FAILURE
        }
    }
}

/// Serves events that are not HTTP requests with `handle`, until Lambda stops the process.
pub fn serve_event<App, Payload, Output, Failure, Answer>(
    handle: impl Fn(&'static App, Invocation<Payload>) -> Answer,
) -> ExitCode
where
    App: Wired + 'static,
    Payload: DeserializeOwned,
    Output: Serialize,
    Failure: Into<Diagnostic> + Debug,
    Answer: Future<Output = Result<Output, Failure>>,
{
    start(async |wiring| {
        let app: &'static App = Box::leak(Box::new(App::wired(&wiring)?));
        wiring.complete()?;
        lambda_runtime::run(service_fn(|event: LambdaEvent<Payload>| {
            let (payload, context) = event.into_parts();
            let run = Run::begin(&context.request_id);
            let work = handle(app, Invocation { payload, deadline: context.deadline });
            async move {
                let result = work.await;
                let outcome = if result.is_ok() { "done" } else { "failed" };
                let route = &context.env_config.function_name;
                info!(route, outcome, duration_ms = run.milliseconds(), cold_start = run.is_cold(), "event");
                result
            }
        }))
        .await
    })
}
