//! A deployed stack: its outputs, parameters and resources, and changes of its parameters.

mod watch;

use std::collections::BTreeMap;

use aws_sdk_cloudformation::types::{Capability, Parameter, StackResourceSummary};
use serde_json::Value;

use crate::aws::Aws;
use crate::console::Console;
use crate::failure::{Failure, doing};

pub use watch::Watch;

/// A stack as CloudFormation describes it.
#[derive(Debug, Clone)]
pub struct Stack {
    pub aws: Aws,
    pub name: String,
    pub id: String,
    pub status: String,
    pub outputs: BTreeMap<String, String>,
    pub parameters: BTreeMap<String, String>,
}

impl Stack {
    /// Finds the stack; `None` if no stack has this name.
    ///
    /// # Errors
    /// If CloudFormation cannot be asked.
    pub async fn find(aws: &Aws, name: &str) -> Result<Option<Self>, Failure> {
        let answer = aws.cloudformation().describe_stacks().stack_name(name).send().await;
        let described = match answer {
            Err(error) if is_absent(&error) => return Ok(None),
            answer => answer.map_err(doing(format!("read the stack {name}")))?,
        };
        let Some(stack) = described.stacks().first() else { return Ok(None) };
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        Ok(Some(Self {
            aws: aws.clone(),
            name: name.to_owned(),
            id: text(stack.stack_id()),
            status: stack.stack_status().map(|status| status.as_str().to_owned()).unwrap_or_default(),
            outputs: stack
                .outputs()
                .iter()
                .map(|out| (text(out.output_key()), text(out.output_value())))
                .collect(),
            parameters: stack
                .parameters()
                .iter()
                .map(|parameter| (text(parameter.parameter_key()), text(parameter.parameter_value())))
                .collect(),
        }))
    }

    /// Finds the stack.
    ///
    /// # Errors
    /// If no stack has this name.
    pub async fn get(aws: &Aws, name: &str) -> Result<Self, Failure> {
        Self::find(aws, name).await?.ok_or_else(|| {
            Failure::new(format!("there is no stack {name} in {}", aws.region()))
                .advice("name it with --stack, --env or --region, or deploy it with `satchel deploy`")
        })
    }

    /// The value of an output.
    ///
    /// # Errors
    /// If the stack has no such output.
    pub fn output(&self, name: &str) -> Result<&str, Failure> {
        self.outputs.get(name).map(String::as_str).ok_or_else(|| {
            Failure::new(format!("the stack {} has no output {name}", self.name))
                .advice("the stack was deployed with an older template; update it with `satchel deploy`")
        })
    }

    /// The value of a parameter, or nothing if it is empty or the template has no such parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The number in a parameter, such as a generation.
    ///
    /// # Errors
    /// If the template has no such parameter, or it is not a number.
    pub fn number(&self, name: &str) -> Result<u32, Failure> {
        self.parameter(name).and_then(|value| value.parse().ok()).ok_or_else(|| {
            Failure::new(format!("the stack {} has no number in the parameter {name}", self.name))
        })
    }

    /// All resources of the stack.
    ///
    /// # Errors
    /// If CloudFormation cannot be asked.
    pub async fn resources(&self) -> Result<Vec<StackResourceSummary>, Failure> {
        let client = self.aws.cloudformation();
        let pages = client.list_stack_resources().stack_name(&self.id).into_paginator().items().send();
        pages.collect::<Result<Vec<_>, _>>().await.map_err(doing("list the resources of the stack"))
    }

    /// Invokes a function of the stack by the name in the repository, such as `grant-staff`.
    ///
    /// # Errors
    /// If the function is unknown, cannot be invoked, or fails.
    pub async fn invoke(&self, function: &str, event: &Value) -> Result<Value, Failure> {
        let name = self.function(function).await?;
        invoke(&self.aws, &name, event).await
    }

