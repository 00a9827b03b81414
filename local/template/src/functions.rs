//! `AWS::Serverless::Function`.
//!
//! <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html>

use std::collections::BTreeMap;
use std::time::Duration;

use local_deployment::{Deployment, Function};

use super::document::Resource;
use super::error::{Checked, Problem};
use super::events;
use super::names;
use super::policies;
use super::properties::Properties;
use super::queues;
use super::resources;
use super::scalar::text;
use super::scope::Scope;
use super::types::FUNCTION;

const SUPPORTED: [&str; 10] = [
    "CodeUri",
    "Environment",
    "EventInvokeConfig",
    "Events",
    "FunctionName",
    "Handler",
    "MemorySize",
    "Policies",
    "Runtime",
    "Timeout",
];
/// Logs, traces, tags, concurrency and hardware, which make no difference locally.
const IGNORED: [&str; 10] = [
    "Architectures",
    "Description",
    "EphemeralStorage",
    "LoggingConfig",
    "PermissionsBoundary",
    "PropagateTags",
    "RecursiveLoop",
    "ReservedConcurrentExecutions",
    "Tags",
    "Tracing",
];

/// Adds every function and its events to `deployment`.
pub(super) fn add_all(scope: &Scope, deployment: &mut Deployment) -> Checked<()> {
    for resource in resources::of_type(scope, FUNCTION)? {
        let mut function = one(scope, resource)?;
        if let Some(other) = deployment.functions.values().find(|other| other.name == function.name) {
            let message = format!("{} and {} have the same CodeUri", other.logical_id, resource.id);
            return Err(Problem::at(resource.line, message));
        }
        events::add(scope, resource, &mut function, deployment)?;
        deployment.functions.insert(resource.id.clone(), function);
    }
    Ok(())
}

/// Reads a function without its events.
pub(super) fn one(scope: &Scope, resource: &Resource) -> Checked<Function> {
    let properties = Properties::of(scope, resource, &SUPPORTED, &IGNORED)?;
    check_runtime(resource, &properties)?;
    let mut function = Function {
        logical_id: resource.id.clone(),
        name: names::crate_name(scope, resource)?,
        environment: environment(&properties)?,
        timeout: Duration::from_secs(properties.number("Timeout")?.unwrap_or(3).into()),
        memory_mib: properties.number("MemorySize")?.unwrap_or(128),
        policies: policies::of(scope, resource, &properties)?,
        streams: Vec::new(),
        on_failure: None,
        retries: 2,
    };
    if let Some(invoke) = properties.mapping("EventInvokeConfig")? {
        invoke.only(&["DestinationConfig", "MaximumRetryAttempts"], &["MaximumEventAgeInSeconds"])?;
        function.retries = invoke.number("MaximumRetryAttempts")?.unwrap_or(function.retries);
        function.on_failure = queues::on_failure(scope, &invoke)?;
    }
    Ok(function)
}

/// Checks that the function is a Rust binary on an OS-only runtime, because the local stack runs nothing else.
fn check_runtime(resource: &Resource, properties: &Properties) -> Checked<()> {
    if properties.text("Runtime")?.is_some_and(|runtime| !runtime.starts_with("provided.")) {
        return Err(properties.problem_of("Runtime", "must be provided.al2023"));
    }
    if properties.text("Handler")?.is_some_and(|handler| handler != "bootstrap") {
        return Err(properties.problem_of("Handler", "must be bootstrap"));
    }
    let method = resource.metadata.as_ref().and_then(|metadata| metadata.get("BuildMethod"));
    match method.map(|method| method.literal("BuildMethod")).transpose()? {
        Some("rust-cargolambda") => Ok(()),
        _ => {
            let line = method.map_or(resource.line, |method| method.line);
            let message = format!("{}: Metadata needs `BuildMethod: rust-cargolambda`", resource.id);
            Err(Problem::at(line, message))
        }
    }
}

fn environment(properties: &Properties) -> Checked<BTreeMap<String, String>> {
    let Some(environment) = properties.mapping("Environment")? else { return Ok(BTreeMap::new()) };
    environment.only(&["Variables"], &[])?;
    let Some(variables) = environment.mapping("Variables")? else { return Ok(BTreeMap::new()) };
    let mut values = BTreeMap::new();
    for entry in variables.entries() {
        let Some(value) = variables.value(&entry.key)? else { continue };
        let value = text(&value).ok_or_else(|| variables.problem_of(&entry.key, "must be a text"))?;
        values.insert(entry.key.clone(), value);
    }
    Ok(values)
}
