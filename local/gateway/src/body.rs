//! A request's body as the text that stands in an event.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The `body` of an event and its `isBase64Encoded`.
///
/// Text is `text/*`, `application/json`, `application/xml` and `application/javascript`, with any parameters;
/// everything else is base64, forms and a request without Content-Type included. AWS documents only that binary
/// bodies are encoded; the list was measured against a real HTTP API, see
/// <https://github.com/ministackorg/ministack/pull/766>. Types such as `application/problem+json` are not on it.
/// Text that is not UTF-8 gets replacement characters.
pub(super) fn encode(content_type: Option<&str>, body: &[u8]) -> (Option<String>, bool) {
    if body.is_empty() {
        return (None, false);
    }
    if content_type.is_some_and(is_text) {
        return (Some(String::from_utf8_lossy(body).into_owned()), false);
    }
    (Some(STANDARD.encode(body)), true)
}

fn is_text(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence.starts_with("text/")
        || ["application/json", "application/xml", "application/javascript"].contains(&essence.as_str())
}
