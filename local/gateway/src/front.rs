//! What the CloudFront distribution of the template does before API Gateway sees a request.
//!
//! Its function strips one trailing slash, says who the viewer is and which Host was asked for, and refuses
//! bodies that Lambda could not take; the distribution adds the secret that makes functions believe it.

use std::net::IpAddr;

use http::header::{CONTENT_LENGTH, HOST};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::json;

use crate::deployment::Front;

/// The largest Content-Length that goes through, `MAX_BODY_BYTES` in the template's function.
pub(super) const MAX_CONTENT_LENGTH: u64 = 4_700_000;

const VIEWER_IP: HeaderName = HeaderName::from_static("x-satchel-viewer-ip");
const VIEWER_HOST: HeaderName = HeaderName::from_static("x-satchel-host");
const ORIGIN_SECRET: HeaderName = HeaderName::from_static("x-satchel-origin-secret");

/// Takes one trailing slash off; `/` stays.
pub(super) fn without_trailing_slash(path: &str) -> &str {
    match path.strip_suffix('/') {
        Some(shorter) if !shorter.is_empty() => shorter,
        _ => path,
    }
}

/// The announced length of a body, if it is more than Lambda could take.
pub(super) fn excessive_length(headers: &HeaderMap) -> Option<u64> {
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    length.filter(|length| *length > MAX_CONTENT_LENGTH)
}

/// What the template's function answers to a body of `length` bytes.
pub(super) fn too_large(length: u64) -> String {
    let detail = format!(
        "The body has {length} bytes; a form takes at most {MAX_CONTENT_LENGTH}. Send JSON with filename, \
         content_type and size instead, and PUT the file to the URL in the answer."
    );
    json!({ "detail": detail }).to_string()
}

/// Sets the headers of the distribution, and those that functions trust because of its secret; replaces any that the
/// caller sent.
pub(super) fn introduce(headers: &mut HeaderMap, peer: IpAddr, front: Option<&Front>) {
    headers.remove(VIEWER_HOST);
    headers.remove(ORIGIN_SECRET);
    if let Some(host) = headers.get(HOST).cloned() {
        headers.insert(VIEWER_HOST, host);
    }
    for (name, value) in front.into_iter().flat_map(|front| &front.headers) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            headers.insert(name, value);
        }
    }
    if let Ok(peer) = HeaderValue::from_str(&peer.to_canonical().to_string()) {
        headers.insert(VIEWER_IP, peer);
    }
}

#[cfg(test)]
mod tests {
    use super::MAX_CONTENT_LENGTH;

    #[test]
    fn the_limit_is_the_templates() {
        let template = include_str!("../../../template.yaml");
        assert!(template.contains(&format!("const MAX_BODY_BYTES = {MAX_CONTENT_LENGTH};")));
    }
}
