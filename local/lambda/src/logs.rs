//! What the functions write: kept for tests, and passed on to the person at the terminal.

use std::collections::VecDeque;
use std::io::{IsTerminal as _, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many lines are kept; the oldest go first.
const KEPT: usize = 100_000;

/// Clears the line that the cursor is in.
const CLEAR: &str = "\x1b[K";

/// The stack's log. Clones share it.
#[derive(Clone, Default)]
pub struct Logs {
    kept: Arc<Mutex<Kept>>,
    output: Output,
}

/// Where lines go that are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Output {
    #[default]
    Nowhere,
    /// Stderr, which is a file or a pipe.
    File,
    /// Stderr, which is a terminal.
    Terminal,
}

#[derive(Default)]
struct Kept {
    lines: VecDeque<String>,
    /// Lines that were dropped before the first of `lines`.
    dropped: usize,
    /// What the last line of the terminal shows.
    status: String,
}

impl Logs {
    /// A log that also writes each line to stderr if `print` is set.
    #[must_use]
    pub fn new(print: bool) -> Self {
        let output = match (print, std::io::stderr().is_terminal()) {
            (false, _) => Output::Nowhere,
            (true, false) => Output::File,
            (true, true) => Output::Terminal,
        };
        Self { kept: Arc::default(), output }
    }

    /// Adds a line that `source` (a function's name, or a part of the stack) wrote.
    pub fn push(&self, source: &str, text: &str) {
        let line = format!("{source} | {text}");
        let mut kept = self.kept();
        self.write(&kept, &line);
        if kept.lines.len() == KEPT {
            kept.lines.pop_front();
            kept.dropped += 1;
        }
        kept.lines.push_back(line);
    }

    /// Shows `text` to the person at the terminal, and keeps nothing of it.
    pub fn show(&self, text: &str) {
        self.write(&self.kept(), text.trim_end());
    }

    /// Whether somebody sees what is written.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.output != Output::Nowhere
    }

    /// Shows `text` below all lines, until there is another status; `false` if stderr is no terminal.
    pub(crate) fn status(&self, text: &str) -> bool {
        let is_terminal = self.output == Output::Terminal;
        if is_terminal {
            let mut kept = self.kept();
            text.clone_into(&mut kept.status);
            // The cursor stays at the beginning: whatever others write begins there.
            _ = write!(std::io::stderr(), "{CLEAR}{text}\r");
        }
        is_terminal
    }

    /// A terminal that has gone away must not stop the stack.
    fn write(&self, kept: &Kept, line: &str) {
        let mut stderr = std::io::stderr().lock();
        _ = match (self.output, kept.status.as_str()) {
            (Output::Nowhere, _) => Ok(()),
            (_, "") => writeln!(stderr, "{line}"),
            (_, status) => write!(stderr, "{CLEAR}{line}\n{status}\r"),
        };
    }

    /// Every kept line, oldest first: `create-file | {"level":...}`.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.lines_after(0).0
    }

    /// The kept lines after the first `seen` that were ever written, and how many those are with them.
    #[must_use]
    pub fn lines_after(&self, seen: usize) -> (Vec<String>, usize) {
        let kept = self.kept();
        let new = kept.lines.iter().skip(seen.saturating_sub(kept.dropped));
        (new.cloned().collect(), kept.dropped + kept.lines.len())
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
