//! Where the origin secrets and the counter key are stored: a parameter of Systems Manager.
//!
//! Older templates stored them in a secret of Secrets Manager. The deployment that replaces such a template copies them
//! from there (docs/keys.md, "An older deployment").

use satchel_model::random::Random;
use satchel_runtime::telemetry::chain;
use satchel_runtime::{CallError, SignedService, StartError, Wired, Wiring};
use serde_json::json;

use crate::origin::{Origin, PublishedOrigin};
use crate::request::Turn;
use crate::{KeysError, Secrets};

/// The label of the secret version in which older templates stored [`Origin`].
const SETS: &str = "SETS";

/// The client of the Parameter Store.
#[derive(Clone)]
pub(crate) struct Parameters(SignedService);

impl Wired for Parameters {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self(SignedService::wired(wiring, "ssm", "AWS_ENDPOINT_URL_SSM")))
    }
}

impl Parameters {
    /// Turns the stored secrets to the requested generation, and returns them.
    pub async fn turn(&self, turn: &Turn, secrets: &Secrets) -> Result<PublishedOrigin, KeysError> {
        let name = &turn.origin_parameter;
        let before = self.read(name).await?;
        let mut origin = match (&before, &turn.former_secret_id) {
            (None, None) if turn.is_update => return Err(KeysError::ParameterLost(name.clone())),
            (None, None) => Origin::fresh(Random::System),
            (Some(kept), None) => Origin::parse(kept)?,
            (kept, Some(secret)) => {
                let former = former(secrets, secret).await?;
                let kept = kept.as_deref().map(Origin::parse).transpose()?;
                // A repeated request goes on from what the first one stored. If the deployment failed meanwhile, and the
                // older template went on, only the secret is up to date.
                kept.filter(|kept| kept.continues(&former)).unwrap_or(former)
            }
        };
        origin.turn_to(&turn.origin_generation, Random::System);
        let (published, after) = (origin.published()?, origin.to_text());
        if before.as_ref() != Some(&after) {
            self.write(name, &after, before.is_some()).await?;
        }
        Ok(published)
    }

    /// Deletes the parameter, if it is there.
    pub async fn delete(&self, name: &str) -> Result<(), KeysError> {
        match self.0.json("AmazonSSM.DeleteParameter", &json!({"Name": name})).await {
            Ok(_) => Ok(()),
            Err(failure) if failure.is("ParameterNotFound") => Ok(()),
            Err(failure) => Err(parameter_error("delete", &failure)),
        }
    }

    /// The parameter's value; `None` only if it does not exist.
    async fn read(&self, name: &str) -> Result<Option<String>, KeysError> {
        match self.0.json("AmazonSSM.GetParameter", &json!({"Name": name, "WithDecryption": true})).await {
            Ok(answer) => {
                let value = answer["Parameter"]["Value"].as_str().map(str::to_owned);
                value.map(Some).ok_or(KeysError::OriginForm)
            }
            Err(failure) if failure.is("ParameterNotFound") => Ok(None),
            Err(failure) => Err(parameter_error("read", &failure)),
        }
    }

    async fn write(&self, name: &str, value: &str, overwrite: bool) -> Result<(), KeysError> {
        let request = json!({
            "Name": name,
            "Description": "The secrets that CloudFront sends, and the counter key. Only ManageSigningKeysFunction reads it.",
            "Value": value,
            "Type": "SecureString",
            "Overwrite": overwrite,
        });
        let answer = self.0.json("AmazonSSM.PutParameter", &request).await;
        answer.map(drop).map_err(|failure| parameter_error("write", &failure))
    }
}

/// What a deployment of an older template used.
async fn former(secrets: &Secrets, secret_id: &str) -> Result<Origin, KeysError> {
    Origin::parse(&secrets.read(secret_id, Some(SETS)).await?.ok_or(KeysError::OriginForm)?)
}

fn parameter_error(doing: &'static str, failure: &CallError) -> KeysError {
    KeysError::Parameter(doing, chain(failure))
}
