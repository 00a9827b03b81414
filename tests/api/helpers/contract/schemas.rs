//! The schemas of all responses, compiled once.

use std::collections::BTreeMap;

use boon::{Compiler, Format, SchemaIndex};
use serde_json::{Map, Value, json};
use xtask::contract::Document;

/// The address that the document has for its own references.
const DOCUMENT: &str = "http://contract.invalid/openapi.json";

/// Keywords whose members describe the same object as the schema around them.
const SAME_OBJECT: [&str; 7] = ["allOf", "anyOf", "oneOf", "if", "then", "else", "not"];

/// Keywords that contain values and no schemas.
const VALUES: [&str; 5] = ["const", "default", "enum", "example", "examples"];

/// Compiled schemas by the JSON pointer that leads to each.
pub(super) struct Schemas {
    known: boon::Schemas,
    places: BTreeMap<String, SchemaIndex>,
}

impl Schemas {
    /// Compiles the schemas of the document that bodies and headers have.
    pub(super) fn of(document: &Document) -> Self {
        let mut root = document.root().clone();
        close(&mut root, false);
        let mut pointers = Vec::new();
        find(&root, "", &mut pointers);
        let mut compiler = Compiler::new();
        compiler.set_default_draft(boon::Draft::V2020_12);
        compiler.enable_format_assertions();
        compiler.register_format(Format { name: "idn-email", func: address });
        compiler.add_resource(DOCUMENT, root).expect("the address is valid");
        let mut known = boon::Schemas::new();
        let places = pointers
            .into_iter()
            .map(|pointer| {
                let address = format!("{DOCUMENT}#{}", pointer.replace('{', "%7B").replace('}', "%7D"));
                let index = compiler.compile(&address, &mut known);
                (pointer, index.unwrap_or_else(|error| panic!("openapi.yaml: {error:#}")))
            })
            .collect();
        Self { known, places }
    }

    /// Why `value` does not match the schema at a JSON pointer.
    pub(super) fn check(&self, pointer: &str, value: &Value) -> Result<(), String> {
        let index = self.places.get(pointer).ok_or_else(|| format!("there is no schema at {pointer}"))?;
        let checked = self.known.validate(value, *index);
        checked.map_err(|error| error.to_string().replace(": false schema", ": the field is not documented"))
    }
}

/// An address as accounts store it. The library's own check takes the domain only in lower case.
fn address(value: &Value) -> Result<(), Box<dyn std::error::Error>> {
    let Some(text) = value.as_str() else { return Ok(()) };
    let (local, domain) = text.rsplit_once('@').ok_or("an address has an @")?;
    if local.is_empty() || !domain.contains('.') || text.contains(char::is_control) {
        return Err("an address is a local part and a domain with a dot".into());
    }
    Ok(())
}

/// Refuses properties that a schema does not list. Several members of `allOf` and its like describe one object, so the
/// schema around them is closed instead.
fn close(value: &mut Value, describes_same_object: bool) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| close(item, describes_same_object)),
        Value::Object(keywords) => {
            let closes = is_open(keywords) && !describes_same_object;
            for (keyword, inner) in
                keywords.iter_mut().filter(|(keyword, _)| !VALUES.contains(&keyword.as_str()))
            {
                match inner {
                    Value::Object(properties) if keyword == "properties" => {
                        properties.values_mut().for_each(|property| close(property, false));
                    }
                    inner => {
                        let is_same = SAME_OBJECT.contains(&keyword.as_str());
                        close(inner, is_same && (closes || describes_same_object));
                    }
                }
            }
            if closes {
                keywords.insert("unevaluatedProperties".to_owned(), json!(false));
            }
        }
        _ => {}
    }
}

fn is_open(keywords: &Map<String, Value>) -> bool {
    let decides = ["additionalProperties", "unevaluatedProperties"];
    keywords.get("properties").is_some_and(Value::is_object)
        && !decides.iter().any(|key| keywords.contains_key(*key))
}

/// Collects the pointers of the schemas of media types, headers and parameters: all keys `schema`.
fn find(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                find(item, &format!("{pointer}/{place}"), found);
            }
        }
        Value::Object(members) => {
            for (key, member) in members.iter().filter(|(key, _)| !VALUES.contains(&key.as_str())) {
                let inner = format!("{pointer}/{}", super::operations::escaped(key));
                if key == "schema" {
                    found.push(inner);
                } else {
                    find(member, &inner, found);
                }
            }
        }
        _ => {}
    }
}
