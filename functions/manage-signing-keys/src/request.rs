//! CloudFormation's request, and the answer to it.
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html>

use serde_json::{Value, json};

use crate::KeysError;
use crate::kept::{Published, Wanted};
use crate::origin::PublishedOrigin;

/// The maximum length of a reason in bytes. A whole answer may have 4096 bytes.
const MAX_REASON: usize = 1000;

/// The work that a request asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Create or Update. The same generations always give the same keys and secrets.
    TurnTo(Turn),
    /// Delete. The stack deletes the secrets itself; the parameter of this name is the function's.
    Delete(Option<String>),
}

/// The requested generations, and the secrets that they belong to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    /// The id of the secret that holds the signing keys.
    pub secret_id: String,
    pub wanted: Wanted,
    /// The name of the parameter that holds the secrets of CloudFront and the counter key.
    pub origin_parameter: String,
    pub origin_generation: String,
    /// The id of the secret that held them, if the former template is one without the parameter.
    pub former_secret_id: Option<String>,
    /// Whether the deployment has run before.
    pub is_update: bool,
}

/// A request that can be answered, even if it is malformed.
pub(crate) struct Request {
    pub response_url: String,
    event: Value,
}

impl Request {
    /// Reads a request; `None` if the event has no address for the answer.
    pub fn of(event: Value) -> Option<Self> {
        let response_url = event["ResponseURL"].as_str()?.to_owned();
        Some(Self { response_url, event })
    }

    /// Reads the work that the request asks for.
    pub fn task(&self) -> Result<Task, KeysError> {
        match self.text("RequestType") {
            kind @ ("Create" | "Update") => {
                let secret_id = self.property("SecretId")?;
                let generation = self.property("Generation")?;
                let drop = self
                    .property("DropPrevious")?
                    .parse()
                    .map_err(|_| KeysError::Property("DropPrevious"))?;
                Ok(Task::TurnTo(Turn {
                    secret_id,
                    wanted: Wanted { generation, drop },
                    origin_parameter: self.property("OriginParameter")?,
                    origin_generation: self.property("OriginGeneration")?,
                    former_secret_id: self.former("OriginSecretId"),
                    is_update: kind == "Update",
                }))
            }
            "Delete" => Ok(Task::Delete(self.property("OriginParameter").ok())),
            _ => Err(KeysError::RequestType),
        }
    }

    /// The answer with the result or the reason of the failure.
    pub fn answer(&self, outcome: &Result<Option<(Published, PublishedOrigin)>, KeysError>) -> Value {
        let (status, reason) = match outcome {
            Ok(_) => ("SUCCESS", String::new()),
            Err(error) => ("FAILED", error.to_string().chars().take(MAX_REASON).collect()),
        };
        let mut answer = json!({
            "Status": status,
            "Reason": reason,
            "PhysicalResourceId": self.physical_id(),
            "StackId": self.text("StackId"),
            "RequestId": self.text("RequestId"),
            "LogicalResourceId": self.text("LogicalResourceId"),
        });
        if let Ok(Some((Published { public_keys, signing_kid }, origin))) = outcome {
            // CloudFormation then hides the values from users who view the stack.
            answer["NoEcho"] = true.into();
            answer["Data"] = json!({
                "PublicKeys": public_keys,
                "SigningKid": signing_kid,
                "OriginSecret": origin.sent.expose(),
                "OriginSecrets": origin.accepted.expose(),
                "CounterKey": origin.counter_key.expose(),
            });
        }
        answer
    }

    /// The resource's id. An existing id never changes, because CloudFormation would treat the resource as
    /// replaced. A new resource is named after its secret.
    fn physical_id(&self) -> String {
        match self.text("PhysicalResourceId") {
            "" => format!(
                "{}/{}",
                self.text("LogicalResourceId"),
                self.property("SecretId").unwrap_or_default()
            ),
            known => known.to_owned(),
        }
    }

    fn text(&self, name: &str) -> &str {
        self.event[name].as_str().unwrap_or_default()
    }

    /// A property that is a non-empty text. CloudFormation sends numbers and booleans as texts, too.
    fn property(&self, name: &'static str) -> Result<String, KeysError> {
        let value = self.event["ResourceProperties"][name].as_str().filter(|text| !text.is_empty());
        value.map(str::to_owned).ok_or(KeysError::Property(name))
    }

    /// A property that the resource had before an update.
    fn former(&self, name: &str) -> Option<String> {
        self.event["OldResourceProperties"][name].as_str().filter(|text| !text.is_empty()).map(str::to_owned)
    }
}
