//! What the log lines of one invocation share: its id, whether the process is new, and who called.
//!
//! A process of Lambda handles one event at a time, so this state belongs to the process.

use std::fmt::Display;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

static STATE: Mutex<State> = Mutex::new(State { request_id: None, caller_id: None, has_run: false });

struct State {
    request_id: Option<String>,
    caller_id: Option<String>,
    has_run: bool,
}

/// One invocation, from its event to its response.
#[derive(Debug)]
pub struct Run {
    started: Instant,
    is_cold: bool,
}

impl Run {
    /// Begins an invocation: all lines from now on have its id.
    #[must_use]
    pub fn begin(request_id: &str) -> Self {
        let mut state = state();
        let is_cold = !state.has_run;
        *state = State { request_id: Some(request_id.to_owned()), caller_id: None, has_run: true };
        Self { started: Instant::now(), is_cold }
    }

    /// Whether this is the first invocation of the process.
    #[must_use]
    pub fn is_cold(&self) -> bool {
        self.is_cold
    }

    /// Milliseconds since the invocation began.
    #[must_use]
    pub fn milliseconds(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The id of the account that [`note_caller`] noted.
    #[must_use]
    #[expect(clippy::unused_self, reason = "the caller is that of this invocation")]
    pub fn caller_id(&self) -> Option<String> {
        state().caller_id.clone()
    }
}

/// Notes the id of the account that sent the current request, for its log line.
pub fn note_caller(id: impl Display) {
    state().caller_id = Some(id.to_string());
}

/// The id of the current invocation.
pub(super) fn request_id() -> Option<String> {
    state().request_id.clone()
}

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}
