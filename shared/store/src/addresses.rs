//! Addresses that mail does not reach, or whose owner does not want it.

use jiff::Timestamp;
use satchel_core::model::Email;
use serde::Serialize;

use crate::keys::Key;
use crate::table::item;
use crate::{StoreError, Table};

/// Remembers which addresses get no more mail. Whoever sends mail reads it with the address's other records.
#[derive(Clone)]
pub struct Addresses {
    table: Table,
}

/// Why an address gets no more mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Undeliverable {
    /// Mail to it comes back for good.
    Bounce,
    /// Its owner called our mail spam.
    Complaint,
    /// SES takes no mail to it.
    Refused,
}

#[derive(Serialize)]
struct Record {
    reason: Undeliverable,
    at: Timestamp,
}

impl Addresses {
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// Lets `email` get no more mail; `at` is when SES said so. May be repeated.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn mark_undeliverable(
        &self,
        email: &Email,
        reason: Undeliverable,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let record = item(&Key::undeliverable(&email.key()), &Record { reason, at }, None)?;
        self.table.client.put_item().table_name(&self.table.name).set_item(Some(record)).send().await?;
        Ok(())
    }
}
