//! What the functions write: kept for tests, and passed on to the person at the terminal.

use std::collections::VecDeque;
use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

/// How many lines are kept; the oldest go first.
const KEPT: usize = 100_000;

/// The stack's log. Clones share it.
#[derive(Clone, Default)]
pub struct Logs {
    lines: Arc<Mutex<VecDeque<String>>>,
    print: bool,
}

impl Logs {
    /// A log that also writes each line to stderr if `print` is set.
    #[must_use]
    pub fn new(print: bool) -> Self {
        Self { lines: Arc::default(), print }
    }

    /// Adds a line that `source` (a function's name, or a part of the stack) wrote.
    pub fn push(&self, source: &str, text: &str) {
        let line = format!("{source} | {text}");
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if self.print {
            // A terminal that has gone away must not stop the stack.
            _ = writeln!(std::io::stderr(), "{line}");
        }
        if lines.len() == KEPT {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    /// Every kept line, oldest first: `create-file | {"level":...}`.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
