//! `cargo xtask contract seen`: the tests saw every documented status of every operation.
//!
//! A run of the usual tests writes what it sees to `seen-responses.usual.<number>.jsonl` in the folder `tmp` of the
//! target folder, and a run of the ignored tests to `seen-responses.ignored.<number>.jsonl`. Each line is JSON: `started`
//! on the first, then an `operation` and a `status`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, TryLockError};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::document::{Document, shared_response};
use crate::problem::Problem;

/// The documented statuses that no test sees, with the reasons: `operation status: reason`.
pub const UNSEEN: &str = "tests/unseen-statuses.txt";

/// Statuses that count once for each shared response: every operation gets them from the same code.
const ONCE: [&str; 5] = ["401", "415", "429", "500", "503"];

/// The kinds of runs. Together they have all tests.
const RUNS: [(&str, &str); 2] =
    [("usual", "cargo test -p tests"), ("ignored", "cargo test -p tests -- --ignored")];

/// Compares the document with what was seen and with the list of the statuses that are not.
#[must_use]
pub fn check(document: &Document, list: &str, seen: &BTreeSet<(String, String)>) -> Vec<Problem> {
    let mut documented = BTreeMap::new();
    for operation in document.operations() {
        for (status, response) in operation.responses() {
            let was_seen = seen.contains(&(operation.id().to_owned(), status.to_owned()));
            let shared = shared_response(response).filter(|_| ONCE.contains(&status));
            let key = format!("{} {status}", shared.unwrap_or(operation.id()));
            *documented.entry(key).or_insert(false) |= was_seen;
        }
    }
    let (listed, mut problems) = listed(list);
    let mut report =
        |line, what: String, remedy: &str| problems.push(Problem::new(UNSEEN, line, what, remedy));
    for (key, _) in documented.iter().filter(|(key, seen)| !**seen && !listed.contains_key(key.as_str())) {
        report(0, format!("no test sees `{key}`"), "Test it, or add it to the list with the reason.");
    }
    for (key, line) in listed {
        match documented.get(key) {
            None => report(line, format!("`{key}` is not documented"), "Remove the line."),
            Some(true) => report(line, format!("a test sees `{key}`"), "Remove the line."),
            Some(false) => {}
        }
    }
    problems
}

/// The entries of the list with their lines, and the lines that are malformed or repeated.
fn listed(list: &str) -> (BTreeMap<&str, usize>, Vec<Problem>) {
    let (mut entries, mut problems) = (BTreeMap::new(), Vec::new());
    for (place, line) in
        list.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
    {
        let number = place + 1;
        let entry =
            line.split_once(": ").filter(|(key, reason)| key.split(' ').count() == 2 && !reason.is_empty());
        match entry {
            Some((key, _)) if entries.insert(key, number).is_none() => {}
            Some((key, _)) => {
                problems.push(Problem::new(
                    UNSEEN,
                    number,
                    format!("`{key}` is listed twice"),
                    "Remove a line.",
                ));
            }
            None => {
                let remedy = "Write `operation status: reason`.";
                problems.push(Problem::new(UNSEEN, number, "the line is malformed", remedy));
            }
        }
    }
    (entries, problems)
}

/// Operations and statuses in the newest finished run of each kind.
///
/// # Errors
/// If there is no finished run, how to get one.
pub fn read(folder: &Path) -> Result<BTreeSet<(String, String)>, String> {
    let mut seen = BTreeSet::new();
    for (kind, command) in RUNS {
        let newest = newest(folder, kind).map_err(|error| format!("{}: {error}", folder.display()))?;
        let newest = newest
            .ok_or_else(|| format!("{} has no finished run: run `{command}` first", folder.display()))?;
        let text = fs::read_to_string(&newest).map_err(|error| format!("{}: {error}", newest.display()))?;
        for line in text.lines().filter_map(|line| line.parse::<Value>().ok()) {
            if let (Some(operation), Some(status)) = (line["operation"].as_str(), line["status"].as_u64()) {
                seen.insert((operation.to_owned(), status.to_string()));
            }
        }
    }
    Ok(seen)
}

