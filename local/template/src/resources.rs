//! Resource types: which run, which matter in AWS only, and the two simplest of those that run.

use serde_json::Value;

use super::document::{Document, Resource};
use super::error::{Checked, Problem};
use super::functions;
use super::names::{
    self, BUCKET, CONFIGURATION_SET, DISTRIBUTION, EVENT_DESTINATION, FUNCTION, HTTP_API, NOT_RUN, QUEUE,
    SECRET, TABLE, TOPIC,
};
use super::properties::Properties;
use super::scope::{Scope, text};
use crate::deployment::CustomResource;

/// Refuses resources of a type that is not known.
pub(super) fn check_types(document: &Document) -> Checked<()> {
    let runs = [
        FUNCTION,
        HTTP_API,
        DISTRIBUTION,
        TABLE,
        BUCKET,
        SECRET,
        QUEUE,
        TOPIC,
        CONFIGURATION_SET,
        EVENT_DESTINATION,
    ];
    for resource in &document.resources {
        let kind = resource.kind.as_str();
        if !runs.contains(&kind) && !NOT_RUN.contains(&kind) && !names::is_custom(kind) {
            let message = format!("{}: the type `{kind}` is not supported by the local stack", resource.id);
            return Err(Problem::at(resource.line, message));
        }
    }
    Ok(())
}

/// The resources of one type that exist in this stack.
pub(super) fn of_type<'a>(scope: &Scope<'a>, kind: &str) -> Checked<Vec<&'a Resource>> {
    let mut found = Vec::new();
    for resource in scope.document.resources.iter().filter(|resource| resource.kind == kind) {
        if scope.exists(resource)? {
            found.push(resource);
        }
    }
    Ok(found)
}

/// Names of the queues. Only dead letters go there, and they are kept until someone looks.
pub(super) fn queues(scope: &Scope) -> Checked<Vec<String>> {
    const SKIPPED: [&str; 7] = [
        "KmsMasterKeyId",
        "MessageRetentionPeriod",
        "RedriveAllowPolicy",
        "RedrivePolicy",
        "SqsManagedSseEnabled",
        "Tags",
        "VisibilityTimeout",
    ];
    let queue = |resource: &&Resource| {
        Properties::of(scope, resource, &["QueueName"], &SKIPPED)?;
        names::physical(scope, resource)
    };
    of_type(scope, QUEUE)?.iter().map(queue).collect()
}

/// Custom resources with the functions that make them.
pub(super) fn custom(scope: &Scope) -> Checked<Vec<CustomResource>> {
    let mut customs = Vec::new();
    for resource in scope.document.resources.iter().filter(|resource| names::is_custom(&resource.kind)) {
        if !scope.exists(resource)? {
            continue;
        }
        let properties = Properties::any(scope, resource)?;
        let arn = properties.required_text("ServiceToken")?;
        let function = names::named_by(scope, FUNCTION, &arn)?
            .ok_or_else(|| properties.problem_of("ServiceToken", "must be the ARN of a function here"))?;
        let mut values = serde_json::Map::new();
        for entry in properties.entries() {
            if let Some(value) = properties.value(&entry.key)? {
                values.insert(entry.key.clone(), as_texts(value));
            }
        }
        customs.push(CustomResource {
            logical_id: resource.id.clone(),
            resource_type: resource.kind.clone(),
            function: functions::one(scope, function)?,
            properties: values.into(),
        });
    }
    Ok(customs)
}

/// As CloudFormation sends properties: numbers and booleans as texts.
fn as_texts(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(as_texts).collect(),
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, as_texts(value))).collect(),
        other => text(&other).map_or(other, Value::String),
    }
}
