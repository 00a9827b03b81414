//! Says in words which values a schema allows.

use serde_json::Value;

use super::document::Document;
use super::html::{Html, element, text};

/// The type of a value, such as `string or null` or `array of File`.
pub fn type_of(document: &Document, schema: &Value) -> Html {
    if let Some(name) = document.resolve(schema).name {
        return element("a").attribute("href", &format!("#schema-{name}")).text(name).into();
    }
    if let Some(value) = schema.get("const") {
        return code(value);
    }
    if let Some(values) = schema["enum"].as_array() {
        return alternatives(values.iter().map(code));
    }
    if let Some(options) = ["anyOf", "oneOf"].iter().find_map(|key| schema[*key].as_array()) {
        return alternatives(options.iter().map(|option| type_of(document, option)));
    }
    match &schema["type"] {
        Value::Array(names) => {
            let names = names.iter().filter_map(Value::as_str);
            alternatives(names.map(|name| named_type(document, schema, name)))
        }
        Value::String(name) => named_type(document, schema, name),
        _ if schema.get("properties").is_some() => text("object"),
        _ => text("any value"),
    }
}

/// The limits of a value, such as `1 to 150 characters`.
pub fn limits(schema: &Value) -> Vec<Html> {
    let mut limits = Vec::new();
    for (low, high, unit) in [
        ("minimum", "maximum", ""),
        ("minLength", "maxLength", " characters"),
        ("minItems", "maxItems", " items"),
        ("minProperties", "maxProperties", " fields"),
    ] {
        limits.extend(range(&schema[low], &schema[high]).map(|range| text(&format!("{range}{unit}"))));
    }
    if let Some(pattern) = schema["pattern"].as_str() {
        limits.push([text("matches "), element("code").text(pattern).into()].into_iter().collect());
    }
    if let Some(value) = schema.get("default") {
        limits.push([text("default "), code(value)].into_iter().collect());
    }
    limits
}

/// The schemas with fields that are written inside of `schema`, without those of components.
pub fn inner_objects<'a>(document: &Document, schema: &'a Value) -> Vec<&'a Value> {
    if document.resolve(schema).name.is_some() {
        return Vec::new();
    }
    if schema.get("properties").is_some() {
        return vec![schema];
    }
    let options = ["anyOf", "oneOf"].into_iter().filter_map(|key| schema[key].as_array()).flatten();
    let values = ["items", "additionalProperties"].into_iter().filter_map(|key| schema.get(key));
    options.chain(values).flat_map(|inner| inner_objects(document, inner)).collect()
}

fn named_type(document: &Document, schema: &Value, name: &str) -> Html {
    let inner = |words: &str, key: &str| match schema.get(key) {
        Some(inner @ Value::Object(_)) => {
            [text(words), text(" of "), type_of(document, inner)].into_iter().collect()
        }
        _ => text(words),
    };
    match (name, schema["format"].as_str()) {
        ("array", _) => inner("array", "items"),
        ("object", _) if schema.get("properties").is_none() => inner("object", "additionalProperties"),
        ("string", Some("binary")) => text("file"),
        ("string", Some("uri" | "uri-reference")) => text("URL"),
        ("string", Some(format)) => text(format),
        _ => text(name),
    }
}

fn alternatives(options: impl Iterator<Item = Html>) -> Html {
    options
        .enumerate()
        .flat_map(|(index, option)| [text(if index == 0 { "" } else { " or " }), option])
        .collect()
}

fn code(value: &Value) -> Html {
    element("code").text(&value.to_string()).into()
}

fn range(low: &Value, high: &Value) -> Option<String> {
    match (low.is_null(), high.is_null()) {
        (true, true) => None,
        (false, true) => Some(format!("at least {low}")),
        (true, false) => Some(format!("at most {high}")),
        (false, false) if low == high => Some(format!("exactly {low}")),
        (false, false) => Some(format!("{low} to {high}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::render::document::tests::document;

    fn words(schema: Value) -> String {
        let document = document(json!({}), json!({"File": {"type": "object"}}));
        type_of(&document, &schema).as_str().to_owned()
    }

    #[test]
    fn types_are_named_in_words() {
        let file = json!({"$ref": "#/components/schemas/File"});
        assert_eq!(words(json!({"type": ["string", "null"]})), "string or null");
        assert_eq!(words(json!({"type": "string", "format": "binary"})), "file");
        assert_eq!(words(json!({"type": "string", "format": "date-time"})), "date-time");
        assert_eq!(
            words(json!({"type": "array", "items": file})),
            "array of <a href=\"#schema-File\">File</a>"
        );
        assert_eq!(
            words(json!({"anyOf": [file, {"type": "null"}]})),
            "<a href=\"#schema-File\">File</a> or null"
        );
        assert_eq!(words(json!({"enum": ["a", 1]})), "<code>&quot;a&quot;</code> or <code>1</code>");
        let texts = json!({"type": "object", "additionalProperties": {"type": "string"}});
        assert_eq!(words(texts), "object of string");
    }

    #[test]
    fn limits_are_ranges() {
        let words = |schema: Value| {
            limits(&schema).iter().map(|limit| limit.as_str().to_owned()).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(words(json!({"minLength": 1, "maxLength": 150})), "1 to 150 characters");
        assert_eq!(
            words(json!({"minimum": 300, "default": null})),
            "at least 300, default <code>null</code>"
        );
        assert_eq!(
            words(json!({"maxItems": 2, "pattern": "^a"})),
            "at most 2 items, matches <code>^a</code>"
        );
        assert_eq!(words(json!({"minLength": 64, "maxLength": 64})), "exactly 64 characters");
    }

    #[test]
    fn fields_of_inner_objects_are_found_but_not_those_of_components() {
        let document = document(json!({}), json!({"File": {"properties": {}}}));
        let part = json!({"properties": {"number": {"type": "integer"}}});
        let schema =
            json!({"type": "array", "items": {"anyOf": [{"$ref": "#/components/schemas/File"}, part]}});
        assert_eq!(inner_objects(&document, &schema), [&part]);
    }
}