    /// The physical name of a function, by its output or else by its logical id.
    ///
    /// # Errors
    /// If the stack has no such function.
    pub async fn function(&self, function: &str) -> Result<String, Failure> {
        let logical = pascal(function);
        if let Some(name) = self.outputs.get(&format!("{logical}FunctionName")) {
            return Ok(name.clone());
        }
        let client = self.aws.cloudformation();
        let asked = client
            .describe_stack_resource()
            .stack_name(&self.id)
            .logical_resource_id(format!("{logical}Function"));
        let answer = asked.send().await.map_err(doing(format!("find the function {function}")))?;
        answer
            .stack_resource_detail()
            .and_then(|detail| detail.physical_resource_id())
            .map(ToOwned::to_owned)
            .ok_or_else(|| Failure::new(format!("the stack {} has no function {function}", self.name)))
    }

    /// Changes parameters of the stack and nothing else, and waits until the update is done.
    ///
    /// # Errors
    /// If the update fails. CloudFormation has then restored the previous parameters.
    pub async fn update(&self, changes: &[(&str, String)], console: Console) -> Result<Self, Failure> {
        let change =
            |name: &str| changes.iter().find(|(changed, _)| *changed == name).map(|(_, value)| value);
        if let Some((name, _)) = changes.iter().find(|(name, _)| !self.parameters.contains_key(*name)) {
            return Err(Failure::new(format!("the template of {} has no parameter {name}", self.name))
                .advice("deploy this release's template first, with `satchel deploy`"));
        }
        let parameters = self.parameters.keys().map(|name| {
            let parameter = Parameter::builder().parameter_key(name);
            match change(name) {
                Some(value) => parameter.parameter_value(value).build(),
                None => parameter.use_previous_value(true).build(),
            }
        });
        let watch = Watch::begin(&self.aws, &self.name).await?;
        let update = self
            .aws
            .cloudformation()
            .update_stack()
            .stack_name(&self.name)
            .use_previous_template(true)
            .set_parameters(Some(parameters.collect()))
            .capabilities(Capability::CapabilityIam)
            .capabilities(Capability::CapabilityAutoExpand);
        match update.send().await {
            Ok(_) => watch.finish(console).await?.required()?,
            Err(error) if format!("{error:?}").contains("No updates are to be performed") => {
                console.progress("the stack has these parameters already");
            }
            Err(error) => return Err(doing(format!("update the stack {}", self.name))(error)),
        }
        Self::get(&self.aws, &self.name).await
    }
}

/// Invokes a function by its physical name or ARN.
///
/// # Errors
/// If it cannot be invoked, or fails.
pub async fn invoke(aws: &Aws, name: &str, event: &Value) -> Result<Value, Failure> {
    let payload = aws_smithy_types::Blob::new(event.to_string());
    let answer = aws.lambda().invoke().function_name(name).payload(payload).send().await;
    let answer = answer.map_err(doing(format!("invoke {name}")))?;
    let bytes = answer.payload().map(AsRef::<[u8]>::as_ref).unwrap_or_default();
    answered(name, bytes, answer.function_error().is_some())
}

/// The answer of a function, or its error.
///
/// # Errors
/// If the function failed.
pub fn answered(name: &str, payload: &[u8], failed: bool) -> Result<Value, Failure> {
    let value: Value =
        serde_json::from_slice(payload).unwrap_or_else(|_| String::from_utf8_lossy(payload).into());
    if !failed {
        return Ok(value);
    }
    let reason = value["errorMessage"].as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
    Err(Failure::new(format!("{name}: {reason}")))
}

/// Whether CloudFormation says that there is no such stack.
fn is_absent<E: std::fmt::Debug>(error: &E) -> bool {
    format!("{error:?}").contains("does not exist")
}

/// `GrantStaff` for `grant-staff`.
fn pascal(name: &str) -> String {
    name.split('-').map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_found_by_its_name_in_the_repository() {
        assert_eq!(pascal("manage-signing-keys"), "ManageSigningKeys");
    }

    #[test]
    fn the_error_of_a_function_is_its_message() {
        let failure =
            answered("grant-staff", br#"{"errorType":"X","errorMessage":"no account has this name"}"#, true);
        assert_eq!(failure.unwrap_err().message, "grant-staff: no account has this name");
        assert_eq!(answered("grant-staff", b"{\"is_staff\":true}", false).unwrap()["is_staff"], true);
    }
}
