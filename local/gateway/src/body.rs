//! Encodes the body of a request as text for an event.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Returns `body` and `isBase64Encoded` of an event.
///
/// Bodies of the types `text/*`, `application/json`, `application/xml` and `application/javascript`, with any
/// parameters, are text. All others are encoded in base64, also forms and bodies without a type. AWS documents only
/// that binary bodies are encoded. The list was measured with a real HTTP API, see
/// <https://github.com/ministackorg/ministack/pull/766>. It does not contain types such as `application/problem+json`.
/// In text that is not UTF-8, invalid bytes become replacement characters.
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
