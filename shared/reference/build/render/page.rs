//! The whole page: contents, introduction, operations by tag, shared responses and schemas.

use serde_json::Value;

use super::document::Document;
use super::fields::{Marks, shape};
use super::html::{Element, Html, element, inline};
use super::{markdown, operation, responses};

const STYLE: &str = include_str!("../../page/style.css");
const SCRIPT: &str = include_str!("../../page/try-it.mjs");

/// What the examples expect in the shell. The script of the page writes the address of the deployment into it.
const VARIABLES: &str = "SATCHEL=https://files.example.com\nTOKEN='the access token from POST /api/token'";

/// Renders the page.
///
/// # Errors
/// If a description is not supported.
pub fn render(document: &Document) -> Result<String, String> {
    let title = format!("{} API reference", info(document, "title"));
    let head = element("head")
        .with(element("meta").attribute("charset", "utf-8"))
        .with(
            element("meta")
                .attribute("name", "viewport")
                .attribute("content", "width=device-width, initial-scale=1"),
        )
        .with(element("meta").attribute("name", "color-scheme").attribute("content", "light dark"))
        .with(element("title").text(&title))
        .with(inline(element("style"), STYLE));
    let mut main = element("main").id("main").with(introduction(document, &title)?);
    for (name, tag) in tags(document) {
        main = main.with(section_of_tag(document, name, tag)?);
    }
    main = main
        .with(chapter("shared-responses", "Shared responses", responses::shared(document)?))
        .with(chapter("schemas", "Schemas", schemas(document)?));
    let body = element("body")
        .with(element("a").class("skip").attribute("href", "#main").text("Skip to the reference"))
        .with(header(document))
        .with(contents(document))
        .with(main)
        .with(inline(element("script").attribute("type", "module"), SCRIPT));
    let html = Html::from(element("html").attribute("lang", "en").with(head).with(body));
    Ok(format!("<!doctype html>\n{}\n", html.as_str()))
}

/// The text of a heading, as a link to itself.
pub fn self_link(anchor: &str, words: &str) -> Element {
    element("a").attribute("href", &format!("#{anchor}")).text(words)
}

fn header(document: &Document) -> Element {
    let name = element("a").class("name").attribute("href", "#top");
    element("header")
        .with(name.text(info(document, "title")).text(" API"))
        .with(element("span").class("version").text(info(document, "version")))
        .with(element("a").attribute("href", "/openapi.json").text("openapi.json"))
}

fn contents(document: &Document) -> Element {
    let link = |anchor: &str, words: &str| element("li").with(self_link(anchor, words));
    let mut list = element("ul").with(link("introduction", "Introduction"));
    for (name, _) in tags(document) {
        let operations = document.operations(name);
        let links = operations.iter().map(|operation| link(operation.id, operation.text("summary")));
        list = list.with(link(&tag_anchor(name), name).with(element("ul").with_all(links)));
    }
    let list = list.with(link("shared-responses", "Shared responses")).with(link("schemas", "Schemas"));
    element("nav").attribute("aria-label", "Contents").with(list)
}

fn introduction(document: &Document, title: &str) -> Result<Element, String> {
    Ok(element("section")
        .id("introduction")
        .with(element("h1").text(title))
        .with(element("p").class("lead").text(info(document, "summary")))
        .with(markdown::blocks(info(document, "description"), "h2")?)
        .with(element("h2").text("Examples"))
        .with(element("p").text("The examples for curl expect two variables in the shell:"))
        .with(element("pre").id("variables").with(element("code").text(VARIABLES)))
        .with(
            element("p")
                .text("In a request, ")
                .with(element("span").class("mark").text("required"))
                .text(" marks what must be there. In a response, ")
                .with(element("span").class("mark").text("optional"))
                .text(" marks what may be missing."),
        ))
}

fn section_of_tag(document: &Document, name: &str, tag: &Value) -> Result<Element, String> {
    let operations = document.operations(name);
    let rows = operations.iter().map(|operation| {
        let link = element("a").attribute("href", &format!("#{}", operation.id));
        let summary = element("span").class("summary").text(operation.text("summary"));
        element("li").with(link.with_all(operation::route(operation)).with(summary))
    });
    let description = markdown::blocks(tag["description"].as_str().unwrap_or_default(), "strong")?;
    let list = element("ul").class("routes").with_all(rows);
    let shown: Vec<_> = operations
        .iter()
        .map(|operation| operation::render(document, operation))
        .collect::<Result<_, _>>()?;
    let parts = [description, list.into()].into_iter().chain(shown);
    Ok(chapter(&tag_anchor(name), name, parts.collect()))
}

fn chapter(anchor: &str, title: &str, contents: Html) -> Element {
    element("section")
        .class("chapter")
        .with(element("h2").id(anchor).with(self_link(anchor, title)))
        .with(contents)
}

fn schemas(document: &Document) -> Result<Html, String> {
    let mut sections = Vec::new();
    for (name, schema) in document.components("schemas") {
        let anchor = format!("schema-{name}");
        let marks = if document.is_requested(name) { Marks::Required } else { Marks::Optional };
        let description = schema["description"].as_str().unwrap_or_default();
        let shape = shape(document, schema, marks).map_err(|what| format!("{name}: {what}"))?;
        sections.push(
            element("section")
                .class("schema")
                .with(element("h3").id(&anchor).with(self_link(&anchor, name)))
                .with(markdown::blocks(description, "strong")?)
                .with(shape)
                .into(),
        );
    }
    Ok(sections.into_iter().collect())
}

fn tags(document: &Document) -> impl Iterator<Item = (&str, &Value)> {
    let tags = document.get("tags").as_array().into_iter().flatten();
    tags.filter_map(|tag| Some((tag["name"].as_str()?, tag)))
}

fn tag_anchor(name: &str) -> String {
    format!("tag-{}", name.to_lowercase().replace(' ', "-"))
}

fn info<'a>(document: &'a Document, key: &str) -> &'a str {
    document.get("info")[key].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_page_has_an_anchor_for_each_tag_operation_response_and_schema() {
        let operation = |id: &str| json!({"operationId": id, "tags": ["Share links"], "summary": id});
        let document = json!({
            "info": {"title": "Notes", "version": "1.2.3", "summary": "Keeps notes.", "description": "## Steps\n"},
            "tags": [{"name": "Share links", "description": "For friends."}],
            "paths": {"/a": {"get": operation("get-a"), "head": operation("get-a-head")}},
            "components": {
                "responses": {"NotFound": {"description": "No such record."}},
                "schemas": {"Note": {"type": "object", "description": "A note.", "properties": {}}},
            },
        });
        let page = render(&Document::new(document).unwrap()).unwrap();
        for anchor in ["tag-share-links", "get-a", "get-a-head", "response-NotFound", "schema-Note"] {
            assert_eq!(page.matches(&format!(" id=\"{anchor}\"")).count(), 1, "{anchor}");
            assert!(page.contains(&format!("href=\"#{anchor}\"")), "{anchor}");
        }
        assert!(
            page.starts_with("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"),
            "{page}"
        );
        for part in [
            "<h1>Notes API reference</h1>",
            "<h2>Steps</h2>",
            "1.2.3",
            "<p>For friends.</p>",
            "<p>A note.</p>",
        ] {
            assert!(page.contains(part), "{part}");
        }
    }
}
