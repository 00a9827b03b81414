//! What every command shows: its plan, one question, progress, and a result as text or JSON.

use std::fmt::Display;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use serde::Serialize;
use serde_json::json;

use crate::failure::{End, Failure};

/// The terminal of a command. With `json`, standard output has one JSON document and nothing else.
#[derive(Debug, Clone, Copy, Default)]
pub struct Console {
    pub json: bool,
    pub yes: bool,
}

impl Console {
    /// Says what the command is going to do, before it does anything.
    pub fn plan(self, title: impl Display, steps: &[String]) {
        self.say(format!("{title}:"));
        for step in steps {
            self.say(format!("  - {step}"));
        }
    }

    /// Asks whether to go on, unless `--yes` was given.
    ///
    /// # Errors
    /// If the answer is no, or nobody can answer.
    pub fn ask(self) -> Result<(), Failure> {
        if self.yes {
            return Ok(());
        }
        match question("Continue? [y/N] ")?.to_ascii_lowercase().as_str() {
            "y" | "yes" => Ok(()),
            _ => Err(declined("nothing was changed")),
        }
    }

    /// Asks for `name` to be typed, unless `--yes` was given together with `given`.
    ///
    /// # Errors
    /// If another name was typed, or nobody can answer.
    pub fn ask_for_name(self, name: &str, given: Option<&str>) -> Result<(), Failure> {
        let typed = match given {
            Some(given) => given.to_owned(),
            None if self.yes => {
                return Err(declined(format!("--yes is not enough here; add --confirm-name {name}")));
            }
            None => question(&format!("Type the stack's name ({name}) to continue: "))?,
        };
        if typed == name {
            Ok(())
        } else {
            Err(declined("this is not the stack's name; nothing was changed"))
        }
    }

    /// A line for the person: on standard output, or on standard error beside JSON.
    pub fn say(self, line: impl Display) {
        if self.json {
            self.progress(line);
        } else {
            // A closed pipe is no reason to stop half-way.
            _ = writeln!(io::stdout(), "{line}");
        }
    }

    /// A line about what happens at the moment, always on standard error.
    #[expect(clippy::unused_self, reason = "all output goes through the console")]
    pub fn progress(self, line: impl Display) {
        _ = writeln!(io::stderr(), "{line}");
    }

    /// The result: `report` as JSON, or `text`.
    pub fn finish(self, report: &impl Serialize, text: impl FnOnce() -> String) {
        let written = if self.json {
            serde_json::to_string_pretty(report)
                .unwrap_or_else(|error| json!({"error": error.to_string()}).to_string())
        } else {
            text()
        };
        _ = writeln!(io::stdout(), "{}", written.trim_end());
    }

    /// The end of a command that failed.
    pub fn fail(self, failure: &Failure) {
        if self.json {
            let error = json!({"error": failure.message, "end": failure.end, "advice": failure.advice});
            _ = writeln!(io::stdout(), "{error:#}");
        }
        _ = writeln!(io::stderr(), "error: {}", failure.message);
        if let Some(advice) = &failure.advice {
            _ = writeln!(io::stderr(), "  {advice}");
        }
    }
}

/// Asks a question on the terminal.
fn question(text: &str) -> Result<String, Failure> {
    if !io::stdin().is_terminal() {
        return Err(declined("nobody can be asked, because the input is not a terminal; add --yes"));
    }
    let mut out = io::stderr();
    let mut answer = String::new();
    write!(out, "{text}")
        .and_then(|()| out.flush())
        .and_then(|()| io::stdin().lock().read_line(&mut answer))
        .map_err(|error| Failure::new(format!("cannot read the answer: {error}")))?;
    Ok(answer.trim().to_owned())
}

fn declined(message: impl Into<String>) -> Failure {
    Failure { end: End::Declined, message: message.into(), advice: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deleting_everything_needs_the_name_even_with_yes() {
        let console = Console { json: false, yes: true };
        assert_eq!(console.ask_for_name("files", None).unwrap_err().end, End::Declined);
        assert_eq!(console.ask_for_name("files", Some("file")).unwrap_err().end, End::Declined);
        assert!(console.ask_for_name("files", Some("files")).is_ok());
    }
}
