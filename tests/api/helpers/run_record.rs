//! Files in which a run of the tests records what it saw, for the checks that follow it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

/// The record of this run: each line once, as JSON. It is empty if only some tests were selected, because the others may
/// see more.
pub struct RunRecord(Option<Mutex<Lines>>);

/// The file of this run, and its lines.
struct Lines {
    file: File,
    known: BTreeSet<String>,
}

impl RunRecord {
    /// Opens an empty file for this run, `<name>.<usual or ignored>.<number>.jsonl`. Concurrent runs have different files.
    pub fn start(name: &str) -> Self {
        let record =
            Self(is_whole().then(|| Mutex::new(Lines { file: free_file(name), known: BTreeSet::new() })));
        record.note(&json!({"started": local::clock::now()}));
        record
    }

    /// Adds a line, unless there is one like it. It is written at once, so none is missing when the run ends.
    pub fn note(&self, line: &Value) {
        let Some(lines) = &self.0 else { return };
        let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
        let line = line.to_string();
        if lines.known.insert(line.clone()) {
            lines.file.write_all(format!("{line}\n").as_bytes()).expect("the line can be written");
        }
    }
}

fn free_file(name: &str) -> File {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let open = |number: u32| {
        let path = folder.join(format!("{name}.{}.{number}.jsonl", which_tests()));
        File::options().create(true).append(true).open(path).expect("a file can be opened")
    };
    // The lock is held until the process ends.
    let file = (0..1000).map(open).find(|file| file.try_lock().is_ok()).expect("fewer runs are in progress");
    file.set_len(0).expect("the file can be emptied");
    file
}

/// The kind of tests in this run.
fn which_tests() -> &'static str {
    if std::env::args().any(|argument| argument == "--ignored") { "ignored" } else { "usual" }
}

/// Whether this run has all usual tests or all ignored tests: the command line selects none of them.
fn is_whole() -> bool {
    let selects = |argument: &str| !argument.starts_with("--") || argument == "--skip";
    !std::env::args().skip(1).any(|argument| selects(argument.split('=').next().unwrap_or_default()))
}
