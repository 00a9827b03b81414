//! The report of an import.

use satchel_runtime::Diagnostic;
use satchel_runtime::telemetry::chain;
use satchel_table::StoreError;
use serde::Serialize;
use serde_json::Value;

/// What happened to the users of a dump.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    pub imported: usize,
    /// Users from an earlier import whose address is now marked as verified.
    pub corrected: usize,
    /// Users that were not imported, in the order of the dump.
    pub skipped: Vec<Skipped>,
    /// Data of imported users that was not imported.
    pub notes: Vec<Note>,
}

/// A user of a dump, identified so that the operator can find the record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Who {
    /// Primary key as in the dump; null if the dump has none.
    pub pk: Value,
    pub username: String,
    pub email: Option<String>,
}

/// A user that was not imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    #[serde(flatten)]
    pub user: Who,
    pub reason: String,
}

/// A user that was imported without some of the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    #[serde(flatten)]
    pub user: Who,
    pub note: String,
}

/// The event is not a valid dump, and nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum Malformed {
    #[error(
        "the event is neither the output of `manage.py dumpdata`, nor {{\"dumpdata\": [...]}} with that output, nor \
         {{\"csv\": \"username,email,password,date_joined\\n...\"}}. docs/moving.md shows how to create each"
    )]
    Event,
    #[error(
        "besides `dumpdata` or `csv`, an event has only `emails_verified`, true or false; `fields`, the names for \
         username, email, password, date_joined and is_active; and, for a dump, `model`: {0}"
    )]
    Fields(#[from] serde_json::Error),
    #[error(
        "record {0} of the dump has no `model` and `fields`, as `manage.py dumpdata --format json` writes them"
    )]
    Record(usize),
    #[error("add the user model to the event, {{\"dumpdata\": [...], \"model\": \"app.model\"}}: {0}")]
    Model(String),
    #[error(
        "the first line of the CSV has no column `{0}`. It should be username,email,password,date_joined; without \
         username, the address becomes the name"
    )]
    Column(String),
    #[error("the CSV cannot be read, and nothing was imported: {0}")]
    Csv(#[from] csv::Error),
}

/// Why an import failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Malformed(#[from] Malformed),
    #[error("stopped after {imported} users. Import the same dump again; existing users are skipped")]
    Stopped { imported: usize, source: StoreError },
}

impl From<Failure> for Diagnostic {
    /// The error that the operator sees.
    fn from(failure: Failure) -> Self {
        let error_type = match failure {
            Failure::Malformed(_) => "MalformedDump",
            Failure::Stopped { .. } => "ImportStopped",
        };
        Self { error_type: error_type.to_owned(), error_message: chain(&failure) }
    }
}
