//! Finds tags, operations and components in an OpenAPI document.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// The methods of a path, in the order of the page.
const METHODS: [&str; 6] = ["get", "head", "post", "put", "patch", "delete"];

/// An OpenAPI document whose references all lead somewhere.
pub struct Document {
    root: Value,
    requested: BTreeSet<String>,
}

/// A value, and the name of the component that it is.
#[derive(Clone, Copy)]
pub struct Resolved<'a> {
    pub name: Option<&'a str>,
    pub value: &'a Value,
}

/// One operation.
pub struct Operation<'a> {
    /// The function that answers, such as `list-files`.
    pub id: &'a str,
    /// In upper case.
    pub method: String,
    pub path: &'a str,
    pub value: &'a Value,
    /// Those of the path, then those of the operation.
    pub parameters: Vec<&'a Value>,
}

impl Document {
    /// Checks the references of a document.
    ///
    /// # Errors
    /// If a reference leads nowhere.
    pub fn new(root: Value) -> Result<Self, String> {
        let mut references = Vec::new();
        collect_references(&root, &mut references);
        if let Some(lost) = references.iter().find(|reference| lookup(&root, reference).is_none()) {
            return Err(format!("`{lost}` does not exist"));
        }
        let mut document = Self { root, requested: BTreeSet::new() };
        document.requested = document.schemas_of_requests();
        Ok(document)
    }

    /// The value under `key` of the document.
    pub fn get(&self, key: &str) -> &Value {
        &self.root[key]
    }

    /// The components of a kind, such as `schemas`, in the order of the file.
    pub fn components(&self, kind: &str) -> impl Iterator<Item = (&String, &Value)> {
        self.root["components"][kind].as_object().into_iter().flatten()
    }

    /// Follows the reference that `value` may be.
    pub fn resolve<'a>(&'a self, value: &'a Value) -> Resolved<'a> {
        match value["$ref"].as_str() {
            Some(reference) => {
                let value = lookup(&self.root, reference).expect("`new` has followed every reference");
                Resolved { name: reference.rsplit('/').next(), value }
            }
            None => Resolved { name: None, value },
        }
    }

    /// Whether the schema component `name` is part of a request body.
    pub fn is_requested(&self, name: &str) -> bool {
        self.requested.contains(name)
    }

    /// The operations with a tag, in the order of the file.
    pub fn operations(&self, tag: &str) -> Vec<Operation<'_>> {
        let has_tag = |operation: &Operation<'_>| operation.value["tags"][0] == tag;
        self.all_operations().filter(has_tag).collect()
    }

    /// All operations, in the order of the file.
    pub fn all_operations(&self) -> impl Iterator<Item = Operation<'_>> {
        let paths = self.root["paths"].as_object().into_iter().flatten();
        paths.flat_map(move |(path, item)| {
            METHODS.into_iter().filter_map(move |method| self.operation(path, method, item))
        })
    }

    fn operation<'a>(&'a self, path: &'a str, method: &str, item: &'a Value) -> Option<Operation<'a>> {
        let value = item.get(method)?;
        let lists = [&item["parameters"], &value["parameters"]];
        let parameters = lists.into_iter().filter_map(Value::as_array).flatten();
        Some(Operation {
            id: value["operationId"].as_str()?,
            method: method.to_uppercase(),
            path,
            value,
            parameters: parameters.map(|parameter| self.resolve(parameter).value).collect(),
        })
    }

    fn schemas_of_requests(&self) -> BTreeSet<String> {
        let mut references = Vec::new();
        for operation in self.all_operations() {
            collect_references(self.resolve(&operation.value["requestBody"]).value, &mut references);
        }
        let mut names = BTreeSet::new();
        while let Some(reference) = references.pop() {
            let name = reference.rsplit('/').next().unwrap_or_default();
            if names.insert(name.to_owned()) {
                references.extend(lookup(&self.root, reference).map(children).into_iter().flatten());
            }
        }
        names
    }
}

impl Operation<'_> {
    /// Whether the operation needs an access token.
    pub fn is_signed_in(&self) -> bool {
        self.value["security"].as_array().is_some_and(|options| !options.is_empty())
    }

    /// A text of the operation; empty if it has none.
    pub fn text(&self, key: &str) -> &str {
        self.value[key].as_str().unwrap_or_default()
    }
}

/// The entries of an object; none for any other value.
pub fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().map(Map::iter).into_iter().flatten()
}

fn lookup<'a>(root: &'a Value, reference: &str) -> Option<&'a Value> {
    root.pointer(reference.strip_prefix('#')?)
}

fn children(value: &Value) -> Vec<&str> {
    let mut references = Vec::new();
    collect_references(value, &mut references);
    references
}

fn collect_references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(entries) => {
            found.extend(entries.get("$ref").and_then(Value::as_str));
            entries.values().for_each(|value| collect_references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_references(item, found)),
        _ => {}
    }
}

#[cfg(test)]
pub mod tests {
    use serde_json::json;

    use super::*;

    /// A document with `paths` and `schemas`.
    pub fn document(paths: Value, schemas: Value) -> Document {
        let parameter = json!({"name": "id", "in": "path", "required": true, "description": "An id.",
            "schema": {"type": "string"}, "example": "1f"});
        let components = json!({"schemas": schemas, "parameters": {"Id": parameter},
            "responses": {"NotFound": {"description": "No such record."}}});
        Document::new(json!({"paths": paths, "components": components})).unwrap()
    }

    #[test]
    fn a_reference_leads_to_its_component() {
        let document = document(json!({}), json!({"Note": {"type": "object"}}));
        let reference = json!({"$ref": "#/components/schemas/Note"});
        let resolved = document.resolve(&reference);
        assert_eq!((resolved.name, resolved.value), (Some("Note"), &json!({"type": "object"})));
        let lost = json!({"a": [{"$ref": "#/components/schemas/Lost"}]});
        assert!(Document::new(lost).is_err());
    }

    #[test]
    fn operations_have_the_parameters_of_their_path() {
        let path = json!({
            "parameters": [{"$ref": "#/components/parameters/Id"}],
            "get": {"operationId": "get-note", "tags": ["Notes"], "security": [{"bearer": []}]},
            "delete": {"operationId": "delete-note", "tags": ["Others"], "security": []},
        });
        let document = document(json!({"/notes/{id}": path}), json!({}));
        let [note] = document.operations("Notes").try_into().ok().unwrap();
        assert_eq!((note.id, note.method.as_str(), note.path), ("get-note", "GET", "/notes/{id}"));
        assert_eq!(note.parameters[0]["name"], "id");
        assert!(note.is_signed_in() && !document.operations("Others")[0].is_signed_in());
    }

    #[test]
    fn schemas_of_requests_are_known_with_all_that_they_use() {
        let body = json!({"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}});
        let paths = json!({"/a": {"post": {"operationId": "a", "requestBody": body}}});
        let a = json!({"properties": {"b": {"$ref": "#/components/schemas/B"}}});
        let document = document(paths, json!({"A": a, "B": {}, "C": {}}));
        assert_eq!(["A", "B", "C"].map(|name| document.is_requested(name)), [true, true, false]);
    }
}
