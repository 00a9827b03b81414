//! The reference of the API: `openapi.yaml` as JSON and as a page, both made by the build.
//!
//! The page has its style and its script inline, so that it is one file. Its policy allows exactly these two by their
//! hashes. Start reading at `build/main.rs`, which renders the page.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// The contract, as an OpenAPI 3.1 document in JSON.
pub const OPENAPI: &str = include_str!(concat!(env!("OUT_DIR"), "/openapi.json"));

/// The page that shows the contract, as HTML.
pub const PAGE: &str = include_str!(concat!(env!("OUT_DIR"), "/docs.html"));

/// The style of the page.
pub const STYLE: &str = include_str!("../page/style.css");

/// The ES module that adds "Try it" to the page.
pub const SCRIPT: &str = include_str!("../page/try-it.mjs");

/// The Content-Security-Policy of the page: its own style and script, requests to its own origin, and nothing else.
#[must_use]
pub fn content_security_policy() -> String {
    let (style, script) = (sha256(STYLE), sha256(SCRIPT));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; connect-src 'self'; \
         form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
         trusted-types 'none'"
    )
}

/// The entity tag of `text` (RFC 9110, section 8.8.3), with its quotes.
#[must_use]
pub fn entity_tag(text: &str) -> String {
    let hash = digest(&SHA256, text.as_bytes());
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]))
}

fn sha256(text: &str) -> String {
    STANDARD.encode(digest(&SHA256, text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_contains_exactly_the_style_and_the_script_that_its_policy_allows() {
        assert!(PAGE.contains(&format!("<style>{STYLE}</style>")));
        assert!(PAGE.contains(&format!("<script type=\"module\">{SCRIPT}</script>")));
        assert_eq!((PAGE.matches("<style").count(), PAGE.matches("<script").count()), (1, 1));
        assert!(!PAGE.contains(" style=\""), "the policy allows no style in an attribute");
    }

    #[test]
    fn hashes_are_those_of_fips_180_4() {
        // The example "abc" of FIPS 180-4, in base64.
        assert_eq!(sha256("abc"), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
        assert_eq!(entity_tag("abc"), "\"ungWv48Bz-pBQUDeXa4iIw\"");
    }
}
