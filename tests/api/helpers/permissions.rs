//! Writes down what functions may do and what they did, in every stack of a run: `.ci/permissions` reads it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Write as _, stderr};
use std::path::Path;
use std::sync::{LazyLock, Mutex, PoisonError};

use local::Stack;
use local::permissions::{Noted, Permission};
use serde_json::json;

/// A run of selected tests says nothing about what the others need.
static RUN: LazyLock<Option<Mutex<Run>>> = LazyLock::new(|| is_whole().then(|| Mutex::new(Run::start())));

/// The file of this run, and the lines that are in it.
struct Run {
    file: File,
    lines: BTreeSet<String>,
}

/// Notes everything that `stack` grants, uses and denies, from its start on. A line is written before the call that it
/// is about is answered, so the end of the run takes none away.
pub fn note_permissions(stack: &Stack) {
    stack.permissions().watch(|noted| {
        if let Noted::Denied(denied) = noted {
            // Not by a macro, whose text would be kept for the test that started the stack.
            let Permission { function, action, resource } = denied;
            _ = writeln!(stderr(), "{function} was denied {action} on {resource}");
        }
        if let Some(run) = &*RUN {
            run.lock().unwrap_or_else(PoisonError::into_inner).write(json!(noted).to_string());
        }
    });
}

impl Run {
    /// An empty file of this run: another that goes on at the same time has its own.
    fn start() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let open = |number: u32| {
            let path = folder.join(format!("used-permissions.{}.{number}.jsonl", which_tests()));
            File::options().create(true).append(true).open(path).expect("a file can be opened")
        };
        // Held until the process ends, however it does.
        let file =
            (0..1000).map(open).find(|file| file.try_lock().is_ok()).expect("there are not that many runs");
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

/// Which tests the run is of.
fn which_tests() -> &'static str {
    if std::env::args().any(|argument| argument == "--ignored") { "ignored" } else { "usual" }
}

/// Whether all tests are run that are not ignored, or all that are: nothing on the command line selects some.
fn is_whole() -> bool {
    let selects = |argument: &str| !argument.starts_with("--") || argument == "--skip";
    !std::env::args().skip(1).any(|argument| selects(argument.split('=').next().unwrap_or_default()))
}
