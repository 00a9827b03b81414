//! Converts records to and from DynamoDB's JSON.

use serde_json::{Map, Value, json};

/// Converts a record to DynamoDB's JSON.
#[must_use]
pub(crate) fn attributes(record: &Value) -> Value {
    let fields = record.as_object().expect("a record is an object");
    Value::Object(fields.iter().map(|(name, value)| (name.clone(), attribute(value))).collect::<Map<_, _>>())
}

fn attribute(value: &Value) -> Value {
    match value {
        Value::Null => json!({"NULL": true}),
        Value::Bool(flag) => json!({"BOOL": flag}),
        Value::Number(number) => json!({"N": number.to_string()}),
        Value::String(text) => json!({"S": text}),
        Value::Array(values) => json!({"L": values.iter().map(attribute).collect::<Vec<_>>()}),
        Value::Object(_) => json!({"M": attributes(value)}),
    }
}

/// Converts a record from DynamoDB's JSON to plain JSON.
#[must_use]
pub(crate) fn plain(attributes: &Value) -> Value {
    let fields = attributes.as_object().expect("a record is an object");
    Value::Object(fields.iter().map(|(name, value)| (name.clone(), plain_value(value))).collect())
}

fn plain_value(attribute: &Value) -> Value {
    let (kind, value) = attribute.as_object().and_then(|one| one.iter().next()).expect("a kind and a value");
    match (kind.as_str(), value) {
        ("NULL", _) => Value::Null,
        ("N", Value::String(number)) => serde_json::from_str(number).expect("a number"),
        ("L", Value::Array(values)) => values.iter().map(plain_value).collect(),
        ("M", value) => plain(value),
        (_, value) => value.clone(),
    }
}
