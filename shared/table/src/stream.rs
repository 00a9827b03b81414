//! Batches of the table's stream, worked through in order.

use std::pin::Pin;

use aws_lambda_events::dynamodb::{Event, EventRecord};
use serde::Serialize;
use tracing::warn;

use satchel_runtime::telemetry::chain;

/// Which records of a batch Lambda is to send again.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failures {
    pub batch_item_failures: Vec<Failure>,
}

/// One record to send again; Lambda goes on from the first of them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    pub item_identifier: String,
}

/// What is done with one record.
pub type Work<'a, E> = Pin<Box<dyn Future<Output = Result<(), E>> + Send + 'a>>;

/// Does `work` with each record of a batch, up to the first that fails: Lambda sends the batch again from there.
/// `work` may meet a record more than once. Its futures are boxed: those of clients inside each other are deeper than
/// the compiler lays out.
pub async fn work_through<'a, E: std::error::Error + 'static>(
    event: Event,
    work: impl Fn(EventRecord) -> Work<'a, E>,
) -> Failures {
    for record in event.records {
        let number = record.change.sequence_number.clone().unwrap_or_default();
        if let Err(cause) = work(record).await {
            // Not an error yet: it is sent again, and what never works ends in the queue, which an alarm watches.
            warn!(cause = chain(&cause), "record not worked through");
            return Failures { batch_item_failures: vec![Failure { item_identifier: number }] };
        }
    }
    Failures::default()
}
