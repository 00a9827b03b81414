//! The embedded store: a `SQLite` file in the data folder.

use std::path::Path;
use std::sync::Arc;

use dynoxide::Database;
use local_common::DataDir;
use local_deployment::Deployment;
use tokio::sync::watch;

use super::frozen::Freezer;
use super::operations::{self, Answer};
use super::reads::Sources;
use super::start_error::StartError;
use super::tables;
use super::tokens::Tokens;

/// The tables, and a bell that rings when items may have changed. Clones share both.
#[derive(Clone)]
pub(super) struct Store {
    pub(super) db: Database,
    pub(super) freezer: Freezer,
    tokens: Arc<Tokens>,
    /// Counts the writes: whoever follows a table's stream waits for a change.
    writes: watch::Sender<u64>,
}

impl Store {
    /// Opens the tables of the data folder and makes those of the template that are missing.
    pub(super) fn open(deployment: &Deployment, data: &DataDir) -> Result<Self, StartError> {
        let file = data.file("dynamodb.sqlite");
        let failed = |source: Box<dyn std::error::Error + Send + Sync>| StartError::Database {
            file: file.display().to_string(),
            source,
        };
        let db = Database::new(&file.to_string_lossy()).map_err(|error| failed(error.into()))?;
        set_durability(&db, data.is_ephemeral()).map_err(|error| failed(error.into()))?;
        index_stream(&file).map_err(|error| failed(error.into()))?;
        for table in &deployment.tables {
            tables::ensure(&db, table)?;
        }
        Ok(Self { db, freezer: Freezer::default(), tokens: Arc::default(), writes: watch::Sender::new(0) })
    }

    /// Carries out one operation of DynamoDB.
    pub(super) fn carry_out(&self, operation: &str, body: &[u8]) -> Answer {
        let frozen = self.freezer.copy();
        let from = Sources { live: &self.db, frozen: frozen.as_ref() };
        let answer = operations::carry_out(&from, &self.tokens, operation, body);
        if answer.status == 200 && operations::writes(operation) {
            self.ring();
        }
        answer
    }

    /// Tells the followers of streams that there may be something new; returns the bell's new count.
    pub(super) fn ring(&self) -> u64 {
        self.writes.send_modify(|count| *count += 1);
        *self.writes.borrow()
    }

    /// The bell, for who follows a stream.
    pub(super) fn bell(&self) -> watch::Receiver<u64> {
        self.writes.subscribe()
    }
}

/// What is kept survives a killed process without an fsync for each write; what is not kept needs none at all.
fn set_durability(db: &Database, ephemeral: bool) -> dynoxide::Result<()> {
    // These two are dynoxide's only switches for SQLite's `synchronous`: OFF, and NORMAL instead of FULL.
    if ephemeral { db.enable_bulk_loading() } else { db.disable_bulk_loading() }
}

/// Gives the records of streams an index by position. dynoxide has none, and looks for a table's last position
/// at every write: without it each write costs a scan of every write before.
fn index_stream(file: &Path) -> rusqlite::Result<()> {
    rusqlite::Connection::open(file)?.execute_batch(
        "CREATE INDEX IF NOT EXISTS local_stream_position
         ON _stream_records (table_name, CAST(sequence_number AS INTEGER))",
    )
}
