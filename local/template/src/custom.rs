//! Custom resources, which functions of the template create.

use local_deployment::CustomResource;
use serde_json::Value;

use super::error::Checked;
use super::functions;
use super::names;
use super::properties::Properties;
use super::scalar::text;
use super::scope::Scope;
use super::types::{FUNCTION, is_custom};

/// All custom resources, each with the function that creates it.
pub(super) fn all(scope: &Scope) -> Checked<Vec<CustomResource>> {
    let mut customs = Vec::new();
    for resource in scope.document.resources.iter().filter(|resource| is_custom(&resource.kind)) {
        if !scope.exists(resource)? {
            continue;
        }
        let properties = Properties::any(scope, resource)?;
        let arn = properties.required_text("ServiceToken")?;
        let function = names::find_by_arn(scope, FUNCTION, &arn)?.ok_or_else(|| {
            properties.problem_of("ServiceToken", "must be the ARN of a function of this template")
        })?;
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

/// Converts numbers and booleans to texts, as CloudFormation does before it sends properties.
fn as_texts(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(as_texts).collect(),
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, as_texts(value))).collect(),
        other => text(&other).map_or(other, Value::String),
    }
}
