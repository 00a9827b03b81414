//! Processes batches of the table's stream in order.

use std::pin::Pin;

use aws_lambda_events::dynamodb::{Event, EventRecord};
use serde::Serialize;
use tracing::warn;

use satchel_runtime::telemetry::chain;

/// The records of a batch that Lambda is to send again.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failures {
    pub batch_item_failures: Vec<Failure>,
}

/// One record to send again; Lambda continues from the first of them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    pub item_identifier: String,
}

/// The processing of one record.
pub type Work<'a, E> = Pin<Box<dyn Future<Output = Result<(), E>> + Send + 'a>>;

/// Calls `work` for each record of a batch, up to the first failure; Lambda sends the batch again from there.
///
/// `work` may get a record more than once. Its futures are boxed because the futures of nested clients are
/// deeper than the compiler can lay out.
pub async fn work_through<'a, E: std::error::Error + 'static>(
    event: Event,
    work: impl Fn(EventRecord) -> Work<'a, E>,
) -> Failures {
    for record in event.records {
        let number = record.change.sequence_number.clone().unwrap_or_default();
        if let Err(cause) = work(record).await {
            // Only a warning: Lambda sends the record again, and a record that never succeeds ends in the
            // dead-letter queue, which has an alarm.
            warn!(cause = chain(&cause), "record could not be processed");
            return Failures { batch_item_failures: vec![Failure { item_identifier: number }] };
        }
    }
    Failures::default()
}
