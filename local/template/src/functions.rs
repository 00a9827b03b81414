//! `AWS::Serverless::Function`.
//!
//! <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html>

use std::collections::BTreeMap;
use std::time::Duration;

use local_deployment::{Deployment, Function};
use local_policy::Statement;
use serde_json::Value;

use super::document::Resource;
use super::error::{Checked, Problem};
use super::events;
use super::names;
use super::node::{Kind, Node};
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
        policies: policies(scope, resource, &properties)?,
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

/// The statements of the inline policies. Policy templates and managed policies are errors.
fn policies(scope: &Scope, resource: &Resource, properties: &Properties) -> Checked<Vec<Statement>> {
    let Some(node) = properties.node("Policies")? else { return Ok(Vec::new()) };
    let documents = match &node.kind {
        Kind::List(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let mut statements = Vec::new();
    for document in documents {
        let Some(document) = scope.chosen_branch(document)? else { continue };
        let what = format!("{}: a policy with Statement", resource.id);
        let policy = Properties::read(scope, &what, document)?;
        policy.only(&["Statement"], &["Version"])?;
        let list = match policy.value("Statement")? {
            Some(Value::Array(list)) => list,
            Some(single) => vec![single],
            None => return Err(policy.problem("`Statement` is missing")),
        };
        for (place, statement) in list.iter().enumerate() {
            statements.push(Statement::parse(statement).map_err(|message| {
                let message = format!("{}: Policies: {message}", resource.id);
                Problem::at(line_of_statement(&policy, place), message)
            })?);
        }
    }
    Ok(statements)
}

/// The line of the statement at `place`, or of its list if some statements depend on conditions of the template.
fn line_of_statement(policy: &Properties, place: usize) -> usize {
    let unconditional = |items: &[Node]| !items.iter().any(|item| matches!(item.kind, Kind::Call(..)));
    let item = match policy.node("Statement") {
        Ok(Some(Node { kind: Kind::List(items), .. })) if unconditional(items) => items.get(place),
        _ => None,
    };
    item.map_or_else(|| policy.line_of("Statement"), |item| item.line)
}
