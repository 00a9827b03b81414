//! Writes the journal of what a restore of the table must not undo, and starts the erasure of closed accounts. The
//! table's stream starts it.
//!
//! Erasures start here because only two functions may read a stream at the same time; the other is `send-mail`
//! (docs/decisions/0067-a-journal-outlives-the-table.md).

mod entry;
mod hand_on;
#[cfg(test)]
mod tests;

use aws_lambda_events::dynamodb::Event;
use jiff::Timestamp;
use satchel_model::journal::{Entries, key};
use satchel_objects::{JournalBucket, ObjectError};
use satchel_runtime::telemetry::chain;
use satchel_runtime::{CallError, Diagnostic, Invocation, app};
use tracing::info;

use entry::entry_of;
use hand_on::{Erasers, is_order};

app! {
    /// What this function needs.
    pub struct App { journal: JournalBucket, erasers: Erasers }
}

/// Why a batch must be processed again.
#[derive(Debug, thiserror::Error)]
pub enum Unwritten {
    #[error("the journal was not written")]
    Journal(#[from] ObjectError),
    #[error("an erasure was not started")]
    Erasure(#[from] CallError),
}

impl From<Unwritten> for Diagnostic {
    fn from(failure: Unwritten) -> Self {
        Self { error_type: "JournalNotWritten".to_owned(), error_message: chain(&failure) }
    }
}

/// Writes one object with the entries of a batch, and then starts the erasures that the batch orders.
///
/// Every step can be repeated: the same batch gives the same object, and an erasure does again only what is left.
///
/// # Errors
/// If a service fails. Lambda then sends the batch again.
pub async fn handle(
    app: &'static App,
    Invocation { payload: event, .. }: Invocation<Event>,
) -> Result<(), Unwritten> {
    let entries: Vec<_> = event.records.iter().filter_map(entry_of).collect();
    if let Some(last) = event.records.last().filter(|_| !entries.is_empty()) {
        let at = last.change.approximate_creation_date_time.timestamp();
        let at = Timestamp::from_second(at).unwrap_or_default();
        let key = key(at, last.change.sequence_number.as_deref().unwrap_or_default());
        let count = entries.len();
        let text = serde_json::json!(Entries { entries }).to_string();
        app.journal.put(&key, text).await?;
        info!(entries = count, key, "journal written");
    }
    for order in event.records.iter().filter(|record| is_order(record)) {
        app.erasers.start(order).await?;
    }
    Ok(())
}
