//! The custom resource `SigningKeys`: makes, rotates and drops the keys that sign tokens (docs/keys.md).

mod kept;
mod key;
mod request;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use satchel_aws::Aws;
use satchel_core::config::Config;
use satchel_core::telemetry::chain;
use serde_json::Value;
use tracing::{error, info, warn};

use kept::{Kept, Published};
use request::{Request, Task};

/// The pauses before an answer that was not taken is sent again. With the calls' own time-outs, all of it ends
/// before the function's 30 s do.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(1)];

/// What this function needs.
pub struct App {
    aws: Aws,
    secrets: Client,
}

/// CloudFormation could not be told; Lambda sends the event again, and every request may be repeated.
#[derive(Debug, thiserror::Error)]
#[error("CloudFormation did not take the answer")]
pub struct Unanswered;

/// Why there are no keys; CloudFormation shows it to the operator.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeysError {
    #[error("the request is none of Create, Update, Delete")]
    RequestType,
    #[error("the property {0} is missing or not what it should be")]
    Property(&'static str),
    #[error("the secret does not hold the signing keys in the form that it should")]
    Form,
    #[error("the system has no randomness for a new key")]
    Randomness,
    #[error("cannot {0} the secret: {1}")]
    Secret(&'static str, String),
}

impl App {
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let aws = Aws::new(&config.aws);
        Self { secrets: Client::new(&aws.service(config.aws.secrets_endpoint.as_ref())), aws }
    }
}

/// Does what CloudFormation asks and answers it, whatever happens: a resource without an answer holds up its
/// stack for an hour.
///
/// # Errors
/// If the answer does not arrive.
pub async fn handle(app: &App, event: Value) -> Result<(), Unanswered> {
    let Some(request) = Request::of(event) else {
        error!("the event has no ResponseURL: there is nobody to answer");
        return Ok(());
    };
    let outcome = carry_out(app, &request).await;
    match &outcome {
        Ok(_) => info!("signing keys managed"),
        Err(cause) => error!(cause = chain(cause), "signing keys not managed"),
    }
    deliver(app, &request.response_url, &request.answer(&outcome)).await
}

async fn carry_out(app: &App, request: &Request) -> Result<Option<Published>, KeysError> {
    let Task::TurnTo { secret_id, wanted } = request.task()? else { return Ok(None) };
    let before = read(app, &secret_id).await?;
    let mut kept = Kept::parse(&before)?;
    kept.turn_to(&wanted)?;
    let (published, after) = (kept.published()?, kept.to_secret().to_string());
    if after != before {
        write(app, &secret_id, after).await?;
    }
    Ok(Some(published))
}

async fn read(app: &App, secret_id: &str) -> Result<String, KeysError> {
    let answer = app.secrets.get_secret_value().secret_id(secret_id).send().await;
    let answer = answer.map_err(|cause| secret_error("read", &cause))?;
    answer.secret_string.ok_or(KeysError::Form)
}

async fn write(app: &App, secret_id: &str, value: String) -> Result<(), KeysError> {
    let answer = app.secrets.put_secret_value().secret_id(secret_id).secret_string(value).send().await;
    answer.map(|_| ()).map_err(|cause| secret_error("write", &cause))
}

fn secret_error(doing: &'static str, cause: &(dyn Error + 'static)) -> KeysError {
    KeysError::Secret(doing, chain(cause))
}

async fn deliver(app: &App, url: &str, answer: &Value) -> Result<(), Unanswered> {
    let mut pauses = PAUSES.into_iter();
    loop {
        match app.aws.put(url, answer.to_string()).await {
            Ok(200..300) => return Ok(()),
            Ok(status) => warn!(status, "CloudFormation did not take the answer"),
            Err(cause) => warn!(cause = chain(&cause), "CloudFormation was not reached"),
        }
        tokio::time::sleep(pauses.next().ok_or(Unanswered)?).await;
    }
}
