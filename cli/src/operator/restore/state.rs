//! How far a restore is: `satchel-restore-STACK-REGION.json` in the current folder.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::stack::Stack;

/// The report of how many failed events wait at the end.
pub const FAILED_EVENTS: &str = "failed_events";

/// One step of a restore, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Stop,
    Table,
    Settings,
    Switch,
    Files,
    Erasures,
    Journal,
    Erased,
    Audit,
    Start,
}

impl Step {
    pub const ALL: [Self; 10] = [
        Self::Stop,
        Self::Table,
        Self::Settings,
        Self::Switch,
        Self::Files,
        Self::Erasures,
        Self::Journal,
        Self::Erased,
        Self::Audit,
        Self::Start,
    ];

    /// What the step does.
    pub fn text(self, state: &State) -> String {
        let State { source, table, .. } = state;
        match self {
            Self::Stop => "stop what processes uploads, erases accounts, sweeps and audits".to_owned(),
            Self::Table => format!("restore the table {source} as {table} (20 minutes or more)"),
            Self::Settings => "set its stream, expiry, point-in-time recovery and protection".to_owned(),
            Self::Switch => {
                format!("complete the journal, then point the stack to {table}; the former table stays")
            }
            Self::Files => "bring back files that were deleted since, by removing delete markers".to_owned(),
            Self::Erasures => "start erasures of accounts again".to_owned(),
            Self::Journal => {
                "apply deletions, closures and revocations since then again; sign everybody out".to_owned()
            }
            Self::Erased => "wait for the erasures that this orders".to_owned(),
            Self::Audit => "compare buckets, quotas and records".to_owned(),
            Self::Start => "start the other functions again".to_owned(),
        }
    }
}

/// How far a restore is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct State {
    pub to: Timestamp,
    /// The table that was in use before.
    pub source: String,
    /// The restored table.
    pub table: String,
    /// The ARN of its stream, once it has one.
    #[serde(default)]
    pub stream: Option<String>,
    /// Functions that were stopped, with the concurrency that had been reserved for each.
    #[serde(default)]
    pub stopped: BTreeMap<String, Option<i32>>,
    /// When they were stopped.
    #[serde(default)]
    pub stopped_at: Option<Timestamp>,
    done: Vec<Step>,
    /// What steps reported, such as how many files came back.
    #[serde(default)]
    pub reports: BTreeMap<String, Value>,
    #[serde(skip)]
    file: PathBuf,
}

impl State {
    /// The state of a restore of `stack`, or a new one.
    ///
    /// # Errors
    /// If the file is not valid, or belongs to a restore to another time, or the stack is restored to this time already.
    pub fn load(stack: &Stack, to: Timestamp) -> Result<Self, Failure> {
        let file = PathBuf::from(format!("satchel-restore-{}-{}.json", stack.name, stack.aws.region()));
        Self::read(file, stack.output("TableName")?, &stack.name, to)
    }

