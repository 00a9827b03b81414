//! The tables of the database, and transactions.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use local_deployment::{Bucket, Versioning};
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::errors::StoreError;
use crate::events::Notifications;
use crate::record::Details;

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS buckets (name TEXT PRIMARY KEY, created INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT NOT NULL, key TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
    modified INTEGER NOT NULL, details TEXT NOT NULL, PRIMARY KEY (bucket, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS versions (
    place INTEGER PRIMARY KEY AUTOINCREMENT, bucket TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL,
    size INTEGER, etag TEXT, modified INTEGER NOT NULL, details TEXT
);
CREATE INDEX IF NOT EXISTS versions_by_key ON versions (bucket, key, place);
CREATE TABLE IF NOT EXISTS uploads (
    id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, initiated INTEGER NOT NULL, facts TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS parts (
    upload TEXT NOT NULL REFERENCES uploads (id) ON DELETE CASCADE, number INTEGER NOT NULL,
    file TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL, modified INTEGER NOT NULL,
    checksums TEXT NOT NULL, PRIMARY KEY (upload, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outbox (id INTEGER PRIMARY KEY, function TEXT NOT NULL, event TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sequencer (only INTEGER PRIMARY KEY CHECK (only = 0), last INTEGER NOT NULL);
INSERT OR IGNORE INTO sequencer VALUES (0, 0);
";

/// The database, and the notifications for its changes.
pub(crate) struct Store {
    connection: Mutex<Connection>,
    pub(super) notifications: Notifications,
    /// The versioning of each bucket.
    pub(super) versioning: HashMap<String, Versioning>,
}

impl Store {
    /// Opens the database in `file`, which is created if it does not exist.
    pub fn open(file: &Path, buckets: &[Bucket]) -> Result<Self, StoreError> {
        let connection = Connection::open(file)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // A killed process does not lose changes. A power cut could lose the last ones.
        connection.pragma_update(None, "synchronous", "OFF")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        connection.set_prepared_statement_cache_capacity(64);
        connection.execute_batch(TABLES)?;
        let notifications = Notifications::new(buckets.to_vec());
        let versioning = buckets.iter().map(|bucket| (bucket.name.clone(), bucket.versioning)).collect();
        Ok(Self { connection: Mutex::new(connection), notifications, versioning })
    }

    pub(super) fn versioning_of(&self, bucket: &str) -> Versioning {
        self.versioning.get(bucket).copied().unwrap_or_default()
    }

    pub(super) fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` in one transaction, which is rolled back if `work` fails.
    pub(super) fn change<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let result = work(&transaction)?;
        transaction.commit()?;
        Ok(result)
    }

    /// Records the creation times of new buckets. Returns those of all `names`.
    pub fn bucket_times<'a>(
        &self,
        names: impl Iterator<Item = &'a str>,
    ) -> Result<Vec<(String, Timestamp)>, StoreError> {
        let now = local_common::clock::now().as_millisecond();
        names
            .map(|name| {
                let connection = self.connection();
                connection.execute("INSERT OR IGNORE INTO buckets VALUES (?1, ?2)", (name, now))?;
                let created =
                    connection
                        .query_row("SELECT created FROM buckets WHERE name = ?1", [name], |row| row.get(0))?;
                Ok((name.to_owned(), time(created)))
            })
            .collect()
    }

    /// Removes all objects, versions, unfinished uploads and events that were not sent.
    pub fn empty(&self) -> Result<(), StoreError> {
        self.change(|transaction| {
            let tables = ["objects", "versions", "parts", "uploads", "outbox"];
            for table in tables {
                transaction.execute(&format!("DELETE FROM {table}"), [])?;
            }
            Ok(())
        })
    }

    /// The names of all files that an object or a part uses.
    pub fn files(&self) -> Result<HashSet<String>, StoreError> {
        let connection = self.connection();
        let mut files = HashSet::new();
        let mut objects = connection.prepare(
            "SELECT details FROM objects UNION ALL SELECT details FROM versions WHERE details IS NOT NULL",
        )?;
        for details in objects.query_map([], |row| row.get::<_, String>(0))? {
            let details: Details = serde_json::from_str(&details?)?;
            files.extend(details.body.into_iter().map(|segment| segment.file));
        }
        let mut parts = connection.prepare("SELECT file FROM parts")?;
        for file in parts.query_map([], |row| row.get(0))? {
            files.insert(file?);
        }
        Ok(files)
    }
}

/// Reads a time, which is stored in milliseconds.
pub(super) fn time(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or_default()
}
