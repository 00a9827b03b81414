//! What SES's bounces and complaints start: the addresses that they are about get no more mail.
//!
//! SNS delivers at least once and in any order; a record that is written again is the same record.

mod report;
#[cfg(test)]
mod tests;

use satchel_accounts::Addresses;
use satchel_runtime::telemetry::chain;
use satchel_runtime::{Diagnostic, Invocation, app};
use satchel_table::StoreError;
use serde::Deserialize;
use tracing::{error, info};

use report::Report;

app! {
    /// What this function needs.
    pub struct App { addresses: Addresses }
}

/// What SNS sends to a function, as far as it matters here
/// (<https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html>).
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Event {
    records: Vec<Published>,
}

/// One message that was published to the topic.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Published {
    sns: Notification,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Notification {
    message: String,
}

/// Why an event has to come again, or ends in the queue.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Nobody but SES may publish to the topic, so somebody should look.
    #[error("the message is not of a form that SES documents")]
    Malformed,
    /// The table did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Failure> for Diagnostic {
    /// What stands in the on-failure queue beside the event.
    fn from(failure: Failure) -> Self {
        Self { error_type: "FeedbackNotRecorded".to_owned(), error_message: chain(&failure) }
    }
}

/// Marks the addresses of every bounce that will not pass and of every complaint in `event`.
///
/// # Errors
/// If a message is not understood or the table does not answer: Lambda sends the event again, and in the end to the
/// on-failure queue.
pub async fn handle(
    app: &'static App,
    Invocation { payload: event, .. }: Invocation<Event>,
) -> Result<(), Failure> {
    for published in &event.records {
        let recorded = record(app, &published.sns.message).await;
        recorded.inspect_err(|failure| error!(cause = chain(failure), "mail feedback not recorded"))?;
    }
    Ok(())
}

async fn record(app: &App, message: &str) -> Result<(), Failure> {
    let Some(report) = Report::read(message)? else {
        info!("mail feedback of no consequence");
        return Ok(());
    };
    for address in &report.addresses {
        app.addresses.mark_undeliverable(address, report.reason, report.at).await?;
    }
    info!(reason = ?report.reason, addresses = report.addresses.len(), "no more mail to these addresses");
    Ok(())
}