    pub(super) fn read(file: PathBuf, source: &str, stack: &str, to: Timestamp) -> Result<Self, Failure> {
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let table = format!("{stack}-restored-{}", to.strftime("%Y%m%dT%H%M%S"));
                if table == source {
                    return Err(Failure::usage(format!("the stack {stack} is already restored to {to}"))
                        .advice(format!(
                            "it uses the table {table}; to go back once more, choose another time"
                        )));
                }
                return Ok(Self {
                    to,
                    source: source.to_owned(),
                    table,
                    stream: None,
                    stopped: BTreeMap::new(),
                    stopped_at: None,
                    done: Vec::new(),
                    reports: BTreeMap::new(),
                    file,
                });
            }
            Err(error) => return Err(Failure::new(format!("cannot read {}: {error}", file.display()))),
        };
        let state: Self = serde_json::from_str(&text)
            .map_err(|error| Failure::new(format!("{} is not valid: {error}", file.display())))?;
        if state.to != to {
            return Err(Failure::usage(format!("a restore to {} is not finished", state.to)).advice(
                format!(
                    "finish it with --to {}, or delete {} after starting the functions in it",
                    state.to,
                    file.display()
                ),
            ));
        }
        Ok(Self { file, ..state })
    }

    pub fn is_done(&self, step: Step) -> bool {
        self.done.contains(&step)
    }

    /// Notes that a step is done.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn done(&mut self, step: Step) -> Result<(), Failure> {
        self.done.push(step);
        self.save()
    }

    /// Notes what a step reports.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn report(&mut self, name: &str, value: impl Serialize) -> Result<(), Failure> {
        self.reports.insert(name.to_owned(), json!(value));
        self.save()
    }

    /// Writes the file.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn save(&self) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        let unfinished = self.file.with_extension("json.new");
        fs::write(&unfinished, text)
            .and_then(|()| fs::rename(&unfinished, &self.file))
            .map_err(|error| Failure::new(format!("cannot write {}: {error}", self.file.display())))
    }

    /// Removes the file after the last step.
    ///
    /// # Errors
    /// If it cannot be removed.
    pub fn remove(&self) -> Result<(), Failure> {
        fs::remove_file(&self.file)
            .map_err(|error| Failure::new(format!("cannot remove {}: {error}", self.file.display())))
    }

    /// The last lines, for a person.
    pub fn summary(&self) -> String {
        let reports = self.reports.iter().map(|(name, value)| format!("\n{name}: {value}"));
        let failed = self.reports.get(FAILED_EVENTS).and_then(Value::as_u64).unwrap_or_default();
        let redrive = if failed > 0 {
            format!(
                "\nrun `satchel redrive`: about {failed} events failed, such as those of stopped functions"
            )
        } else {
            String::new()
        };
        format!(
            "restored to {}: the stack uses {}{}{redrive}\nthe former table {} stays; delete it when nobody needs it any more\nif \
             `satchel rotate links --drop` ran since then, repeat it, because the links of that time are back",
            self.to,
            self.table,
            reports.collect::<String>(),
            self.source,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interrupted_restore_continues_and_a_second_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("state.json");
        let to: Timestamp = "2026-11-30T08:15:00Z".parse().unwrap();
        let mut state = State::read(file.clone(), "files-Table-1", "files", to).unwrap();
        assert_eq!(state.table, "files-restored-20261130T081500");
        state.stopped.insert("process-upload".to_owned(), Some(50));
        state.done(Step::Stop).unwrap();

        // By then, the stack names the restored table.
        let again = State::read(file.clone(), "files-restored-20261130T081500", "files", to).unwrap();
        assert!(again.is_done(Step::Stop) && !again.is_done(Step::Table));
        assert_eq!((again.source.as_str(), again.stopped["process-upload"]), ("files-Table-1", Some(50)));

        let other = State::read(file.clone(), "x", "files", "2026-11-29T00:00:00Z".parse().unwrap());
        assert!(other.unwrap_err().advice.unwrap().contains("--to 2026-11-30T08:15:00Z"));
        again.remove().unwrap();
        assert!(!file.exists());
    }

    #[test]
    fn a_finished_restore_is_not_repeated_on_the_table_that_it_made() {
        let folder = tempfile::tempdir().unwrap();
        let to: Timestamp = "2026-11-30T08:15:00Z".parse().unwrap();
        let read = |source: &str| State::read(folder.path().join("state.json"), source, "files", to);
        let failure = read("files-restored-20261130T081500").unwrap_err();
        assert_eq!(failure.message, "the stack files is already restored to 2026-11-30T08:15:00Z");
        assert!(read("files-restored-20261129T081500").is_ok());
    }

    #[test]
    fn the_end_asks_for_a_redrive_only_if_events_failed() {
        let folder = tempfile::tempdir().unwrap();
        let to: Timestamp = "2026-11-30T08:15:00Z".parse().unwrap();
        let mut state = State::read(folder.path().join("state.json"), "files-Table-1", "files", to).unwrap();
        state.report(FAILED_EVENTS, 0).unwrap();
        assert!(!state.summary().contains("redrive"), "{}", state.summary());
        state.report(FAILED_EVENTS, 2).unwrap();
        assert!(state.summary().contains("run `satchel redrive`: about 2 events"), "{}", state.summary());
    }

    #[test]
    fn erasures_run_before_the_journal_orders_them() {
        let place = |step: Step| Step::ALL.iter().position(|one| *one == step);
        assert!(place(Step::Files) < place(Step::Erasures), "a file that comes back can be erased again");
        assert!(place(Step::Erasures) < place(Step::Journal));
        assert!(place(Step::Journal) < place(Step::Erased) && place(Step::Erased) < place(Step::Audit));
    }
}
