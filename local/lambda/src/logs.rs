//! What the functions write: kept for tests, and passed on to the person at the terminal.

use std::collections::VecDeque;
use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

/// How many lines are kept; the oldest go first.
const KEPT: usize = 100_000;

/// The stack's log. Clones share it.
#[derive(Clone, Default)]
pub struct Logs {
    kept: Arc<Mutex<Kept>>,
    print: bool,
}

#[derive(Default)]
struct Kept {
    lines: VecDeque<String>,
    /// Lines that were dropped before the first of `lines`.
    dropped: usize,
}

impl Logs {
    /// A log that also writes each line to stderr if `print` is set.
    #[must_use]
    pub fn new(print: bool) -> Self {
        Self { kept: Arc::default(), print }
    }

    /// Adds a line that `source` (a function's name, or a part of the stack) wrote.
    pub fn push(&self, source: &str, text: &str) {
        let line = format!("{source} | {text}");
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if self.print {
            // A terminal that has gone away must not stop the stack.
            _ = writeln!(std::io::stderr(), "{line}");
        }
        if kept.lines.len() == KEPT {
            kept.lines.pop_front();
            kept.dropped += 1;
        }
        kept.lines.push_back(line);
    }

    /// Every kept line, oldest first: `create-file | {"level":...}`.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.lines_after(0).0
    }

    /// The kept lines after the first `seen` that were ever written, and how many those are with them.
    #[must_use]
    pub fn lines_after(&self, seen: usize) -> (Vec<String>, usize) {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let new = kept.lines.iter().skip(seen.saturating_sub(kept.dropped));
        (new.cloned().collect(), kept.dropped + kept.lines.len())
    }
}
