//! The responses of an operation, and those that many operations share.

use std::collections::BTreeMap;

use serde_json::Value;

use super::document::{Document, entries};
use super::example::{of_media, printed};
use super::fields::{Marks, fields};
use super::html::{Element, Html, element};
use super::markdown;
use super::schema::{inner_objects, type_of};

/// The kind of component that responses with a name are.
const KIND: &str = "responses";

/// The responses of an operation: those of its own with their bodies, and links to the shared errors.
///
/// # Errors
/// If a description is not supported.
pub fn list(document: &Document, responses: &Value) -> Result<Html, String> {
    let mut own = element("dl").class("responses");
    let mut shared = BTreeMap::<&str, Vec<&str>>::new();
    for (status, response) in entries(responses) {
        let resolved = document.resolve(response);
        match resolved.name {
            Some(name) if is_error(status) => shared.entry(name).or_default().push(status),
            _ => {
                own = own
                    .with(element("dt").with(badge(status)))
                    .with(element("dd").with(contents(document, resolved.value)?));
            }
        }
    }
    let mut shared: Vec<_> = shared.into_iter().collect();
    shared.sort_by_key(|(_, statuses)| statuses.first().copied());
    let links = shared.iter().map(|(name, statuses)| {
        let words = format!("{} {}", statuses.join(", "), title(name));
        element("li").with(element("a").attribute("href", &format!("#{}", anchor(name))).text(&words))
    });
    let errors = (!shared.is_empty()).then(|| element("ul").class("shared").with_all(links));
    Ok([own].into_iter().chain(errors).map(Html::from).collect())
}

/// The shared responses that operations link to, with their bodies and examples.
///
/// # Errors
/// If a description is not supported.
pub fn shared(document: &Document) -> Result<Html, String> {
    let mut sections = Vec::new();
    for (name, response) in document.components(KIND) {
        let anchor = anchor(name);
        let heading = element("h3").id(&anchor).with(super::page::self_link(&anchor, &title(name)));
        let examples = samples(document, "", response, true);
        sections.push(
            element("section")
                .class("operation")
                .with(element("div").class("words").with(heading).with(contents(document, response)?))
                .with(element("div").class("samples").with_all(examples))
                .into(),
        );
    }
    Ok(sections.into_iter().collect())
}

/// The examples of the bodies of a response. The first is open if `is_open`.
pub fn samples(document: &Document, status: &str, response: &Value, is_open: bool) -> Vec<Html> {
    let mut samples = Vec::new();
    for (media_type, media) in entries(&response["content"]) {
        for example in of_media(document, media) {
            let caption = match (status, example.summary) {
                ("", "") => "Response".to_owned(),
                ("", summary) => summary.to_owned(),
                (status, "") => format!("{status} {media_type}"),
                (status, summary) => format!("{status} {summary}"),
            };
            samples.push(sample(&caption, &printed(&example.value), is_open && samples.is_empty()));
        }
    }
    samples
}

/// A caption with code, which a reader can fold.
pub fn sample(caption: &str, code: &str, is_open: bool) -> Html {
    let details = element("details").class("sample");
    let details = if is_open { details.attribute("open", "") } else { details };
    details
        .with(element("summary").text(caption))
        .with(element("pre").with(element("code").text(code)))
        .into()
}

/// The responses of an operation that are not shared errors.
pub fn own<'a>(
    document: &'a Document,
    responses: &'a Value,
) -> impl Iterator<Item = (&'a String, &'a Value)> {
    let resolved = entries(responses).map(|(status, response)| (status, document.resolve(response)));
    resolved
        .filter(|(status, response)| response.name.is_none() || !is_error(status))
        .map(|(status, response)| (status, response.value))
}

fn contents(document: &Document, response: &Value) -> Result<Html, String> {
    let description = response["description"].as_str().unwrap_or_default();
    let mut parts = vec![markdown::blocks(description, "strong")?];
    for (media_type, media) in entries(&response["content"]) {
        let schema = &media["schema"];
        let line = element("p").class("media").with(element("code").text(media_type));
        let named = schema.get("properties").is_none().then(|| type_of(document, schema));
        parts.push(line.text(" ").with_all(named).into());
        for object in inner_objects(document, schema) {
            parts.push(fields(document, object, Marks::Optional)?);
        }
    }
    let names: Vec<_> = entries(&response["headers"]).map(|(name, _)| name.as_str()).collect();
    if !names.is_empty() {
        parts.push(element("p").class("media").text("Headers: ").text(&names.join(", ")).into());
    }
    Ok(parts.into_iter().collect())
}

fn badge(status: &str) -> Element {
    let class = status.chars().next().map(|digit| format!("status s{digit}")).unwrap_or_default();
    element("span").class(&class).text(status)
}

fn is_error(status: &str) -> bool {
    status.starts_with(['4', '5'])
}

fn anchor(name: &str) -> String {
    format!("response-{name}")
}

/// The name of a component as words: `NotFoundPage` is `Not found page`.
fn title(name: &str) -> String {
    let mut words = String::new();
    for (index, letter) in name.chars().enumerate() {
        if letter.is_uppercase() && index > 0 {
            words.extend([' '].into_iter().chain(letter.to_lowercase()));
        } else {
            words.push(letter);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::render::document::tests::document;

    #[test]
    fn shared_errors_are_links_and_other_responses_are_shown() {
        let document = document(json!({}), json!({"Note": {"type": "object"}}));
        let content = json!({"application/json": {"schema": {"$ref": "#/components/schemas/Note"}}});
        let responses = json!({
            "200": {"description": "The note.", "content": content, "headers": {"ETag": {}}},
            "404": {"$ref": "#/components/responses/NotFound"},
            "409": {"description": "It exists."},
        });
        let html = list(&document, &responses).unwrap();
        let html = html.as_str();
        assert!(
            html.contains("<p>The note.</p><p class=\"media\"><code>application/json</code> <a href"),
            "{html}"
        );
        assert!(
            html.contains("<a href=\"#schema-Note\">Note</a></p><p class=\"media\">Headers: ETag</p>"),
            "{html}"
        );
        assert!(html.contains("<span class=\"status s4\">409</span></dt><dd><p>It exists.</p>"), "{html}");
        assert!(html.contains("<li><a href=\"#response-NotFound\">404 Not found</a></li>"), "{html}");
        assert!(!html.contains("No such record"), "{html}");
        let own: Vec<_> = own(&document, &responses).map(|(status, _)| status.as_str()).collect();
        assert_eq!(own, ["200", "409"]);
    }

    #[test]
    fn examples_have_the_status_in_their_caption() {
        let document = document(json!({}), json!({}));
        let examples = json!({"a": {"summary": "An empty list.", "value": []}, "b": {"value": [1]}});
        let response = json!({"content": {"application/json": {"examples": examples}}});
        let html: Html = samples(&document, "200", &response, true).into_iter().collect();
        let expected = "<details class=\"sample\" open=\"\"><summary>200 An empty list.</summary><pre><code>[]</code></pre>\
                        </details><details class=\"sample\"><summary>200 application/json</summary>";
        assert!(html.as_str().starts_with(expected), "{html:?}");
    }
}
