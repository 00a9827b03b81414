//! The embedded store: a `SQLite` file in the data folder.

use std::path::Path;
use std::sync::Arc;

use dynoxide::Database;
use local_common::DataDir;
use local_deployment::Deployment;
use tokio::sync::watch;

use super::frozen::Freezer;
use super::operations::{self, Answer};
use super::partition_keys::PartitionKeys;
use super::reads::Sources;
use super::start_error::StartError;
use super::tables;
use super::tokens::Tokens;

/// The tables, and a counter of writes that wakes the followers of streams. Clones share both.
#[derive(Clone)]
pub(super) struct Store {
    pub(super) db: Database,
    pub(super) freezer: Freezer,
    tokens: Arc<Tokens>,
    partition_keys: PartitionKeys,
    /// Counts writes. Followers of streams wait for changes of this counter.
    writes: watch::Sender<u64>,
}

impl Store {
    /// Opens the tables of the data folder, and creates those of the template that are missing.
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
        Ok(Self {
            db,
            freezer: Freezer::default(),
            tokens: Arc::default(),
            partition_keys: PartitionKeys::of(deployment),
            writes: watch::Sender::new(0),
        })
    }

    /// The name of the partition key of a table or of one of its indexes.
    pub(super) fn partition_key(&self, table: &str, index: Option<&str>) -> Option<String> {
        self.partition_keys.find(&self.db, table, index)
    }

    /// Carries out one operation of DynamoDB.
    pub(super) fn carry_out(&self, operation: &str, body: &[u8]) -> Answer {
        let frozen = self.freezer.copy();
        let from = Sources { live: &self.db, frozen: frozen.as_ref() };
        let answer = operations::carry_out(&from, &self.tokens, operation, body);
        if answer.status == 200 && operations::writes(operation) {
            self.notify();
        }
        answer
    }

    /// Wakes the followers of streams. Returns the new count of writes.
    pub(super) fn notify(&self) -> u64 {
        self.writes.send_modify(|count| *count += 1);
        *self.writes.borrow()
    }

    /// A receiver of the count of writes.
    pub(super) fn subscribe(&self) -> watch::Receiver<u64> {
        self.writes.subscribe()
    }
}

/// Sets the durability of writes. A persistent data folder must survive a killed process, which does not require an
/// fsync for each write. An ephemeral one requires no fsync at all.
fn set_durability(db: &Database, ephemeral: bool) -> dynoxide::Result<()> {
    // These functions set SQLite's `synchronous` to OFF and NORMAL. dynoxide has no others for that.
    if ephemeral { db.enable_bulk_loading() } else { db.disable_bulk_loading() }
}

/// Creates an index of stream records by position. dynoxide looks up a table's last position at every write, which
/// would otherwise scan all earlier records.
fn index_stream(file: &Path) -> rusqlite::Result<()> {
    rusqlite::Connection::open(file)?.execute_batch(
        "CREATE INDEX IF NOT EXISTS local_stream_position
         ON _stream_records (table_name, CAST(sequence_number AS INTEGER))",
    )
}
