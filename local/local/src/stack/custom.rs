//! Custom resources: made by functions of the template, which are asked as CloudFormation asks them.
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html>

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use local_common::{DataDir, StackIdentity, private_file};
use local_deployment::CustomResource;
use local_lambda::{Functions, Outcome};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answers::Answers;
use super::error::StartError;

/// The custom resources that were made; the data folder remembers them.
pub(super) struct CustomResources {
    file: PathBuf,
    identity: StackIdentity,
    answers: Answers,
    made: BTreeMap<String, Made>,
}

/// A resource that is there.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Made {
    properties: Value,
    physical_id: String,
    data: BTreeMap<String, Value>,
}

/// What a change of the template comes to, until it is kept or undone.
pub(super) struct Change {
    made: BTreeMap<String, Made>,
    /// Which resources were asked for something, the failed one included.
    touched: Vec<CustomResource>,
}

impl Change {
    /// An attribute of a resource; `PhysicalResourceId` is what `Ref` gives.
    pub fn attribute(&self, id: &str, name: &str) -> Option<String> {
        attribute(&self.made, id, name)
    }
}

impl CustomResources {
    /// What an earlier start has made, if anything.
    ///
    /// # Errors
    /// If the data folder cannot be read.
    pub fn open(data: &DataDir, identity: &StackIdentity, answers: Answers) -> io::Result<Self> {
        let file = data.file("custom-resources.json");
        let made = match std::fs::read(&file) {
            Ok(text) => serde_json::from_slice(&text)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(error),
        };
        Ok(Self { file, identity: identity.clone(), answers, made })
    }

    /// An attribute as it is now.
    pub fn attribute(&self, id: &str, name: &str) -> Option<String> {
        attribute(&self.made, id, name)
    }

    /// Makes what is not there yet, and updates what has other properties than it was made with. If one fails,
    /// all go back to what they were.
    ///
    /// # Errors
    /// The reason that the function gave, or why there is none.
    pub async fn change(
        &self,
        wanted: &[CustomResource],
        functions: &Functions,
    ) -> Result<Change, StartError> {
        let mut change = Change { made: BTreeMap::new(), touched: Vec::new() };
        for resource in wanted {
            let id = &resource.logical_id;
            let before = self.made.get(id);
            let unchanged = before.filter(|before| before.properties == resource.properties);
            let made = match unchanged {
                Some(unchanged) => Ok(unchanged.clone()),
                None => {
                    change.touched.push(resource.clone());
                    self.ask(resource, before, functions).await
                }
            };
            match made {
                Ok(made) => _ = change.made.insert(id.clone(), made),
                Err(reason) => {
                    self.undo(change, functions).await;
                    return Err(StartError::CustomResource { resource: id.clone(), reason });
                }
            }
        }
        Ok(change)
    }

    /// Gives resources their former properties again, as CloudFormation rolls back. What fails in that is left.
    pub async fn undo(&self, change: Change, functions: &Functions) {
        for resource in change.touched.into_iter().rev() {
            let Some(before) = self.made.get(&resource.logical_id) else { continue };
            let failed = Made { properties: resource.properties.clone(), ..before.clone() };
            let former = CustomResource { properties: before.properties.clone(), ..resource };
            if let Err(reason) = self.ask(&former, Some(&failed), functions).await {
                tracing::error!(
                    resource = former.logical_id,
                    reason,
                    "a custom resource was not rolled back"
                );
            }
        }
    }

    /// Stores the created resource, so that a restart finds it. Attributes may be secrets.
    ///
    /// # Errors
    /// If the data folder cannot be written.
    pub fn keep(&mut self, change: Change) -> io::Result<()> {
        private_file::replace(&self.file, &serde_json::to_vec(&change.made)?)?;
        self.made = change.made;
        Ok(())
    }

    /// Asks the function that makes a resource, and waits for the answer: at the latest when the function's time
    /// is up.
    async fn ask(
        &self,
        resource: &CustomResource,
        before: Option<&Made>,
        functions: &Functions,
    ) -> Result<Made, String> {
        let name = &resource.function.name;
        let awaited = self.answers.expect();
        let event = self.event(resource, before, &awaited.url, &awaited.id);
        let invocation = functions.invoke(name, event.to_string().into()).await;
        let outcome = invocation.map_err(|unknown| unknown.to_string())?.outcome;
        let answer = awaited.answer().ok_or_else(|| match outcome {
            Outcome::Answered(_) => format!("{name} ended without an answer"),
            Outcome::Failed(error) => format!("{name} failed: {}", String::from_utf8_lossy(&error)),
            Outcome::TimedOut => format!("{name} timed out"),
            Outcome::OutOfMemory => format!("{name} used more memory than its MemorySize"),
            Outcome::Crashed => format!("{name} crashed"),
        })?;
        for member in ["StackId", "RequestId", "LogicalResourceId"] {
            if answer[member] != event[member] {
                return Err(format!("{name} answered with another {member}"));
            }
        }
        match (answer["Status"].as_str(), answer["PhysicalResourceId"].as_str()) {
            (Some("SUCCESS"), Some(physical_id)) if !physical_id.is_empty() => Ok(Made {
                properties: resource.properties.clone(),
                physical_id: physical_id.to_owned(),
                data: serde_json::from_value(answer["Data"].clone()).unwrap_or_default(),
            }),
            (Some("SUCCESS"), _) => Err(format!("{name} answered without PhysicalResourceId")),
            _ => Err(answer["Reason"].as_str().unwrap_or("no reason was given").to_owned()),
        }
    }

    fn event(&self, resource: &CustomResource, before: Option<&Made>, url: &str, request_id: &str) -> Value {
        let mut event = json!({
            "RequestType": "Create",
            "ServiceToken": resource.properties["ServiceToken"],
            "ResponseURL": url,
            "StackId": self.identity.stack_id(),
            "RequestId": request_id,
            "LogicalResourceId": resource.logical_id,
            "ResourceType": resource.resource_type,
            "ResourceProperties": resource.properties,
        });
        if let Some(Made { properties, physical_id, .. }) = before {
            event["RequestType"] = "Update".into();
            event["PhysicalResourceId"] = physical_id.as_str().into();
            event["OldResourceProperties"] = properties.clone();
        }
        event
    }
}

fn attribute(made: &BTreeMap<String, Made>, id: &str, name: &str) -> Option<String> {
    let resource = made.get(id)?;
    match resource.data.get(name) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(value @ (Value::Bool(_) | Value::Number(_))) => Some(value.to_string()),
        _ => (name == "PhysicalResourceId").then(|| resource.physical_id.clone()),
    }
}