/// The newest file of a kind that no run is writing.
fn newest(folder: &Path, kind: &str) -> std::io::Result<Option<PathBuf>> {
    let start = format!("seen-responses.{kind}.");
    let mut newest = None;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_run = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&start));
        if let Some(started) = is_run.then(|| start_of(&path)).transpose()?.flatten() {
            newest = newest.max(Some((started, path)));
        }
    }
    Ok(newest.map(|(_, path)| path))
}

/// The start of a run; none while it is in progress.
fn start_of(path: &Path) -> std::io::Result<Option<String>> {
    let file = File::open(path)?;
    match file.try_lock_shared() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let first = BufReader::new(file).lines().next().transpose()?.unwrap_or_default();
    Ok(first.parse::<Value>().ok().and_then(|line| Some(line["started"].as_str()?.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "paths:\n  /a:\n    get:\n      operationId: get-a\n      responses:\n        200: {description: x}\n        \
        404: {$ref: '#/components/responses/NotFound'}\n        429: {$ref: '#/components/responses/Throttled'}\n    \
        put:\n      operationId: put-a\n      responses:\n        404: {$ref: '#/components/responses/NotFound'}\n        \
        429: {$ref: '#/components/responses/Throttled'}\n";

    fn found(list: &str, seen: &[(&str, &str)]) -> Vec<String> {
        let seen = seen.iter().map(|(id, status)| ((*id).to_owned(), (*status).to_owned())).collect();
        let problems = check(&Document::parse(TEXT).unwrap(), list, &seen);
        problems.iter().map(|problem| format!("{}: {}", problem.line, problem.what)).collect()
    }

    #[test]
    fn a_status_is_seen_for_each_operation_and_some_once_for_all() {
        let seen = [("get-a", "200"), ("get-a", "404"), ("put-a", "429")];
        assert_eq!(found("", &seen), ["0: no test sees `put-a 404`"]);
        let expected = ["get-a 200", "get-a 404", "put-a 404", "Throttled 429"];
        let mut missing = expected.map(|key| format!("0: no test sees `{key}`"));
        missing.sort();
        assert_eq!(found("", &[]), missing);
    }

    #[test]
    fn the_list_has_reasons_and_only_what_is_not_seen() {
        let seen = [("get-a", "200"), ("get-a", "404"), ("put-a", "429")];
        assert_eq!(found("# A comment.\n\nput-a 404: a reason\n", &seen), [""; 0]);
        let list =
            "put-a 404: a reason\nput-a 404: again\nget-a 200: a reason\nget-b 200: a reason\nget-a 404\n";
        let expected = [
            "2: `put-a 404` is listed twice",
            "5: the line is malformed",
            "3: a test sees `get-a 200`",
            "4: `get-b 200` is not documented",
        ];
        assert_eq!(found(list, &seen), expected);
    }

    #[test]
    fn the_newest_finished_run_of_each_kind_is_read() {
        let folder = std::env::temp_dir().join(format!("satchel-seen-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let write = |name: &str, started: &str, id: &str| {
            let text =
                format!("{{\"started\": \"{started}\"}}\n{{\"operation\": \"{id}\", \"status\": 200}}\n");
            fs::write(folder.join(format!("seen-responses.{name}.jsonl")), text).unwrap();
        };
        write("usual.0", "2026-01-02T00:00:00Z", "newer");
        write("usual.1", "2026-01-01T00:00:00Z", "older");
        assert!(read(&folder).unwrap_err().ends_with("run `cargo test -p tests -- --ignored` first"));
        write("ignored.0", "2026-01-01T00:00:00Z", "long");
        write("usual.2", "2026-01-03T00:00:00Z", "running");
        let running = File::open(folder.join("seen-responses.usual.2.jsonl")).unwrap();
        running.lock().unwrap();
        let seen: Vec<_> = read(&folder).unwrap().into_iter().map(|(id, _)| id).collect();
        assert_eq!(seen, ["long", "newer"]);
        drop(running);
        fs::remove_dir_all(&folder).unwrap();
    }
}
