//! Manages the custom resource `SigningKeys`: creates, rotates and drops the keys that sign tokens, and creates
//! and rotates the secrets that CloudFront sends (docs/keys.md).

mod kept;
mod key;
mod origin;
mod origin_store;
mod request;
#[cfg(test)]
mod tests;

use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use satchel_runtime::telemetry::chain;
use satchel_runtime::{Aws, Diagnostic, Invocation, StartError, Wired, Wiring, app};
use serde_json::Value;
use tracing::{error, info, warn};

use kept::{Kept, Published};
use origin::PublishedOrigin;
use origin_store::Parameters;
use request::{Request, Task, Turn};

/// The pauses before a failed delivery is repeated. Including the timeouts of the calls, all attempts end
/// within the function's 30 s.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(1)];

app! {
    /// What this function needs.
    pub struct App { aws: Aws, secrets: Secrets, parameters: Parameters }
}

/// The client of Secrets Manager.
#[derive(Clone)]
struct Secrets(Client);

impl Wired for Secrets {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self(Client::new(&wiring.sdk_config("AWS_ENDPOINT_URL_SECRETS_MANAGER"))))
    }
}

impl Secrets {
    /// Reads the version of a secret with this label, or the current one; `None` if it has no text.
    async fn read(&self, secret_id: &str, label: Option<&str>) -> Result<Option<String>, KeysError> {
        let request =
            self.0.get_secret_value().secret_id(secret_id).set_version_stage(label.map(str::to_owned));
        let answer = request.send().await.map_err(|cause| KeysError::Secret("read", chain(&cause)))?;
        Ok(answer.secret_string)
    }

    /// Stores the current version of a secret.
    async fn write(&self, secret_id: &str, value: String) -> Result<(), KeysError> {
        let answer = self.0.put_secret_value().secret_id(secret_id).secret_string(value).send().await;
        answer.map(drop).map_err(|cause| KeysError::Secret("write", chain(&cause)))
    }
}

/// The answer did not reach CloudFormation. Lambda sends the event again, and every request may be repeated.
#[derive(Debug, thiserror::Error)]
#[error("CloudFormation did not take the answer")]
pub struct Unanswered;

impl From<Unanswered> for Diagnostic {
    fn from(failure: Unanswered) -> Self {
        Self { error_type: "CloudFormationNotAnswered".to_owned(), error_message: chain(&failure) }
    }
}

/// Why a request failed. CloudFormation shows it to the operator.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeysError {
    #[error("the request is none of Create, Update, Delete")]
    RequestType,
    #[error("the property {0} is missing or not what it should be")]
    Property(&'static str),
    #[error("the secret does not hold the signing keys in the form that it should")]
    Form,
    #[error("the secrets of CloudFront are not stored in the form that they should be")]
    OriginForm,
    #[error("the parameter {0} does not exist, although the stack does; docs/keys.md says how to restore it")]
    ParameterLost(String),
    #[error("the system has no randomness for a new key")]
    Randomness,
    #[error("cannot {0} the secret: {1}")]
    Secret(&'static str, String),
    #[error("cannot {0} the parameter: {1}")]
    Parameter(&'static str, String),
}

/// Carries out CloudFormation's request and answers it, even after a failure.
///
/// Without an answer, CloudFormation blocks the stack for an hour.
///
/// # Errors
/// If the answer cannot be delivered.
pub async fn handle(
    app: &'static App,
    Invocation { payload: event, .. }: Invocation<Value>,
) -> Result<(), Unanswered> {
    let Some(request) = Request::of(event) else {
        error!("the event has no ResponseURL and cannot be answered");
        return Ok(());
    };
    let outcome = carry_out(app, &request).await;
    match &outcome {
        Ok(_) => info!("signing keys managed"),
        Err(cause) => error!(cause = chain(cause), "signing keys not managed"),
    }
    deliver(app, &request.response_url, &request.answer(&outcome)).await
}

async fn carry_out(app: &App, request: &Request) -> Result<Option<(Published, PublishedOrigin)>, KeysError> {
    match request.task()? {
        Task::TurnTo(turn) => {
            let published = turn_keys(app, &turn).await?;
            Ok(Some((published, app.parameters.turn(&turn, &app.secrets).await?)))
        }
        Task::Delete(Some(parameter)) => app.parameters.delete(&parameter).await.map(|()| None),
        Task::Delete(None) => Ok(None),
    }
}

async fn turn_keys(app: &App, turn: &Turn) -> Result<Published, KeysError> {
    let before = app.secrets.read(&turn.secret_id, None).await?.ok_or(KeysError::Form)?;
    let mut kept = Kept::parse(&before)?;
    kept.turn_to(&turn.wanted)?;
    let (published, after) = (kept.published()?, kept.to_secret().to_string());
    if after != before {
        app.secrets.write(&turn.secret_id, after).await?;
    }
    Ok(published)
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
