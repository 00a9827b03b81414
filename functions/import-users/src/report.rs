//! What an import answers.

use lambda_runtime::Diagnostic;
use satchel_core::telemetry::chain;
use satchel_store::StoreError;
use serde::Serialize;

/// What became of a dump's users.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    pub imported: usize,
    /// Users that are not here because of this import, in the dump's order.
    pub skipped: Vec<Skipped>,
    /// What did not come along with users that are here.
    pub notes: Vec<Note>,
}

/// A user that was not imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    pub username: String,
    pub reason: String,
}

/// A user that was imported, but for something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    pub username: String,
    pub note: &'static str,
}

/// An event that is no dump: nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum Malformed {
    #[error(
        "the event is none of: what `manage.py dumpdata` writes; {{\"dumpdata\": [...]}} with that in it; \
         {{\"csv\": \"username,email,password,date_joined\\n...\"}}. docs/moving.md shows how to make each"
    )]
    Event,
    #[error("beside `dumpdata` or `csv` an event has only `emails_verified`, true or false: {0}")]
    Fields(#[from] serde_json::Error),
    #[error(
        "record {0} of the dump has no `model` and `fields`, as `manage.py dumpdata --format json` writes them"
    )]
    Record(usize),
    #[error("the CSV's first line names no column `{0}`: it should say username,email,password,date_joined")]
    Column(&'static str),
    #[error("the CSV cannot be read, and nothing of it was imported: {0}")]
    Csv(#[from] csv::Error),
}

/// Why an import did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Malformed(#[from] Malformed),
    #[error(
        "stopped after {imported} users. Import the same dump again: those that are here already are skipped"
    )]
    Stopped { imported: usize, source: StoreError },
}

impl From<Failure> for Diagnostic {
    /// What the operator who invoked the function reads.
    fn from(failure: Failure) -> Self {
        let error_type = match failure {
            Failure::Malformed(_) => "MalformedDump",
            Failure::Stopped { .. } => "ImportStopped",
        };
        Self { error_type: error_type.to_owned(), error_message: chain(&failure) }
    }
}
