//! Manages the custom resource `SigningKeys`: creates, rotates and drops the keys that sign tokens, and creates
//! and rotates the secrets that CloudFront sends (docs/keys.md).

mod kept;
mod key;
mod origin;
mod request;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::SdkError;
use satchel_model::random::Random;
use satchel_model::secret::Secret;
use satchel_runtime::telemetry::chain;
use satchel_runtime::{Aws, Diagnostic, Invocation, StartError, Wired, Wiring, app};
use serde_json::Value;
use tracing::{error, info, warn};

use kept::{Kept, Published};
use origin::{Origin, PublishedOrigin};
use request::{Request, Task, Turn};

/// The pauses before a failed delivery is repeated. Including the timeouts of the calls, all attempts end
/// within the function's 30 s.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(1)];

/// The label of the secret version that holds [`Origin`]. The version that the template created keeps its own
/// label, so that an older template still finds its secret there.
const SETS: &str = "SETS";

app! {
    /// What this function needs.
    pub struct App { aws: Aws, secrets: Secrets }
}

/// The client of Secrets Manager.
#[derive(Clone)]
struct Secrets(Client);

impl Wired for Secrets {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self(Client::new(&wiring.sdk_config("AWS_ENDPOINT_URL_SECRETS_MANAGER"))))
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
    #[error("the secret does not hold the secrets of CloudFront in the form that it should")]
    OriginForm,
    #[error("the system has no randomness for a new key")]
    Randomness,
    #[error("cannot {0} the secret: {1}")]
    Secret(&'static str, String),
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
    let Task::TurnTo(turn) = request.task()? else { return Ok(None) };
    Ok(Some((turn_keys(app, &turn).await?, turn_origin(app, &turn).await?)))
}

async fn turn_keys(app: &App, turn: &Turn) -> Result<Published, KeysError> {
    let before = read(app, &turn.secret_id, None).await?.ok_or(KeysError::Form)?;
    let mut kept = Kept::parse(&before)?;
    kept.turn_to(&turn.wanted)?;
    let (published, after) = (kept.published()?, kept.to_secret().to_string());
    if after != before {
        write(app, &turn.secret_id, None, after).await?;
    }
    Ok(published)
}

async fn turn_origin(app: &App, turn: &Turn) -> Result<PublishedOrigin, KeysError> {
    let secret_id = &turn.origin_secret_id;
    let before = read(app, secret_id, Some(SETS)).await?;
    let mut origin = match &before {
        Some(kept) => Origin::parse(kept)?,
        None => {
            let template = read(app, secret_id, None).await?.ok_or(KeysError::OriginForm)?;
            Origin::new(Secret::new(template), turn.is_update, Random::System)
        }
    };
    origin.turn_to(&turn.origin_generation, Random::System);
    let (published, after) = (origin.published()?, origin.to_text());
    if before.as_ref() != Some(&after) {
        write(app, secret_id, Some(SETS), after).await?;
    }
    Ok(published)
}

/// Reads the version of a secret with this label, or the current one. `None` only if the version does not
/// exist.
async fn read(app: &App, secret_id: &str, label: Option<&str>) -> Result<Option<String>, KeysError> {
    let request =
        app.secrets.0.get_secret_value().secret_id(secret_id).set_version_stage(label.map(str::to_owned));
    match request.send().await {
        Ok(answer) => Ok(answer.secret_string),
        Err(SdkError::ServiceError(refused))
            if label.is_some() && refused.err().is_resource_not_found_exception() =>
        {
            Ok(None)
        }
        Err(cause) => Err(secret_error("read", &cause)),
    }
}

/// Adds a version with this label, or a current version.
async fn write(app: &App, secret_id: &str, label: Option<&str>, value: String) -> Result<(), KeysError> {
    let request = app.secrets.0.put_secret_value().secret_id(secret_id).secret_string(value);
    let labels = label.map(|label| vec![label.to_owned()]);
    let answer = request.set_version_stages(labels).send().await;
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
