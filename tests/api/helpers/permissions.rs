//! Records which permissions the functions of all stacks have and use. `.ci/permissions` reads the files.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Write as _, stderr};
use std::path::Path;
use std::sync::{LazyLock, Mutex, PoisonError};

use local::Stack;
use local::permissions::{Noted, Permission};
use serde_json::json;

/// The record of this run; none if only some tests were selected, because the others may need more permissions.
static RUN: LazyLock<Option<Mutex<Run>>> = LazyLock::new(|| is_whole().then(|| Mutex::new(Run::start())));

/// The file of this run, and its lines.
struct Run {
    file: File,
    lines: BTreeSet<String>,
}

/// Records everything that `stack` grants, uses and denies, from its start. Each line is written before the call is
/// answered, so none is missing when the run ends.
pub fn note_permissions(stack: &Stack) {
    stack.permissions().watch(|noted| {
        if let Noted::Denied(denied) = noted {
            // `eprintln!` would show the text in the output of the test that started the stack.
            let Permission { function, action, resource } = denied;
            _ = writeln!(stderr(), "{function} was denied {action} on {resource}");
        }
        if let Some(run) = &*RUN {
            run.lock().unwrap_or_else(PoisonError::into_inner).write(json!(noted).to_string());
        }
    });
}

impl Run {
    /// Opens an empty file for this run. Concurrent runs have different files.
    fn start() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let open = |number: u32| {
            let path = folder.join(format!("used-permissions.{}.{number}.jsonl", which_tests()));
            File::options().create(true).append(true).open(path).expect("a file can be opened")
        };
        // The lock is held until the process ends.
        let file =
            (0..1000).map(open).find(|file| file.try_lock().is_ok()).expect("fewer runs are in progress");
        file.set_len(0).expect("the file can be emptied");
        let mut run = Self { file, lines: BTreeSet::new() };
        run.write(json!({"started": local::clock::now()}).to_string());
        run
    }

    fn write(&mut self, line: String) {
        if self.lines.insert(line.clone()) {
            self.file.write_all(format!("{line}\n").as_bytes()).expect("the line can be written");
        }
    }
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
