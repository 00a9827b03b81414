//! Compares JSON schemas. A response may say less than before and never more; a request may be accepted more often than
//! before and never less often. New response fields break nothing, because clients ignore fields that they do not know.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::contract::Document;

/// Schemas that contain themselves are compared to this depth.
const DEEPEST: usize = 24;

/// Limits below which a value is refused.
const LOWER: [&str; 5] = ["minLength", "minimum", "exclusiveMinimum", "minItems", "minProperties"];

/// Limits above which a value is refused.
const UPPER: [&str; 5] = ["maxLength", "maximum", "exclusiveMaximum", "maxItems", "maxProperties"];

/// Keywords that refuse values in another way.
const EXACT: [&str; 5] = ["pattern", "multipleOf", "uniqueItems", "format", "additionalProperties"];

/// The keywords whose schemas are alternatives.
const ALTERNATIVES: [&str; 2] = ["anyOf", "oneOf"];

/// Who sends the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// The client.
    Request,
    /// The server.
    Response,
}

/// The comparison of two schemas of two documents.
#[derive(Debug, Clone, Copy)]
pub(super) struct Comparison<'a> {
    old: &'a Document,
    new: &'a Document,
    direction: Direction,
    depth: usize,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(old: &'a Document, new: &'a Document, direction: Direction) -> Self {
        Self { old, new, direction, depth: 0 }
    }

    /// What breaks clients. Each text begins with the path of the field, if there is one: `.results[].id: ...`.
    pub(super) fn differences(self, old: &Value, new: &Value) -> Vec<String> {
        if self.depth > DEEPEST {
            return Vec::new();
        }
        let deeper = Self { depth: self.depth + 1, ..self };
        let (old, new) = (flattened(self.old, old), flattened(self.new, new));
        let (old_options, new_options) = (alternatives(&old), alternatives(&new));
        if old_options.is_empty() && new_options.is_empty() {
            return deeper.single(&old, &new);
        }
        let mut found = if old_options.is_empty() || new_options.is_empty() {
            Vec::new()
        } else {
            deeper.single(&without_alternatives(&old), &without_alternatives(&new))
        };
        let or_whole = |options: Vec<Value>, whole: &Value| {
            if options.is_empty() { vec![whole.clone()] } else { options }
        };
        found.extend(deeper.options(&or_whole(old_options, &old), &or_whole(new_options, &new)));
        found
    }

    /// A response has no alternative that it did not have, and a request keeps each alternative that it had.
    fn options(self, old: &[Value], new: &[Value]) -> Vec<String> {
        let (sent, accepted) = match self.direction {
            Direction::Request => (old, new),
            Direction::Response => (new, old),
        };
        let best = |one: &Value| {
            let all = accepted.iter().map(|other| match self.direction {
                Direction::Request => self.differences(one, other),
                Direction::Response => self.differences(other, one),
            });
            all.min_by_key(Vec::len).unwrap_or_default()
        };
        sent.iter().flat_map(best).collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn single(self, old: &Value, new: &Value) -> Vec<String> {
        let mut found: Vec<_> = self.types(old, new).into_iter().chain(self.values(old, new)).collect();
        match self.direction {
            Direction::Request => found.extend(narrowed(old, new)),
            Direction::Response if old.get("format").is_some() && old["format"] != new["format"] => {
                found.push(format!(": the format is {} instead of {}", new["format"], old["format"]));
            }
            Direction::Response => {}
        }
        found.extend(self.fields(old, new));
        for (keyword, place) in [("items", "[]"), ("additionalProperties", ".*")] {
            if let (Some(old @ Value::Object(_)), Some(new @ Value::Object(_))) =
                (old.get(keyword), new.get(keyword))
            {
                found.extend(self.differences(old, new).iter().map(|what| format!("{place}{what}")));
            }
        }
        found
    }

    /// The types that are sent are all expected.
    fn types(self, old: &Value, new: &Value) -> Option<String> {
        let (was, is) = (types(old), types(new));
        let (sent, expected) = self.order(&was, &is);
        let fits = match (sent, expected) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(sent), Some(expected)) => sent.is_subset(expected),
        };
        let names = |types: &Option<BTreeSet<String>>| match types {
            Some(types) => types.iter().cloned().collect::<Vec<_>>().join(" or "),
            None => "anything".to_owned(),
        };
        (!fits).then(|| format!(": the type is {} instead of {}", names(&is), names(&was)))
    }

    /// The values of `const` and `enum` that are sent are all expected.
    fn values(self, old: &Value, new: &Value) -> Option<String> {
        let (was, is) = (values(old), values(new));
        let (sent, expected) = self.order(&was, &is);
        let expected = expected.as_ref()?;
        let Some(sent) = sent else { return Some(": the values are not the same list".to_owned()) };
        let other = sent.iter().find(|value| !expected.contains(value))?;
        Some(match self.direction {
            Direction::Request => format!(": the value {other} is no longer accepted"),
            Direction::Response => format!(": the value {other} is new"),
        })
    }

    fn fields(self, old: &Value, new: &Value) -> Vec<String> {
        let (was, is) = (required(old), required(new));
        let mut found = Vec::new();
        match self.direction {
            Direction::Request => {
                found.extend(is.difference(&was).map(|name| format!(".{name}: it is required now")));
            }
            Direction::Response => {
                found.extend(was.difference(&is).map(|name| format!(".{name}: it is no longer required")));
            }
        }
        for (name, old) in old["properties"].as_object().into_iter().flatten() {
            match new["properties"].get(name) {
                None => found.push(format!(".{name}: it is removed")),
                Some(new) => {
                    found.extend(self.differences(old, new).iter().map(|what| format!(".{name}{what}")));
                }
            }
        }
        found
    }

    /// What is sent, and what the other side expects.
    fn order<'t, T>(self, old: &'t T, new: &'t T) -> (&'t T, &'t T) {
        match self.direction {
            Direction::Request => (old, new),
            Direction::Response => (new, old),
        }
    }
}

