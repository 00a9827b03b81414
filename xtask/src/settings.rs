//! `cargo xtask check --settings`: every function reads exactly the settings that the template gives it.
//!
//! A function that starts without a setting names all settings that it misses, so each binary is started in an empty
//! environment. The settings that it may do without (`Wiring::ambient`) are not among them.

use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::problem::Problem;
use crate::template::{Function, Setting, TEMPLATE, Template};

/// Set by Lambda.
const OF_LAMBDA: [&str; 3] = ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];

/// Without this value, a function does not read which domains may sign up.
const GIVEN: (&str, &str) = ("REGISTRATION", "domains");

/// Values that switch off a setting of `Globals` for one function.
const OFF: [&str; 2] = ["", "[]"];

/// How often a process is asked whether it has ended, and how long it is waited for in all.
const STEP: Duration = Duration::from_millis(5);
const STEPS: u32 = 2000;

/// Starts the binaries in `folder` and compares what they ask for with the template; `only` names functions, or is empty
/// for all of them.
#[must_use]
pub fn check(template: &Template, folder: &Path, only: &[&str]) -> Vec<Problem> {
    let chosen = |function: &&Function| only.is_empty() || only.contains(&function.name.as_str());
    let mut problems: Vec<_> = only
        .iter()
        .filter(|name| template.function(name).is_none())
        .map(|name| Problem::new(TEMPLATE, 0, format!("there is no function {name}"), "Correct the name."))
        .collect();
    for function in template.functions.iter().filter(chosen) {
        match missing(&folder.join(&function.name)) {
            Ok(read) => problems.extend(compare(template, function, &read)),
            Err(error) => {
                let what = format!("the settings of {} are unknown: {error}", function.name);
                let remedy = format!("Run `cargo build -p {}`, then try again.", function.name);
                problems.push(Problem::new(TEMPLATE, function.line, what, remedy));
            }
        }
    }
    problems
}

/// The settings that a binary misses in an empty environment.
fn missing(binary: &Path) -> io::Result<Vec<String>> {
    let (name, value) = GIVEN;
    let mut child = Command::new(binary)
        .env_clear()
        .env(name, value)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| io::Error::other(format!("{}: {error}", binary.display())))?;
    let log = log_of(&mut child)?;
    let mut read = named(&log)
        .ok_or_else(|| io::Error::other(format!("it did not say which settings it misses, but: {log}")))?;
    // The setting that was given is read as well, if the one that depends on it is.
    if read.iter().any(|setting| setting == "REGISTRATION_DOMAINS") {
        read.push(name.to_owned());
    }
    Ok(read)
}

/// What a process writes to stdout until it ends. One that does not end is killed: it misses nothing.
fn log_of(child: &mut Child) -> io::Result<String> {
    for _ in 0..STEPS {
        if child.try_wait()?.is_some() {
            break;
        }
        thread::sleep(STEP);
    }
    child.kill()?;
    child.wait()?;
    let mut log = String::new();
    if let Some(stdout) = &mut child.stdout {
        stdout.read_to_string(&mut log)?;
    }
    Ok(log)
}

/// The settings that a log line names as `settings: A is not set; B is not set`.
fn named(log: &str) -> Option<Vec<String>> {
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut causes = lines.filter_map(|line| line["cause"].as_str().map(str::to_owned));
    let list = causes.find_map(|cause| cause.strip_prefix("settings: ").map(str::to_owned))?;
    Some(list.split("; ").filter_map(|part| part.split(' ').next()).map(str::to_owned).collect())
}

/// Compares the settings that a function reads with its own environment in the template and with `Globals`.
#[must_use]
pub fn compare(template: &Template, function: &Function, read: &[String]) -> Vec<Problem> {
    let name = &function.name;
    let is_in = |settings: &[Setting], wanted: &str| settings.iter().any(|setting| setting.name == wanted);
    let given = |setting: &str| {
        OF_LAMBDA.contains(&setting)
            || is_in(&template.globals, setting)
            || is_in(&function.settings, setting)
    };
    let mut problems = Vec::new();
    for setting in read.iter().filter(|setting| !given(setting)) {
        let what = format!("{name} reads {setting}, which {} does not set", function.id);
        let remedy =
            format!("Add {setting} to Environment of {}, with the value of its relatives.", function.id);
        problems.push(Problem::new(TEMPLATE, function.line, what, remedy));
    }
    for Setting { name: setting, value, line } in &function.settings {
        let is_off = value.as_deref().is_some_and(|value| OFF.contains(&value));
        let found = if is_in(&template.globals, setting) {
            (!is_off).then(|| (format!("{} overrides {setting} of Globals", function.id), "Remove the line."))
        } else {
            (!read.contains(setting)).then(|| (format!("{name} does not read {setting}"), "Remove the line."))
        };
        problems.extend(found.map(|(what, remedy)| Problem::new(TEMPLATE, *line, what, remedy)));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{found, repository};

    fn found_for(template: &Template, read: &[&str]) -> Vec<String> {
        let read: Vec<_> = read.iter().map(|name| (*name).to_owned()).collect();
        found(&compare(template, template.function("get-note").unwrap(), &read))
    }

    fn template() -> Template {
        Template::read(&repository()).unwrap()
    }

    #[test]
    fn a_function_reads_what_the_template_sets() {
        assert_eq!(found_for(&template(), &["NOTE_SECONDS", "TABLE_NAME", "AWS_REGION"]), [""; 0]);
    }

    #[test]
    fn a_setting_that_is_not_set_and_one_that_is_not_read_are_named() {
        let expected = [
            "get-note reads PAGE_SIZE, which GetNoteFunction does not set",
            "get-note does not read NOTE_SECONDS",
        ];
        assert_eq!(found_for(&template(), &["PAGE_SIZE", "TABLE_NAME"]), expected);
    }

    #[test]
    fn a_setting_of_globals_is_switched_off_but_not_replaced() {
        let mut sources = repository();
        for (value, expected) in
            [("\"\"", vec![]), ("\"x\"", vec!["GetNoteFunction overrides ORIGIN_SECRETS of Globals"])]
        {
            let with = format!("          NOTE_SECONDS: 1\n          ORIGIN_SECRETS: {value}\n");
            let text = repository()
                .get(TEMPLATE)
                .unwrap()
                .replace("          NOTE_SECONDS: !Ref NoteSeconds\n", &with);
            sources.put(TEMPLATE, text);
            assert_eq!(found_for(&Template::read(&sources).unwrap(), &["NOTE_SECONDS"]), expected);
        }
    }

    #[test]
    fn the_log_line_of_a_start_names_the_settings() {
        let log = "{\"level\":\"INFO\"}\n{\"cause\":\"settings: A is not set; B_C is not set\"}\n";
        assert_eq!(named(log).unwrap(), ["A", "B_C"]);
        assert_eq!(named("{\"cause\":\"no network\"}\n"), None);
    }

    #[test]
    fn a_binary_that_is_missing_is_named_with_the_remedy() {
        let problems = check(&template(), Path::new("/nowhere"), &["get-note"]);
        assert!(found(&problems)[0].starts_with("the settings of get-note are unknown: /nowhere/get-note"));
        assert_eq!(problems[0].remedy, "Run `cargo build -p get-note`, then try again.");
        assert_eq!(
            found(&check(&template(), Path::new("/"), &["get-notes"])),
            ["there is no function get-notes"]
        );
    }
}
