//! Statements of policies. An unsupported element is an error.

use serde_json::{Map, Value};

use super::need::Need;
use super::pattern;

/// The supported condition keys, with `StringEquals`. Condition keys are not case-sensitive.
const FROM_ADDRESS: &str = "ses:FromAddress";
const STACK_TAG: &str = "aws:ResourceTag/aws:cloudformation:stack-id";

/// One statement of a function's policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    allows: bool,
    actions: Vec<String>,
    resources: Vec<String>,
    /// The condition key of `StringEquals`, and its values, of which one must match.
    equals: Option<(&'static str, Vec<String>)>,
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
        let equals = members.get("Condition").map(condition).transpose()?;
        Ok(Self { allows, actions: texts("Action")?, resources: texts("Resource")?, equals })
    }

    /// Whether the effect of this statement is `Deny`.
    pub(super) fn denies(&self) -> bool {
        !self.allows
    }

    /// Every pair of an action and a resource that this statement allows, as written in the template.
    pub fn grants(&self) -> impl Iterator<Item = (&str, &str)> {
        let actions = self.actions.iter().filter(|_| self.allows);
        actions.flat_map(|action| {
            self.resources.iter().map(move |resource| (action.as_str(), resource.as_str()))
        })
    }

    /// Whether action, resource and condition of this statement match `need`.
    pub(super) fn applies_to(&self, need: &Need) -> bool {
        self.actions.iter().any(|action| is_action(action, need))
            && self.resources.iter().any(|resource| is_resource(resource, need))
            && self.condition_is_met(need)
    }

    /// The pairs of [`Self::grants`] that allow `need`.
    pub(super) fn granting<'a>(&'a self, need: &'a Need) -> impl Iterator<Item = (&'a str, &'a str)> {
        let met = self.condition_is_met(need);
        self.grants()
            .filter(move |(action, resource)| met && is_action(action, need) && is_resource(resource, need))
    }

    fn condition_is_met(&self, need: &Need) -> bool {
        let Some((key, expected)) = &self.equals else { return true };
        let value = if *key == STACK_TAG { &need.stack } else { &need.from };
        value.as_ref().is_some_and(|value| expected.contains(value))
    }
}

/// Names of actions are not case-sensitive.
fn is_action(action: &str, need: &Need) -> bool {
    pattern::matches(&action.to_ascii_lowercase(), &need.action.to_ascii_lowercase())
}

fn is_resource(resource: &str, need: &Need) -> bool {
    pattern::matches(resource, &need.resource)
}

/// Parses a condition, and returns its key and values.
fn condition(condition: &Value) -> Result<(&'static str, Vec<String>), String> {
    let single = |value: &Value| -> Option<(String, Value)> {
        let entries: &Map<String, Value> = value.as_object()?;
        let (name, value) = entries.iter().next().filter(|_| entries.len() == 1)?;
        Some((name.clone(), value.clone()))
    };
    let expected = || {
        format!(
            "`Condition` must be StringEquals on {FROM_ADDRESS} or {STACK_TAG}, the only conditions that the local \
             stack supports"
        )
    };
    let (operator, test) = single(condition).ok_or_else(expected)?;
    let (key, values) = single(&test).ok_or_else(expected)?;
    let known = [FROM_ADDRESS, STACK_TAG].into_iter().find(|known| key.eq_ignore_ascii_case(known));
    match known.filter(|_| operator == "StringEquals") {
        Some(known) => Ok((known, texts(known, &values)?)),
        None => Err(format!("{}, not {operator} on {key}", expected())),
    }
}

/// Parses a text or a non-empty list of texts.
fn texts(name: &str, value: &Value) -> Result<Vec<String>, String> {
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
