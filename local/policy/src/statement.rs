//! Statements of policies. An unsupported element is an error.

use serde_json::Value;

use super::condition::Condition;
use super::context::ContextKey;
use super::need::Need;
use super::pattern;

/// One statement of a function's policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    allows: bool,
    actions: Vec<String>,
    resources: Vec<String>,
    /// All of them must be met.
    conditions: Vec<Condition>,
}

/// An action on a resource that a statement allows, as written in the template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowed<'a> {
    pub action: &'a str,
    pub resource: &'a str,
    /// The pattern of the partition keys to which it is limited, if it is.
    pub keys: Option<&'a str>,
}

impl Statement {
    /// Parses a statement of the template, after evaluation.
    ///
    /// # Errors
    /// A sentence that names the unsupported or malformed element.
    pub fn parse(statement: &Value) -> Result<Self, String> {
        let members = statement.as_object().ok_or("a statement must be a mapping")?;
        let known = ["Sid", "Effect", "Action", "Resource", "Condition"];
        if let Some(other) = members.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(format!("`{other}` is not supported by the local stack"));
        }
        let allows = match members.get("Effect").and_then(Value::as_str) {
            Some("Allow") => true,
            Some("Deny") => false,
            _ => return Err("`Effect` must be Allow or Deny".to_owned()),
        };
        let texts = |name: &str| texts(name, members.get(name).unwrap_or(&Value::Null));
        let conditions = members.get("Condition").map(Condition::parse_all).transpose()?.unwrap_or_default();
        Ok(Self { allows, actions: texts("Action")?, resources: texts("Resource")?, conditions })
    }

    /// Whether the effect of this statement is `Deny`.
    pub(super) fn denies(&self) -> bool {
        !self.allows
    }

    /// Everything that this statement allows: each action on each resource, for each pattern of keys.
    pub fn grants(&self) -> impl Iterator<Item = Allowed<'_>> {
        let patterns = self.conditions.iter().find_map(Condition::key_patterns);
        let keys: Vec<Option<&str>> = match patterns {
            Some(patterns) => patterns.iter().map(|pattern| Some(pattern.as_str())).collect(),
            None => vec![None],
        };
        let actions = self.actions.iter().filter(|_| self.allows);
        let pairs = actions.flat_map(|action| self.resources.iter().map(move |resource| (action, resource)));
        pairs.flat_map(move |(action, resource)| {
            keys.clone().into_iter().map(move |keys| Allowed { action, resource, keys })
        })
    }

    /// Whether action, resource and condition of this statement match `need`.
    pub(super) fn applies_to(&self, need: &Need) -> bool {
        self.actions.iter().any(|action| is_action(action, need))
            && self.resources.iter().any(|resource| is_resource(resource, need))
            && self.condition_is_met(need)
    }

    /// The members of [`Self::grants`] that allow `need`.
    pub(super) fn granting<'a>(&'a self, need: &'a Need) -> impl Iterator<Item = Allowed<'a>> {
        let met = self.condition_is_met(need);
        self.grants().filter(move |allowed| {
            met && is_action(allowed.action, need)
                && is_resource(allowed.resource, need)
                && allowed.keys.is_none_or(|pattern| has_key(pattern, need))
        })
    }

    fn condition_is_met(&self, need: &Need) -> bool {
        self.conditions.iter().all(|condition| condition.is_met(need))
    }
}

/// Whether one of the partition keys of `need` matches `pattern`.
fn has_key(pattern: &str, need: &Need) -> bool {
    need.values(ContextKey::LeadingKeys).iter().any(|key| pattern::matches(pattern, key))
}

/// Names of actions are not case-sensitive.
fn is_action(action: &str, need: &Need) -> bool {
    pattern::matches(&action.to_ascii_lowercase(), &need.action.to_ascii_lowercase())
}

fn is_resource(resource: &str, need: &Need) -> bool {
    pattern::matches(resource, &need.resource)
}

/// Parses a text or a non-empty list of texts.
pub(super) fn texts(name: &str, value: &Value) -> Result<Vec<String>, String> {
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let texts = match value {
        Value::Array(list) => list.iter().map(text).collect::<Option<Vec<_>>>(),
        value => text(value).map(|text| vec![text]),
    };
    let texts = texts.filter(|texts| !texts.is_empty());
    let texts = texts.ok_or_else(|| format!("`{name}` must be a text or a list of texts"))?;
    match texts.iter().find(|text| text.contains("${")) {
        Some(text) => {
            Err(format!("`{name}` has a policy variable, which the local stack does not support: {text}"))
        }
        None => Ok(texts),
    }
}
