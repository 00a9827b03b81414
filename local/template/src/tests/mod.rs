//! Small templates, and their deployments or errors.

mod conditions;
mod functions;
mod intrinsics;
mod mail;
mod parameters;
mod policies;
mod refusals;
mod rules;
mod secrets;
mod stores;

use std::collections::BTreeMap;

use local_common::StackIdentity;
use local_deployment::Deployment;

use super::{Known, Template, TemplateError};

/// A minimal function. Its last line allows more properties to follow.
const FUNCTION: &str = r"
  ListFilesFunction:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: rust-cargolambda }
    Properties:
      CodeUri: functions/list-files/
";

fn parse(text: &str, parameters: &[(&str, &str)]) -> Result<Template, TemplateError> {
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let parameters: BTreeMap<String, String> = parameters.iter().map(pair).collect();
    let identity = StackIdentity {
        name: "satchel-local".to_owned(),
        region: "eu-west-1".to_owned(),
        api_id: "satchel000".to_owned(),
    };
    Template::parse("template.yaml".to_owned(), text, &parameters, &identity)
}

fn evaluate(text: &str, parameters: &[(&str, &str)]) -> Result<Deployment, TemplateError> {
    let secret = |id: &str| id.contains("origin").then(|| r#"{"value":"hush"}"#.to_owned());
    let attribute =
        |id: &str, name: &str| (id == "SigningKeys" && name == "Public").then(|| "[keys]".to_owned());
    parse(text, parameters)?.deployment(&Known { secret: &secret, attribute: &attribute })
}

/// The deployment of a correct template.
fn deployed(text: &str) -> Deployment {
    evaluate(text, &[]).unwrap_or_else(|error| panic!("{error}"))
}

/// The error for an incorrect template.
fn refused(text: &str) -> String {
    match evaluate(text, &[]) {
        Ok(_) => panic!("this template was accepted"),
        Err(error) => error.to_string(),
    }
}

/// The value of a function's environment variable `V`, in a template with `resources`, if `V` is written as `value`.
fn variable(value: &str, resources: &str) -> String {
    let environment = format!("      Environment: {{ Variables: {{ V: {value} }} }}\n");
    let text = format!("Resources:{FUNCTION}{environment}{resources}");
    deployed(&text).functions["ListFilesFunction"].environment["V"].clone()
}
