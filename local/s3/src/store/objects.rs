//! Reads, lists, replaces and removes objects.

use rusqlite::{Connection, OptionalExtension as _, Transaction};

use super::schema::{Store, time};
use crate::conditional::WriteCondition;
use crate::errors::StoreError;
use crate::events::Change;
use crate::record::{Object, Segment, Summary};

impl Store {
    pub fn object(&self, bucket: &str, key: &str) -> Result<Option<Object>, StoreError> {
        find(&self.connection(), bucket, key)
    }

    /// Writes `object` if `condition` holds. Returns the segments that are not used any more, and the id of the new
    /// version.
    pub fn put(
        &self,
        change: &Change,
        object: Object,
        condition: &WriteCondition,
    ) -> Result<(Vec<Segment>, Option<String>), StoreError> {
        self.change(|transaction| self.replace(transaction, change, object, condition))
    }

    pub(super) fn replace(
        &self,
        transaction: &Transaction<'_>,
        change: &Change,
        mut object: Object,
        condition: &WriteCondition,
    ) -> Result<(Vec<Segment>, Option<String>), StoreError> {
        let existing = find(transaction, &change.bucket, &change.key)?;
        condition.check(existing.as_ref().map(|existing| existing.etag.as_str()))?;
        object.details.version = self.new_version(&change.bucket);
        let replaced = self.retire(transaction, &change.bucket, &change.key, existing)?;
        insert(transaction, &change.bucket, &change.key, &object)?;
        let shown = self.shown_version(&change.bucket, object.details.version_id());
        self.record_events(transaction, change, object.size, &object.etag, shown.as_deref())?;
        Ok((replaced, shown))
    }

    /// Calls `show` for the objects of a bucket, ordered by key, until it returns `false`. Only keys that are greater
    /// than `after` and not less than `from` are shown.
    pub fn list(
        &self,
        bucket: &str,
        after: &str,
        from: &str,
        mut show: impl FnMut(Summary) -> bool,
    ) -> Result<(), StoreError> {
        let connection = self.connection();
        let mut query = connection.prepare_cached(
            "SELECT key, size, etag, modified FROM objects
             WHERE bucket = ?1 AND key > ?2 AND key >= ?3 ORDER BY key",
        )?;
        let mut rows = query.query((bucket, after, from))?;
        while let Some(row) = rows.next()? {
            let summary = Summary {
                key: row.get(0)?,
                size: row.get(1)?,
                etag: row.get(2)?,
                modified: time(row.get(3)?),
            };
            if !show(summary) {
                break;
            }
        }
        Ok(())
    }
}

pub(super) fn find(connection: &Connection, bucket: &str, key: &str) -> Result<Option<Object>, StoreError> {
    let row = connection
        .prepare_cached("SELECT size, etag, modified, details FROM objects WHERE bucket = ?1 AND key = ?2")?
        .query_row((bucket, key), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, String>(3)?)))
        .optional()?;
    row.map(|(size, etag, modified, details)| {
        Ok(Object { size, etag, modified: time(modified), details: serde_json::from_str(&details)? })
    })
    .transpose()
}

/// Stores the current object of a key.
pub(super) fn insert(
    transaction: &Transaction<'_>,
    bucket: &str,
    key: &str,
    object: &Object,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO objects (bucket, key, size, etag, modified, details)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute((
            bucket,
            key,
            object.size,
            &object.etag,
            object.modified.as_millisecond(),
            serde_json::to_string(&object.details)?,
        ))?;
    Ok(())
}
