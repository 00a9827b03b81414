//! How invocations end.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::report::{KILLED, timed_out};

/// A finished invocation.
#[derive(Debug, Clone)]
pub struct Invocation {
    pub request_id: String,
    pub outcome: Outcome,
}

/// How an invocation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The function's response.
    Answered(Bytes),
    /// The function's error: `{"errorMessage", "errorType"}`.
    Failed(Bytes),
    /// The process was killed at the function's `Timeout`.
    TimedOut,
    /// The process was killed because it used more memory than the function's `MemorySize`.
    OutOfMemory,
    /// The process ended before it answered.
    Crashed,
}

/// The template has no function of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no function named {0}")]
pub struct UnknownFunction(pub String);

impl Invocation {
    /// The payload that Lambda's own `Invoke` would answer with; `timeout` is the function's.
    #[must_use]
    pub fn payload(&self, timeout: Duration) -> Bytes {
        let id = &self.request_id;
        let error = |error_type: &str, message: String| {
            Bytes::from(json!({"errorType": error_type, "errorMessage": message}).to_string())
        };
        match &self.outcome {
            Outcome::Answered(body) | Outcome::Failed(body) => body.clone(),
            Outcome::TimedOut => {
                error("Sandbox.Timedout", format!("RequestId: {id} Error: {}", timed_out(timeout)))
            }
            Outcome::OutOfMemory => error("Runtime.ExitError", format!("RequestId: {id} Error: {KILLED}")),
            Outcome::Crashed => error(
                "Runtime.ExitError",
                format!("RequestId: {id} Error: Runtime exited without providing a reason"),
            ),
        }
    }

    /// Whether the function answered without an error.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        matches!(self.outcome, Outcome::Answered(_))
    }
}

/// A payload as JSON, or as a string if it is none.
pub(super) fn json_or_text(payload: &[u8]) -> Value {
    serde_json::from_slice(payload).unwrap_or_else(|_| Value::from(String::from_utf8_lossy(payload).as_ref()))
}
