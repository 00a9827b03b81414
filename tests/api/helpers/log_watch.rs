//! Watches the logs of all functions during all tests, and ends the run if they contain a secret.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use local::Stack;
use serde_json::Value;

use super::PASSWORD;

/// Passwords that tests sent. Tokens and addresses are recognised by their format, so they need no list.
static PASSWORDS: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Shorter passwords are words that logs can contain for other reasons.
const SHORTEST: usize = 10;

/// The length of the token of a link: 256 bits in base64url.
const LINK_TOKEN: usize = 43;

/// Remembers the passwords in a request body.
pub fn note_passwords(body: &Value) {
    let Some(fields) = body.as_object() else { return };
    for (_, value) in fields.iter().filter(|(name, _)| name.contains("password")) {
        if let Some(password) = value.as_str().filter(|password| password.len() >= SHORTEST) {
            passwords(|known| known.insert(password.to_owned()));
        }
    }
}

/// Ends the run as soon as a log line contains a secret, and shows the line.
pub fn watch_logs(stack: &'static Stack) {
    std::thread::spawn(move || {
        let mut seen = 0;
        loop {
            let (lines, count) = stack.logs_after(seen);
            seen = count;
            if let Some((line, what)) = lines.iter().find_map(|line| Some((line, secret_in(line)?))) {
                // The test harness would capture the output of `eprintln!`.
                _ = writeln!(std::io::stderr(), "a log line shows {what}: {line}");
                std::process::exit(1);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    });
}

/// The kind of secret that a line contains.
pub fn secret_in(line: &str) -> Option<&'static str> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let mut words = line.split(|c| !is_word(c));
    if line.contains('@') {
        return Some("an address");
    }
    if line.contains("eyJ") || words.any(|word| word.len() == LINK_TOKEN) {
        return Some("a token");
    }
    let is_shown = line.contains(PASSWORD) || line.contains("$argon2");
    let is_shown = is_shown || passwords(|known| known.iter().any(|password| line.contains(password)));
    is_shown.then_some("a password")
}

fn passwords<T>(with: impl FnOnce(&mut BTreeSet<String>) -> T) -> T {
    with(&mut PASSWORDS.lock().unwrap_or_else(PoisonError::into_inner))
}
