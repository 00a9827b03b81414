//! Typed access to the properties of a resource. Unsupported properties are errors.

use serde_json::Value;

use super::document::Resource;
use super::dynamic;
use super::error::{Checked, Problem};
use super::node::{Entry, Node};
use super::scalar::text;
use super::scope::Scope;

/// The properties of a resource, or a mapping inside them.
pub(super) struct Properties<'a> {
    scope: &'a Scope<'a>,
    what: String,
    line: usize,
    entries: &'a [Entry],
}

impl<'a> Properties<'a> {
    /// The properties of `resource`. Any property that is neither in `supported` nor in `ignored` is an error.
    pub(super) fn of(
        scope: &'a Scope<'a>,
        resource: &'a Resource,
        supported: &[&str],
        ignored: &[&str],
    ) -> Checked<Self> {
        let properties = Self::any(scope, resource)?;
        properties.only(supported, ignored)?;
        Ok(properties)
    }

    /// The properties of `resource`, without a check of their names.
    pub(super) fn any(scope: &'a Scope<'a>, resource: &'a Resource) -> Checked<Self> {
        Self::read(scope, &resource.id, &resource.properties)
    }

    /// The mapping at `node`.
    pub(super) fn read(scope: &'a Scope<'a>, what: &str, node: &'a Node) -> Checked<Self> {
        let entries = match scope.chosen_branch(node)? {
            Some(settled) => settled.entries(what)?,
            None => &[],
        };
        Ok(Self { scope, what: what.to_owned(), line: node.line, entries })
    }

    /// Refuses every property that is neither in `supported` nor in `ignored`. Ignored properties make no difference
    /// locally.
    pub(super) fn only(&self, supported: &[&str], ignored: &[&str]) -> Checked<()> {
        let known =
            |entry: &&Entry| supported.contains(&entry.key.as_str()) || ignored.contains(&entry.key.as_str());
        match self.entries.iter().find(|entry| !known(entry)) {
            None => Ok(()),
            Some(entry) => {
                let message = format!("{}: `{}` is not supported by the local stack", self.what, entry.key);
                Err(Problem::at(entry.line, message))
            }
        }
    }

    pub(super) fn node(&self, name: &str) -> Checked<Option<&'a Node>> {
        match self.entries.iter().find(|entry| entry.key == name) {
            Some(entry) => self.scope.chosen_branch(&entry.value),
            None => Ok(None),
        }
    }

    pub(super) fn value(&self, name: &str) -> Checked<Option<Value>> {
        let Some(node) = self.node(name)? else { return Ok(None) };
        let value = self.scope.value(node)?.filter(|value| !value.is_null());
        value.map(|value| self.resolved(value, node)).transpose()
    }

    pub(super) fn text(&self, name: &str) -> Checked<Option<String>> {
        self.typed(name, "a text", text)
    }

    pub(super) fn required_text(&self, name: &str) -> Checked<String> {
        self.text(name)?.ok_or_else(|| self.problem(format!("`{name}` is missing")))
    }

    pub(super) fn number(&self, name: &str) -> Checked<Option<u32>> {
        self.typed(name, "a number", |value| text(value)?.parse().ok())
    }

    /// A number, or `None` for "no limit": either -1 or a missing property.
    pub(super) fn limit(&self, name: &str) -> Checked<Option<u32>> {
        if self.text(name)?.as_deref() == Some("-1") { Ok(None) } else { self.number(name) }
    }

    pub(super) fn flag(&self, name: &str) -> Checked<Option<bool>> {
        self.typed(name, "true or false", |value| text(value)?.parse().ok())
    }

    /// A list of texts, empty if the property is missing.
    pub(super) fn texts(&self, name: &str) -> Checked<Vec<String>> {
        let texts = self.typed(name, "a list of texts", |value| {
            value.as_array()?.iter().map(text).collect::<Option<Vec<String>>>()
        });
        Ok(texts?.unwrap_or_default())
    }

    /// A list of texts, or a single text. Empty if the property is missing.
    pub(super) fn text_or_texts(&self, name: &str) -> Checked<Vec<String>> {
        match self.value(name)? {
            Some(Value::Array(_)) => self.texts(name),
            _ => Ok(self.text(name)?.into_iter().collect()),
        }
    }

    /// The mapping under `name`.
    pub(super) fn mapping(&self, name: &str) -> Checked<Option<Self>> {
        let node = self.node(name)?;
        node.map(|node| Self::read(self.scope, &format!("{}: {name}", self.what), node)).transpose()
    }

    /// The mappings in the list under `name`.
    pub(super) fn mappings(&self, name: &str) -> Checked<Vec<Self>> {
        let what = format!("{}: {name}", self.what);
        let Some(node) = self.node(name)? else { return Ok(Vec::new()) };
        let mut mappings = Vec::new();
        for item in node.items(&what)? {
            if let Some(item) = self.scope.chosen_branch(item)? {
                mappings.push(Self::read(self.scope, &what, item)?);
            }
        }
        Ok(mappings)
    }

    pub(super) fn entries(&self) -> &'a [Entry] {
        self.entries
    }

    pub(super) fn line_of(&self, name: &str) -> usize {
        self.entries.iter().find(|entry| entry.key == name).map_or(self.line, |entry| entry.line)
    }

    pub(super) fn problem(&self, message: impl AsRef<str>) -> Problem {
        Problem::at(self.line, format!("{}: {}", self.what, message.as_ref()))
    }

    /// A problem with the property `name`.
    pub(super) fn problem_of(&self, name: &str, message: impl AsRef<str>) -> Problem {
        Problem::at(self.line_of(name), format!("{}: `{name}` {}", self.what, message.as_ref()))
    }

    fn typed<T>(&self, name: &str, form: &str, read: impl FnOnce(&Value) -> Option<T>) -> Checked<Option<T>> {
        let Some(value) = self.value(name)? else { return Ok(None) };
        read(&value).map(Some).ok_or_else(|| self.problem_of(name, format!("must be {form}")))
    }

    fn resolved(&self, value: Value, node: &Node) -> Checked<Value> {
        let secret = |id: &str| self.scope.known.and_then(|known| (known.secret)(id));
        dynamic::resolve(value, &secret).map_err(|message| node.problem(message))
    }
}
