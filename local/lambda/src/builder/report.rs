//! What cargo says of a build.

use std::collections::BTreeSet;

use serde_json::Value;

use super::error::BuildError;

/// What cargo reports, one JSON object a line: <https://doc.rust-lang.org/cargo/reference/external-tools.html>
#[derive(Default)]
pub(super) struct Report {
    /// The targets with a compiler error.
    broken: BTreeSet<String>,
    /// Their errors, as the compiler words them.
    errors: String,
}

impl Report {
    pub fn hear(&mut self, line: &str, print: bool) {
        let Ok(heard) = serde_json::from_str::<Value>(line) else { return };
        if heard["reason"] != "compiler-message" {
            return;
        }
        let text = heard["message"]["rendered"].as_str().unwrap_or_default();
        if print {
            eprint!("{text}");
        }
        if heard["message"]["level"] == "error" {
            // A crate's library is named with underscores, its folder with hyphens.
            self.broken.extend(heard["target"]["name"].as_str().map(|name| name.replace('_', "-")));
            self.errors.push_str(text);
        }
    }

    pub fn error(self, stderr: &[u8], print: bool) -> BuildError {
        let words = if self.errors.is_empty() { String::from_utf8_lossy(stderr) } else { self.errors.into() };
        let detail =
            if print { "; cargo says why above".to_owned() } else { format!(":\n{}", words.trim_end()) };
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
            report.hear(message, false);
        }
        assert_eq!(report.error(b"", false).to_string(), "create-file did not build:\nno!");
    }

    #[test]
    fn what_cargo_itself_refuses_is_in_its_own_words() {
        let error = Report::default().error(b"error: no such profile\n", false);
        assert_eq!(error.to_string(), "cargo build failed:\nerror: no such profile");
    }
}
