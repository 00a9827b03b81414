//! How a process dealt with an event, and what that means for its caller and for the log.

use std::time::Duration;

use serde_json::json;

use super::link::{Answer, MAX_RESPONSE};
use crate::outcome::Outcome;
use crate::report;

/// How a process dealt with an event.
pub(super) enum End {
    Answer(Answer),
    TimedOut,
    /// It used more memory than its function's `MemorySize`.
    OutOfMemory,
    /// It ended, or reported that it cannot start: what Lambda would log about it.
    Broken(String, Outcome),
}

impl End {
    /// The outcome of an event, and what Lambda would log about it.
    pub fn outcome(self, request_id: &str, timeout: Duration) -> (Outcome, Option<String>) {
        match self {
            Self::Answer(Answer::Response(body)) => (Outcome::Answered(body), None),
            Self::Answer(Answer::Error(body)) => (Outcome::Failed(body), None),
            Self::Answer(Answer::TooLarge) => {
                let message = format!(
                    "Response payload size exceeded maximum allowed payload size ({MAX_RESPONSE} bytes)."
                );
                (failed("Function.ResponseSizeTooLarge", &message), Some(message))
            }
            Self::TimedOut => {
                let message = format!("{request_id} {}", report::timed_out(timeout));
                (Outcome::TimedOut, Some(message))
            }
            Self::OutOfMemory => {
                let message = format!("RequestId: {request_id} Error: {} Runtime.ExitError", report::KILLED);
                (Outcome::OutOfMemory, Some(message))
            }
            Self::Broken(message, outcome) => (outcome, Some(message)),
        }
    }
}

/// An error of Lambda's own.
pub(super) fn failed(error_type: &str, message: &str) -> Outcome {
    Outcome::Failed(json!({"errorMessage": message, "errorType": error_type}).to_string().into())
}
