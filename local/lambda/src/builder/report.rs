//! What cargo says of a build.

use std::collections::BTreeSet;

use serde_json::Value;

use super::error::BuildError;
use crate::logs::Logs;

/// What cargo has made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Made {
    /// The library of the function of this name.
    Library(String),
    /// Its binary.
    Binary(String),
}

/// What cargo reports, one JSON object a line: <https://doc.rust-lang.org/cargo/reference/external-tools.html>
#[derive(Default)]
pub(super) struct Report {
    /// The targets with a compiler error.
    broken: BTreeSet<String>,
    /// Their errors, as the compiler words them.
    errors: String,
}

impl Report {
    /// Takes in one message, and shows the compiler's; answers with what is there now, if anything.
    pub fn hear(&mut self, line: &str, logs: &Logs) -> Option<Made> {
        let heard = serde_json::from_str::<Value>(line).ok()?;
        // A crate's library is named with underscores, its folder with hyphens.
        let name = heard["target"]["name"].as_str().map(|name| name.replace('_', "-"));
        if heard["reason"] == "compiler-artifact" {
            let is_binary = heard["executable"].is_string();
            return name.map(if is_binary { Made::Binary } else { Made::Library });
        }
        if heard["reason"] != "compiler-message" {
            return None;
        }
        let text = heard["message"]["rendered"].as_str().unwrap_or_default();
        logs.show(text);
        if heard["message"]["level"] == "error" {
            self.broken.extend(name);
            self.errors.push_str(text);
        }
        None
    }

    /// The error of a build that failed; `stderr` is empty if it went to the terminal.
    pub fn error(self, stderr: &[u8], logs: &Logs) -> BuildError {
        let is_shown = logs.is_shown() && (stderr.is_empty() || !self.errors.is_empty());
        let words = if self.errors.is_empty() { String::from_utf8_lossy(stderr) } else { self.errors.into() };
        let detail =
            if is_shown { "; cargo says why above".to_owned() } else { format!(":\n{}", words.trim_end()) };
        if self.broken.is_empty() {
            return BuildError::Cargo(detail);
        }
        BuildError::Broken { names: self.broken.into_iter().collect(), detail }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_targets_with_errors_are_named() {
        let mut report = Report::default();
        for message in [
            r#"{"reason":"compiler-message","target":{"name":"create_file"},"message":{"level":"error","rendered":"no!"}}"#,
            r#"{"reason":"compiler-message","target":{"name":"create-file"},"message":{"level":"error"}}"#,
            r#"{"reason":"compiler-message","target":{"name":"health"},"message":{"level":"warning"}}"#,
            r#"{"reason":"build-finished","success":false}"#,
        ] {
            assert_eq!(report.hear(message, &Logs::default()), None);
        }
        assert_eq!(report.error(b"", &Logs::default()).to_string(), "create-file did not build:\nno!");
    }

    #[test]
    fn what_cargo_makes_is_named_when_it_is_there() {
        let hear = |message| Report::default().hear(message, &Logs::default());
        let binary = r#"{"reason":"compiler-artifact","target":{"name":"create-file"},"executable":"/t/debug/create-file","fresh":true}"#;
        let library = r#"{"reason":"compiler-artifact","target":{"name":"create_file"},"executable":null,"fresh":false}"#;
        let name = "create-file".to_owned();
        assert_eq!(hear(binary), Some(Made::Binary(name.clone())));
        assert_eq!(hear(library), Some(Made::Library(name)));
    }

    #[test]
    fn what_cargo_itself_refuses_is_in_its_own_words() {
        let error = Report::default().error(b"error: no such profile\n", &Logs::default());
        assert_eq!(error.to_string(), "cargo build failed:\nerror: no such profile");
    }
}
