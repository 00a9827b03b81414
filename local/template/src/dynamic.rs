//! Dynamic references, `{{resolve:secretsmanager:<id or ARN>:SecretString:<JSON key>}}`.
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html>

use serde_json::Value;

const OPENING: &str = "{{resolve:";

/// Replaces every dynamic reference in `value` and in the values inside it.
pub(super) fn resolve(value: Value, secret: &dyn Fn(&str) -> Option<String>) -> Result<Value, String> {
    match value {
        Value::String(text) => resolve_text(&text, secret).map(Value::String),
        Value::Array(items) => items.into_iter().map(|item| resolve(item, secret)).collect(),
        Value::Object(map) => {
            map.into_iter().map(|(key, value)| Ok((key, resolve(value, secret)?))).collect()
        }
        other => Ok(other),
    }
}

fn resolve_text(text: &str, secret: &dyn Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut result = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(OPENING) {
        let inside = &rest[start + OPENING.len()..];
        let end = inside.find("}}").ok_or_else(|| format!("`{OPENING}` has no `}}}}`"))?;
        result.push_str(&rest[..start]);
        result.push_str(&lookup(&inside[..end], secret)?);
        rest = &inside[end + 2..];
    }
    result.push_str(rest);
    Ok(result)
}

fn lookup(reference: &str, secret: &dyn Fn(&str) -> Option<String>) -> Result<String, String> {
    let unsupported = || format!("`{{{{resolve:{reference}}}}}` is not supported by the local stack");
    let inside = reference.strip_prefix("secretsmanager:").ok_or_else(unsupported)?;
    // An ARN contains colons itself, so the parts are split at the word between them.
    let (id, parts) = inside.split_once(":SecretString").unwrap_or((inside, ""));
    let value = secret(id).ok_or_else(|| format!("there is no secret `{id}`"))?;
    match parts.strip_prefix(':').map(|parts| parts.trim_end_matches(':')) {
        None if parts.is_empty() => Ok(value),
        Some("") => Ok(value),
        Some(key) if !key.contains(':') => {
            let json: Value =
                serde_json::from_str(&value).map_err(|_| format!("the secret `{id}` is not JSON"))?;
            let found = json.get(key).and_then(Value::as_str).map(str::to_owned);
            found.ok_or_else(|| format!("the secret `{id}` has no text under the key `{key}`"))
        }
        _ => Err(unsupported()),
    }
}