/// Limits of a request that refuse more than before.
fn narrowed(old: &Value, new: &Value) -> Vec<String> {
    let number = |schema: &Value, keyword: &str| schema.get(keyword).and_then(Value::as_f64);
    let is_narrower = |keyword: &str| {
        let Some(limit) = number(new, keyword) else { return false };
        let Some(former) = number(old, keyword) else { return true };
        if LOWER.contains(&keyword) { limit > former } else { limit < former }
    };
    let limits = LOWER.iter().chain(&UPPER).filter(|keyword| is_narrower(keyword));
    let is_other = |keyword: &str| match new.get(keyword) {
        None | Some(Value::Bool(true)) if keyword != "uniqueItems" => false,
        None | Some(Value::Bool(false)) if keyword == "uniqueItems" => false,
        // Two schemas are compared as schemas.
        Some(Value::Object(_)) if old.get(keyword).is_some_and(Value::is_object) => false,
        value => value != old.get(keyword),
    };
    let others = EXACT.iter().filter(|keyword| is_other(keyword));
    let shown = |keyword: &&str| format!(": {keyword} is {}, which accepts less", new[*keyword]);
    limits.chain(others).map(shown).collect()
}

/// The alternatives of a schema.
fn alternatives(schema: &Value) -> Vec<Value> {
    ALTERNATIVES.iter().filter_map(|keyword| schema.get(keyword)?.as_array()).flatten().cloned().collect()
}

fn without_alternatives(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Some(keywords) = schema.as_object_mut() {
        keywords.retain(|keyword, _| !ALTERNATIVES.contains(&keyword.as_str()));
    }
    schema
}

/// The schema behind references, with the members of `allOf` in it.
fn flattened<'v>(document: &'v Document, schema: &'v Value) -> Cow<'v, Value> {
    let schema = document.resolve(schema);
    let Some(members) = schema.get("allOf").and_then(Value::as_array) else { return Cow::Borrowed(schema) };
    let mut whole = Map::new();
    for member in members.iter().map(|member| flattened(document, member)) {
        add(&mut whole, &member);
    }
    add(&mut whole, schema);
    whole.shift_remove("allOf");
    Cow::Owned(Value::Object(whole))
}

/// Adds the keywords of a schema. Fields are collected, and the last of other keywords counts.
fn add(whole: &mut Map<String, Value>, schema: &Value) {
    for (keyword, value) in schema.as_object().into_iter().flatten() {
        match (whole.get_mut(keyword), value) {
            (Some(Value::Object(known)), Value::Object(more)) if keyword == "properties" => {
                known.extend(more.clone());
            }
            (Some(Value::Array(known)), Value::Array(more)) if keyword == "required" => {
                known.extend(more.clone());
            }
            _ => {
                whole.insert(keyword.clone(), value.clone());
            }
        }
    }
}

/// The types that a schema accepts; none if it accepts all. Every integer is a number.
fn types(schema: &Value) -> Option<BTreeSet<String>> {
    let written = match schema.get("type") {
        Some(Value::String(name)) => BTreeSet::from([name.clone()]),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => values(schema)?.iter().map(|value| type_of(value).to_owned()).collect(),
    };
    let integer = written.contains("number").then(|| "integer".to_owned());
    Some(written.into_iter().chain(integer).collect())
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The only values that a schema accepts, if it lists them.
fn values(schema: &Value) -> Option<Vec<Value>> {
    let one = schema.get("const").map(|value| json!([value]));
    one.as_ref().or_else(|| schema.get("enum"))?.as_array().cloned()
}

fn required(schema: &Value) -> BTreeSet<String> {
    let names = schema["required"].as_array().into_iter().flatten();
    names.filter_map(Value::as_str).map(str::to_owned).collect()
}
