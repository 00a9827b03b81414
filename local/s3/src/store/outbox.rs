//! The outbox for events that have not been sent, and the sequencer that orders the changes of a key.

use rusqlite::Transaction;

use super::schema::Store;
use crate::errors::StoreError;
use crate::events::{Change, Subject};

impl Store {
    /// Adds the events of `change` to the outbox, in the transaction of the change.
    pub(super) fn record_events(
        &self,
        transaction: &Transaction<'_>,
        change: &Change,
        size: u64,
        etag: &str,
        version: Option<&str>,
    ) -> Result<(), StoreError> {
        let sequence = transaction
            .prepare_cached("UPDATE sequencer SET last = last + 1 RETURNING last")?
            .query_row([], |row| row.get(0))?;
        for (function, event) in
            self.notifications.events_for(change, Subject { size, etag, version, sequence })
        {
            transaction
                .prepare_cached("INSERT INTO outbox (function, event) VALUES (?1, ?2)")?
                .execute((function, event.to_string()))?;
        }
        Ok(())
    }

    /// The events in the outbox, oldest first: id, function and event.
    pub fn waiting_events(&self) -> Result<Vec<(i64, String, String)>, StoreError> {
        let connection = self.connection();
        let mut query = connection.prepare_cached("SELECT id, function, event FROM outbox ORDER BY id")?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub fn forget_event(&self, id: i64) -> Result<(), StoreError> {
        self.connection().prepare_cached("DELETE FROM outbox WHERE id = ?1")?.execute([id])?;
        Ok(())
    }
}
