//! The filters of event source mappings, as far as the template uses them.
//!
//! See <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html>.

use serde_json::Value;

/// Whether a record passes any of the patterns; without patterns, all records pass.
pub fn passes(patterns: &[Value], record: &Value) -> bool {
    patterns.is_empty() || patterns.iter().any(|pattern| matches(pattern, record))
}

fn matches(pattern: &Value, value: &Value) -> bool {
    match pattern {
        Value::Object(fields) => fields.iter().all(|(name, pattern)| matches(pattern, &value[name])),
        Value::Array(rules) => rules.iter().any(|rule| allows(rule, value)),
        literal => literal == value,
    }
}

/// Whether a rule allows a value. A rule that this program does not know allows all: the function then decides.
fn allows(rule: &Value, value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    match rule {
        Value::Object(rule) => rule.iter().all(|(name, operand)| match (name.as_str(), operand) {
            ("prefix", Value::String(prefix)) => text.starts_with(prefix.as_str()),
            ("suffix", Value::String(suffix)) => text.ends_with(suffix.as_str()),
            ("exists", Value::Bool(exists)) => *exists != value.is_null(),
            ("anything-but", Value::Array(others)) => !others.contains(value),
            _ => true,
        }),
        literal => literal == value,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn records_pass_by_name_of_the_event_and_prefix_of_the_key() {
        let pattern =
            json!({"eventName": ["INSERT"], "dynamodb": {"Keys": {"pk": {"S": [{"prefix": "MAIL#"}]}}}});
        let patterns = [pattern];
        let record =
            |name: &str, key: &str| json!({"eventName": name, "dynamodb": {"Keys": {"pk": {"S": key}}}});
        assert!(passes(&patterns, &record("INSERT", "MAIL#1")));
        assert!(!passes(&patterns, &record("MODIFY", "MAIL#1")));
        assert!(!passes(&patterns, &record("INSERT", "USER#1")));
        assert!(passes(&[], &record("REMOVE", "USER#1")));
    }

    #[test]
    fn other_rules_of_lambda() {
        let passes = |rule: Value, value: Value| passes(&[json!({"a": [rule]})], &json!({"a": value}));
        assert!(passes(json!({"exists": true}), json!("x")) && !passes(json!({"exists": true}), Value::Null));
        assert!(
            !passes(json!({"anything-but": ["x"]}), json!("x"))
                && passes(json!({"anything-but": ["x"]}), json!("y"))
        );
        assert!(
            passes(json!({"suffix": ".jpg"}), json!("a.jpg"))
                && !passes(json!({"suffix": ".jpg"}), json!("a.png"))
        );
    }
}
