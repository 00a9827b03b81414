//! Blocks addresses that SES reports as bouncing or complaining. SNS messages from SES start it.
//!
//! SNS delivers at least once and in any order; writing a record again does not change it.

mod report;
#[cfg(test)]
mod tests;

use satchel_accounts::Addresses;
use satchel_runtime::telemetry::chain;
use satchel_runtime::{Diagnostic, Invocation, Metric, Metrics, app};
use satchel_table::StoreError;
use serde::Deserialize;
use tracing::{error, info};

use report::Report;

app! {
    /// What this function needs.
    pub struct App { addresses: Addresses, metrics: Metrics }
}

/// The fields of an SNS event that matter here (<https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html>).
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Event {
    records: Vec<Published>,
}

/// A message that was published to the topic.
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

/// Why an event must be processed again, or ends in the on-failure queue.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Only SES may publish to the topic, so an operator should look at this.
    #[error("the message is not of a form that SES documents")]
    Malformed,
    /// DynamoDB failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Failure> for Diagnostic {
    /// The error that the on-failure queue stores with the event.
    fn from(failure: Failure) -> Self {
        Self { error_type: "FeedbackNotRecorded".to_owned(), error_message: chain(&failure) }
    }
}

/// Marks the addresses of every permanent bounce and every complaint in `event`.
///
/// # Errors
/// If a message cannot be parsed or the table fails. Lambda then sends the event again, and finally to the
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
        info!("mail feedback ignored");
        return Ok(());
    };
    for address in &report.addresses {
        app.addresses.mark_undeliverable(address, report.reason, report.at).await?;
    }
    app.metrics.put_found(&[(Metric::MailsBounced, report.addresses.len() as u64)]);
    info!(reason = ?report.reason, addresses = report.addresses.len(), "addresses marked as undeliverable");
    Ok(())
}
