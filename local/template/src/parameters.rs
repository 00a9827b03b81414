//! Parameters: their constraints, and their values in this stack.
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html>

use std::collections::BTreeMap;

use regex_lite::Regex;
use serde_json::Value;

use super::error::{Checked, Problem};
use super::node::{Entry, Node};

const CONSTRAINTS: [&str; 11] = [
    "Type",
    "Default",
    "AllowedValues",
    "AllowedPattern",
    "MinLength",
    "MaxLength",
    "MinValue",
    "MaxValue",
    "ConstraintDescription",
    "Description",
    "NoEcho",
];

/// The value of every parameter: a text, or a list of texts. Numbers remain texts, because `Ref` returns them as
/// written.
pub(super) fn values(section: &Node, given: &BTreeMap<String, String>) -> Checked<BTreeMap<String, Value>> {
    let entries = section.entries("Parameters")?;
    for name in given.keys() {
        if !entries.iter().any(|entry| entry.key == *name) {
            let names: Vec<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
            let message = format!("there is no parameter `{name}`, only: {}", names.join(", "));
            return Err(section.problem(message));
        }
    }
    entries.iter().map(|entry| Ok((entry.key.clone(), value(entry, given.get(&entry.key))?))).collect()
}

fn value(entry: &Entry, given: Option<&String>) -> Checked<Value> {
    for constraint in entry.value.entries("a parameter")? {
        if !CONSTRAINTS.contains(&constraint.key.as_str()) {
            let message = format!("parameter `{}`: `{}` is not supported", entry.key, constraint.key);
            return Err(Problem::at(constraint.line, message));
        }
    }
    let parameter = Parameter { name: &entry.key, line: entry.line, node: &entry.value };
    let text = match (given, parameter.text("Default")?) {
        (Some(given), _) => given.as_str(),
        (None, Some(default)) => default,
        (None, None) => return Err(parameter.problem("has no default and must be given")),
    };
    match parameter.text("Type")? {
        Some("String") => parameter.string(text).map(|()| text.into()),
        Some("Number") => parameter.number(text).map(|()| text.into()),
        Some("CommaDelimitedList") => parameter.list(text, Parameter::string),
        Some("List<Number>") => parameter.list(text, Parameter::number),
        Some(other) => Err(parameter.problem(&format!("has the type `{other}`, which is not supported"))),
        None => Err(parameter.problem("has no Type")),
    }
}

struct Parameter<'a> {
    name: &'a str,
    line: usize,
    node: &'a Node,
}

impl Parameter<'_> {
    fn text(&self, constraint: &str) -> Checked<Option<&str>> {
        self.node.get(constraint).map(|node| node.literal(constraint)).transpose()
    }

    fn bound<T: std::str::FromStr>(&self, constraint: &str) -> Checked<Option<T>> {
        let Some(node) = self.node.get(constraint) else { return Ok(None) };
        let text = node.literal(constraint)?;
        text.parse()
            .map(Some)
            .map_err(|_| node.problem(format!("{constraint} must be a number, not `{text}`")))
    }

    fn list(&self, text: &str, check: impl Fn(&Self, &str) -> Checked<()>) -> Checked<Value> {
        let items: Vec<&str> = text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect();
        items.iter().try_for_each(|item| check(self, item))?;
        Ok(items.into())
    }

    fn string(&self, text: &str) -> Checked<()> {
        let length = text.chars().count();
        if let Some(least) = self.bound::<usize>("MinLength")?.filter(|least| length < *least) {
            return Err(self.refusal(text, &format!("must have at least {least} characters")));
        }
        if let Some(most) = self.bound::<usize>("MaxLength")?.filter(|most| length > *most) {
            return Err(self.refusal(text, &format!("must have at most {most} characters")));
        }
        if let Some(node) = self.node.get("AllowedPattern") {
            let pattern = node.literal("AllowedPattern")?;
            let whole = Regex::new(&format!("^(?:{pattern})$")).map_err(|error| {
                node.problem(format!("AllowedPattern is not a valid regular expression: {error}"))
            })?;
            if !whole.is_match(text) {
                return Err(self.refusal(text, &format!("must match the pattern `{pattern}`")));
            }
        }
        self.allowed(text)
    }

    fn number(&self, text: &str) -> Checked<()> {
        let Ok(number) = text.parse::<f64>() else { return Err(self.refusal(text, "must be a number")) };
        if let Some(least) = self.bound::<f64>("MinValue")?.filter(|least| number < *least) {
            return Err(self.refusal(text, &format!("must be at least {least}")));
        }
        if let Some(most) = self.bound::<f64>("MaxValue")?.filter(|most| number > *most) {
            return Err(self.refusal(text, &format!("must be at most {most}")));
        }
        self.allowed(text)
    }

    fn allowed(&self, text: &str) -> Checked<()> {
        let Some(node) = self.node.get("AllowedValues") else { return Ok(()) };
        let values: Vec<&str> = node
            .items("AllowedValues")?
            .iter()
            .map(|item| item.literal("a value"))
            .collect::<Result<_, _>>()?;
        if values.contains(&text) {
            return Ok(());
        }
        Err(self.refusal(text, &format!("must be one of: {}", values.join(", "))))
    }

    /// The error for a value that violates `rule`, with the `ConstraintDescription` if there is one.
    fn refusal(&self, text: &str, rule: &str) -> Problem {
        let shown =
            if self.node.get("NoEcho").is_some() { "the value".to_owned() } else { format!("`{text}`") };
        let description = self.text("ConstraintDescription").ok().flatten();
        let description = description.map(|words| format!(" ({words})")).unwrap_or_default();
        self.problem(&format!("is {shown} but {rule}{description}"))
    }

    fn problem(&self, message: &str) -> Problem {
        Problem::at(self.line, format!("parameter `{}` {message}", self.name))
    }
}
