//! An OpenAPI 3.1 document: its operations, and what its references lead to.

use std::fmt;

use serde_json::Value;

use crate::yaml;

/// The methods that a path can have; its other keys are not operations.
pub const METHODS: [&str; 6] = ["get", "head", "post", "put", "patch", "delete"];

/// What the references of this document start with.
const LOCAL: &str = "#/";

/// Where the responses that operations share are.
const RESPONSES: &str = "#/components/responses/";

/// References that lead to each other are followed no further.
const LONGEST_CHAIN: usize = 16;

/// A parsed document.
#[derive(Debug, Clone)]
pub struct Document {
    root: Value,
}

/// One method of one path.
#[derive(Debug, Clone, Copy)]
pub struct Operation<'a> {
    /// In lower case, as in the document.
    pub method: &'a str,
    /// Such as `/api/files/{id}`.
    pub path: &'a str,
    /// What the document says of the path.
    pub item: &'a Value,
    /// What the document says of the operation.
    pub definition: &'a Value,
}

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    /// The line, and what is wrong there.
    pub fn parse(text: &str) -> Result<Self, String> {
        let root = yaml::parse(text).map_err(|(line, what)| format!("line {line}: {what}"))?;
        Ok(Self { root: root.to_json() })
    }

    /// The whole document as JSON.
    #[must_use]
    pub fn root(&self) -> &Value {
        &self.root
    }

    /// `info.version`.
    #[must_use]
    pub fn version(&self) -> &str {
        self.root["info"]["version"].as_str().unwrap_or_default()
    }

    /// All operations, in the order of the document.
    pub fn operations(&self) -> impl Iterator<Item = Operation<'_>> {
        let paths = self.root["paths"].as_object().into_iter().flatten();
        paths.flat_map(|(path, item)| {
            let entries = item.as_object().into_iter().flatten();
            let methods = entries.filter(|(method, _)| METHODS.contains(&method.as_str()));
            methods.map(move |(method, definition)| Operation { method, path, item, definition })
        })
    }

    /// What `value` leads to: itself, unless it is a reference to a part of this document.
    #[must_use]
    pub fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        let mut value = value;
        for _ in 0..LONGEST_CHAIN {
            let Some(target) = reference(value).and_then(|reference| self.root.pointer(&reference[1..]))
            else {
                break;
            };
            value = target;
        }
        value
    }
}

/// The local reference that `value` consists of.
#[must_use]
pub fn reference(value: &Value) -> Option<&str> {
    value.get("$ref")?.as_str().filter(|reference| reference.starts_with(LOCAL))
}

/// The name of the shared response that `response` refers to.
#[must_use]
pub fn shared_response(response: &Value) -> Option<&str> {
    reference(response)?.strip_prefix(RESPONSES)
}

impl<'a> Operation<'a> {
    /// `operationId`.
    #[must_use]
    pub fn id(self) -> &'a str {
        self.definition["operationId"].as_str().unwrap_or_default()
    }

    /// Such as `GET /api/files/{id}`.
    #[must_use]
    pub fn key(self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    /// Each documented status with its response, which may be a reference.
    pub fn responses(self) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let responses = self.definition["responses"].as_object().into_iter().flatten();
        responses.map(|(status, response)| (status.as_str(), response))
    }

    /// The parameters of the path and then of the operation, which may be references.
    pub fn parameters(self) -> impl Iterator<Item = &'a Value> {
        let of = |value: &'a Value| value["parameters"].as_array().into_iter().flatten();
        of(self.item).chain(of(self.definition))
    }
}

impl fmt::Display for Operation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.id(), self.key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "info: {version: 1.2.0}\npaths:\n  /a/{id}:\n    parameters: [{$ref: '#/components/parameters/Id'}]\n    \
        get: {operationId: get-a, responses: {200: {description: x}, 404: {$ref: '#/components/responses/NotFound'}}}\n\
        components:\n  parameters: {Id: {name: id}}\n  responses: {NotFound: {description: y}}\n";

    #[test]
    fn operations_have_parameters_and_responses() {
        let document = Document::parse(TEXT).unwrap();
        assert_eq!(document.version(), "1.2.0");
        let operations: Vec<_> = document.operations().collect();
        assert_eq!(operations.len(), 1);
        assert_eq!(operations[0].to_string(), "get-a (GET /a/{id})");
        let parameters: Vec<_> = operations[0].parameters().map(|value| document.resolve(value)).collect();
        assert_eq!(parameters, [&serde_json::json!({"name": "id"})]);
        let responses: Vec<_> = operations[0].responses().collect();
        assert_eq!((responses[0].0, shared_response(responses[0].1)), ("200", None));
        assert_eq!((responses[1].0, shared_response(responses[1].1)), ("404", Some("NotFound")));
        assert_eq!(document.resolve(responses[1].1)["description"], "y");
    }

    #[test]
    fn references_in_a_circle_end() {
        let document = Document::parse("a: {$ref: '#/b'}\nb: {$ref: '#/a'}\n").unwrap();
        assert!(reference(document.resolve(&document.root()["a"])).is_some());
    }
}
