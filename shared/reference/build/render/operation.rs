//! One operation: what it does, what it takes and answers, and examples.

use serde_json::Value;

use super::curl::{Body, command};
use super::document::{Document, Operation, entries};
use super::example::{of_media, of_schema};
use super::fields::{Marks, parameters, shape};
use super::html::{Element, Html, element, text};
use super::markdown;
use super::page::self_link;
use super::responses::{list, own, sample, samples};

/// Renders an operation.
///
/// # Errors
/// If a description is not supported.
pub fn render(document: &Document, operation: &Operation<'_>) -> Result<Html, String> {
    let render = || -> Result<Element, String> {
        let words = element("div")
            .class("words")
            .with(element("h3").id(operation.id).with(self_link(operation.id, operation.text("summary"))))
            .with(element("p").class("route").with_all(route(operation)))
            .with(notes(operation))
            .with(markdown::blocks(operation.text("description"), "strong")?)
            .with_all(takes(document, operation)?)
            .with(element("h4").text("Responses"))
            .with(list(document, &operation.value["responses"])?);
        let shown = element("div").class("samples").with_all(requests(document, operation));
        let section = element("section").class("operation").attribute("data-operation", operation.id);
        Ok(section.with(words).with(shown.with_all(answers(document, operation))))
    };
    render().map(Html::from).map_err(|what| format!("{}: {what}", operation.id))
}

/// Method and path.
pub fn route(operation: &Operation<'_>) -> [Element; 2] {
    let method = element("span").class(&format!("method {}", operation.method.to_lowercase()));
    // Browsers may break a long path before each slash.
    let segments = operation.path.split('/').skip(1);
    let parts = segments.flat_map(|segment| [element("wbr").into(), text(&format!("/{segment}"))]);
    [method.text(&operation.method), element("code").with_all(parts)]
}

fn notes(operation: &Operation<'_>) -> Element {
    let sign_in = if operation.is_signed_in() { "Needs sign-in" } else { "Open to everybody" };
    let replaced = operation.value["x-replaces"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let replaced = replaced.map(|service| {
        let link = element("a").attribute("href", "#introduction");
        element("li").with(link.text(&format!("Replaced service {service}")))
    });
    element("ul").class("notes").with(element("li").text(sign_in)).with_all(replaced)
}

/// Parameters and bodies.
fn takes(document: &Document, operation: &Operation<'_>) -> Result<Vec<Html>, String> {
    let mut parts = Vec::new();
    for (place, title) in [("path", "Path"), ("query", "Query"), ("header", "Headers")] {
        if let Some(list) = parameters(document, &operation.parameters, place)? {
            parts.extend([element("h4").text(title).into(), list]);
        }
    }
    let body = document.resolve(&operation.value["requestBody"]).value;
    for (index, (media_type, media)) in entries(&body["content"]).enumerate() {
        let title = if index == 0 { "Body: " } else { "Or body: " };
        parts.push(element("h4").text(title).with(element("code").text(media_type)).into());
        parts.push(shape(document, &media["schema"], Marks::Required)?);
    }
    Ok(parts)
}

/// A command for each example of a body, or one for a request without a body.
fn requests(document: &Document, operation: &Operation<'_>) -> Vec<Html> {
    let body = document.resolve(&operation.value["requestBody"]).value;
    let mut commands = Vec::new();
    for (media_type, media) in entries(&body["content"]) {
        let schema = &media["schema"];
        let mut examples: Vec<_> =
            of_media(document, media).into_iter().map(|example| (example.summary, example.value)).collect();
        if examples.is_empty() {
            examples.push(("", of_schema(document, schema)));
        }
        for (summary, value) in examples {
            let words = if summary.is_empty() { media_type.as_str() } else { summary };
            let body = Body { media_type, schema, value: &value };
            commands.push((format!("curl: {words}"), command(document, operation, Some(body))));
        }
    }
    if commands.is_empty() {
        commands.push(("curl".to_owned(), command(document, operation, None)));
    }
    let commands = commands.iter().enumerate();
    commands.map(|(index, (caption, command))| sample(caption, command, index == 0)).collect()
}

/// The examples of the responses that are not shared; the first is open.
fn answers(document: &Document, operation: &Operation<'_>) -> Vec<Html> {
    let mut shown = Vec::new();
    for (status, response) in own(document, &operation.value["responses"]) {
        shown.extend(samples(document, status, response, shown.is_empty()));
    }
    shown
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::render::document::tests::document;

    #[test]
    fn an_operation_shows_its_route_parameters_bodies_and_examples() {
        let schema =
            json!({"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}}});
        let content = json!({"application/json": {"schema": schema, "example": {"title": "Notes"}}});
        let post = json!({
            "operationId": "create-note", "summary": "Create a note", "description": "Creates `it`.",
            "security": [{"bearer": []}], "x-replaces": ["003"],
            "parameters": [{"$ref": "#/components/parameters/Id"}],
            "requestBody": {"content": content},
            "responses": {"201": {"description": "It exists.", "content": content}},
        });
        let document = document(json!({"/notes/{id}": {"post": post}}), json!({}));
        let html = render(&document, &document.all_operations().next().unwrap()).unwrap();
        let html = html.as_str();
        for part in [
            "<section class=\"operation\" data-operation=\"create-note\">",
            "<h3 id=\"create-note\"><a href=\"#create-note\">Create a note</a></h3>",
            "<span class=\"method post\">POST</span><code><wbr>/notes<wbr>/{id}</code>",
            "<li>Needs sign-in</li><li><a href=\"#introduction\">Replaced service 003</a></li>",
            "<p>Creates <code>it</code>.</p><h4>Path</h4>",
            "<h4>Body: <code>application/json</code></h4>",
            "-d '{&quot;title&quot;: &quot;Notes&quot;}'",
            "<summary>201 application/json</summary><pre><code>{&quot;title&quot;: &quot;Notes&quot;}</code></pre>",
        ] {
            assert!(html.contains(part), "{part}\n{html}");
        }
    }
}
