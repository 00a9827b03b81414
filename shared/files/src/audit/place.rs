//! The record of where and when the last scheduled audit stopped.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::Deserialize;

use satchel_table::keys::Key;
use satchel_table::write::Write;
use satchel_table::{StoreError, read};

use super::Audit;

#[derive(Deserialize)]
struct AuditPlace {
    #[serde(default)]
    place: Option<String>,
    noted_at: Option<Timestamp>,
}

impl Audit {
    /// The place at which an unfinished audit stopped; `None` if the last audit finished.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn place(&self) -> Result<Option<String>, StoreError> {
        let stored: Option<AuditPlace> = self.table.get(&Key::audit()).await?;
        Ok(stored.and_then(|stored| stored.place))
    }

    /// Stores the place at which an audit stopped.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn note_place(&self, place: Option<String>, now: Timestamp) -> Result<(), StoreError> {
        let place = place.map_or(AttributeValue::Null(true), AttributeValue::S);
        let write = Write::update(Key::audit(), "SET #place = :place, #noted_at = :now");
        self.table.update(write.value(":place", place).text(":now", now)).await.map(drop)
    }

    /// When the last scheduled audit stopped. If there was none, the time is counted from `now`, which is stored.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn last_run(&self, now: Timestamp) -> Result<Timestamp, StoreError> {
        // Not `GetItem`, which the sweep is not allowed to call.
        let [stored] = self.table.get_all([Key::audit()]).await?;
        let stored: Option<AuditPlace> = stored.map(read).transpose()?;
        if let Some(noted_at) = stored.and_then(|stored| stored.noted_at) {
            return Ok(noted_at);
        }
        let write =
            Write::update(Key::audit(), "SET #noted_at = :now").when("attribute_not_exists(#noted_at)");
        self.table.update(write.text(":now", now)).await?;
        Ok(now)
    }
}
