//! Lists of parameters and fields: name, type, limits and description of each.

use serde_json::Value;

use super::document::{Document, entries};
use super::html::{Element, Html, element, text};
use super::markdown;
use super::schema::{inner_objects, limits, type_of};

/// What a list marks: what a request must have, or what a response may lack.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Marks {
    Required,
    Optional,
}

/// The fields of an object, with those of the objects inside of it.
///
/// # Errors
/// If a description is not supported.
pub fn fields(document: &Document, schema: &Value, marks: Marks) -> Result<Html, String> {
    let required: Vec<_> = schema["required"].as_array().into_iter().flatten().collect();
    let mut list = element("dl").class("fields");
    for (name, field) in entries(&schema["properties"]) {
        let is_required = required.iter().any(|required| *required == name);
        let description = field["description"].as_str().unwrap_or_default();
        list = list.with(term(document, name, field, mark(marks, is_required)));
        let mut definition = element("dd").with(markdown::blocks(description, "strong")?);
        for inner in inner_objects(document, field) {
            definition = definition.with(fields(document, inner, marks)?);
        }
        list = list.with(definition);
    }
    Ok(list.into())
}

/// What a schema with or without fields allows: its fields, or one line with its type.
///
/// # Errors
/// If a description is not supported.
pub fn shape(document: &Document, schema: &Value, marks: Marks) -> Result<Html, String> {
    let objects = inner_objects(document, schema);
    let mut parts = Vec::new();
    if objects.len() != 1 || schema.get("properties").is_none() {
        let line = element("p").class("type").with(type_of(document, schema));
        parts.push(line.with_all(limits(schema).into_iter().map(limit_of)).into());
    }
    for object in objects {
        parts.push(fields(document, object, marks)?);
    }
    Ok(parts.into_iter().collect())
}

/// The parameters of an operation in `place`, such as `query`; nothing if there are none.
///
/// # Errors
/// If a description is not supported.
pub fn parameters(document: &Document, parameters: &[&Value], place: &str) -> Result<Option<Html>, String> {
    let mut list = element("dl").class("fields");
    let here: Vec<_> = parameters.iter().filter(|parameter| parameter["in"] == place).collect();
    for parameter in &here {
        let name = parameter["name"].as_str().unwrap_or_default();
        let is_required = parameter["required"] == true && place != "path";
        let description = parameter["description"].as_str().unwrap_or_default();
        list = list
            .with(term(document, name, &parameter["schema"], mark(Marks::Required, is_required)))
            .with(element("dd").with(markdown::blocks(description, "strong")?));
    }
    Ok((!here.is_empty()).then(|| list.into()))
}

fn term(document: &Document, name: &str, schema: &Value, mark: Option<Html>) -> Element {
    element("dt")
        .with(element("code").class("name").text(name))
        .with(element("span").class("type").with(text(" ")).with(type_of(document, schema)))
        .with_all(limits(schema).into_iter().map(limit_of))
        .with_all(mark)
}

fn limit_of(limit: Html) -> Html {
    element("span").class("limit").text(" · ").with(limit).into()
}

fn mark(marks: Marks, is_required: bool) -> Option<Html> {
    let word = match (marks, is_required) {
        (Marks::Required, true) => "required",
        (Marks::Optional, false) => "optional",
        _ => return None,
    };
    Some([text(" "), element("span").class("mark").text(word).into()].into_iter().collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::render::document::tests::document;

    fn note() -> Value {
        let part = json!({"properties": {"number": {"type": "integer", "minimum": 1}}});
        json!({"required": ["title"], "properties": {
            "title": {"type": "string", "description": "The `title`."},
            "parts": {"type": "array", "items": part},
        }})
    }

    #[test]
    fn requests_mark_what_they_must_have_and_responses_what_they_may_lack() {
        let document = document(json!({}), json!({}));
        let marked = |marks| fields(&document, &note(), marks).unwrap().as_str().to_owned();
        let required = marked(Marks::Required);
        assert!(
            required
                .contains("title</code><span class=\"type\"> string</span> <span class=\"mark\">required")
        );
        assert_eq!(required.matches("class=\"mark\"").count(), 1);
        assert_eq!(marked(Marks::Optional).matches("optional").count(), 2, "`parts` and the number inside");
    }

    #[test]
    fn fields_have_their_description_limits_and_inner_fields() {
        let document = document(json!({}), json!({}));
        let html = fields(&document, &note(), Marks::Required).unwrap();
        assert!(html.as_str().contains("<dd><p>The <code>title</code>.</p></dd>"), "{html:?}");
        assert!(
            html.as_str().contains("<dd><dl class=\"fields\"><dt><code class=\"name\">number"),
            "{html:?}"
        );
        assert!(html.as_str().contains(" · at least 1"), "{html:?}");
    }

    #[test]
    fn parameters_are_listed_by_their_place() {
        let document = document(json!({}), json!({}));
        let size = json!({"name": "size", "in": "query", "required": true, "schema": {"type": "integer"}});
        let found = |place| parameters(&document, &[&size], place).unwrap();
        assert!(found("query").is_some_and(|list| list.as_str().contains("required")));
        assert_eq!(found("header"), None);
    }
}
