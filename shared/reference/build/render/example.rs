//! Examples of bodies: those of the contract, or values made from a schema without one.

use serde_json::{Map, Value, json};

use super::document::{Document, entries};

/// An example of a body.
pub struct Example<'a> {
    /// What it shows; empty if the contract does not say.
    pub summary: &'a str,
    pub value: Value,
}

/// The examples of a media type object of the contract.
pub fn of_media<'a>(document: &'a Document, media: &'a Value) -> Vec<Example<'a>> {
    let named = entries(&media["examples"]).filter_map(|(_, example)| {
        let example = document.resolve(example).value;
        let summary = example["summary"].as_str().unwrap_or_default();
        Some(Example { summary, value: example.get("value")?.clone() })
    });
    let single = media.get("example").map(|value| Example { summary: "", value: value.clone() });
    named.chain(single).collect()
}

/// A value that a schema allows: of an object, the required fields and those that have an example.
pub fn of_schema(document: &Document, schema: &Value) -> Value {
    let schema = document.resolve(schema).value;
    let given = schema.get("example").or_else(|| schema["examples"].get(0)).or_else(|| schema.get("const"));
    if let Some(value) = given.or_else(|| schema["enum"].get(0)).or_else(|| schema.get("default")) {
        return value.clone();
    }
    if let Some(option) = ["anyOf", "oneOf"].iter().find_map(|key| schema[*key].get(0)) {
        return of_schema(document, option);
    }
    let name = schema["type"].as_str().or_else(|| schema["type"][0].as_str());
    match name.unwrap_or("object") {
        "object" => Value::Object(fields(document, schema)),
        "array" => json!([of_schema(document, &schema["items"])]),
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or(json!(1)),
        "boolean" => json!(true),
        "null" => Value::Null,
        _ => json!("text"),
    }
}

fn fields(document: &Document, schema: &Value) -> Map<String, Value> {
    let required: Vec<_> = schema["required"].as_array().into_iter().flatten().collect();
    let is_shown = |name: &str, field: &Value| {
        let field = document.resolve(field).value;
        required.iter().any(|required| *required == name)
            || ["example", "examples"].iter().any(|key| field.get(key).is_some())
    };
    let shown = entries(&schema["properties"]).filter(|(name, field)| is_shown(name, field));
    shown.map(|(name, field)| (name.clone(), of_schema(document, field))).collect()
}

/// Whether a schema is that of a file in a form.
pub fn is_file(document: &Document, schema: &Value) -> bool {
    document.resolve(schema).value["format"] == "binary"
}

/// The value as text. A list or object is on one line if the line is short.
pub fn printed(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim_end().to_owned(),
        value => lines(value, 0),
    }
}

/// `value` as JSON whose first line begins after `indent` spaces.
fn lines(value: &Value, indent: usize) -> String {
    const WIDTH: usize = 52;
    let inner: Vec<_> = match value {
        Value::Array(items) => items.iter().map(|item| lines(item, indent + 2)).collect(),
        Value::Object(fields) => {
            let name = |name: &String| Value::String(name.clone());
            fields.iter().map(|(key, value)| format!("{}: {}", name(key), lines(value, indent + 2))).collect()
        }
        value => return value.to_string(),
    };
    let (open, close) = if value.is_array() { ("[", "]") } else { ("{", "}") };
    let short = format!("{open}{}{close}", inner.join(", "));
    if inner.is_empty() || (indent + short.len() <= WIDTH && !short.contains('\n')) {
        return short;
    }
    let (pad, end) = (" ".repeat(indent + 2), " ".repeat(indent));
    format!("{open}\n{pad}{}\n{end}{close}", inner.join(&format!(",\n{pad}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::document::tests::document;

    #[test]
    fn a_schema_without_an_example_gives_one() {
        let name = json!({"type": "string", "examples": ["ada"]});
        let document = document(json!({}), json!({"Name": name}));
        let schema = json!({"type": "object", "required": ["name", "sizes"], "properties": {
            "name": {"$ref": "#/components/schemas/Name"},
            "sizes": {"type": "array", "items": {"type": "integer", "minimum": 16}},
            "note": {"type": "string"},
        }});
        assert_eq!(of_schema(&document, &schema), json!({"name": "ada", "sizes": [16]}));
    }

    #[test]
    fn examples_of_the_contract_have_their_summary() {
        let document = document(json!({}), json!({}));
        let media = json!({"examples": {"a": {"summary": "An a.", "value": 1}, "b": {"value": 2}}});
        let found: Vec<_> =
            of_media(&document, &media).into_iter().map(|example| (example.summary, example.value)).collect();
        assert_eq!(found, [("An a.", json!(1)), ("", json!(2))]);
    }

    #[test]
    fn a_long_value_has_a_line_for_each_field() {
        assert_eq!(printed(&json!({"a": 1, "b": [1, 2]})), "{\"a\": 1, \"b\": [1, 2]}");
        let long = json!({"a\"": ["x".repeat(60)], "b": {}});
        let expected = format!("{{\n  \"a\\\"\": [\n    \"{}\"\n  ],\n  \"b\": {{}}\n}}", "x".repeat(60));
        assert_eq!(printed(&long), expected);
    }
}
