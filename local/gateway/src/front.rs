//! The CloudFront distribution and its function, which process a request before API Gateway does.
//!
//! The headers of the distribution itself are in the template ([`Front`]). The code of the CloudFront function is not
//! run locally. [`FrontDoor`] describes its effects instead.

use std::net::IpAddr;

use axum::body::Body;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use local_deployment::Front;
use serde_json::Value;

/// The effects of a CloudFront function in front of the API. The default has no effects.
#[derive(Debug, Clone, Default)]
pub struct FrontDoor {
    /// Removes one trailing slash from every path but `/`.
    pub strips_trailing_slash: bool,
    /// The header to which the caller's address is written.
    pub viewer_ip: Option<HeaderName>,
    /// The header to which the Host of the request is written.
    pub viewer_host: Option<HeaderName>,
    /// Headers that only the distribution may set. They are removed from requests.
    pub reserved: Vec<HeaderName>,
    /// The limit on bodies, if any.
    pub body_limit: Option<BodyLimit>,
}

/// A limit on the Content-Length of requests.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimit {
    /// The maximum, in bytes.
    pub bytes: u64,
    /// Returns the body of the 413 for a Content-Length, given in bytes.
    pub refusal: fn(u64) -> Value,
}

impl FrontDoor {
    /// The path that API Gateway gets.
    pub(super) fn path<'a>(&self, path: &'a str) -> &'a str {
        match path.strip_suffix('/') {
            Some(shorter) if self.strips_trailing_slash && !shorter.is_empty() => shorter,
            _ => path,
        }
    }

    /// The response to a request whose Content-Length exceeds the limit.
    pub(super) fn refusal(&self, headers: &HeaderMap) -> Option<Response> {
        let limit = self.body_limit?;
        let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        let length = length.filter(|length| *length > limit.bytes)?;
        let mut response = Response::new(Body::from((limit.refusal)(length).to_string()));
        *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Some(response)
    }

    /// Sets the headers of the distribution and of its function. Removes or replaces those that the caller has sent.
    pub(super) fn set_headers(&self, headers: &mut HeaderMap, peer: IpAddr, front: Option<&Front>) {
        for name in self.reserved.iter().chain(&self.viewer_host) {
            headers.remove(name);
        }
        if let (Some(name), Some(host)) = (&self.viewer_host, headers.get(HOST).cloned()) {
            headers.insert(name, host);
        }
        for (name, value) in front.into_iter().flat_map(|front| &front.headers) {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
                headers.insert(name, value);
            }
        }
        let peer = HeaderValue::from_str(&peer.to_canonical().to_string());
        if let (Some(name), Ok(peer)) = (&self.viewer_ip, peer) {
            headers.insert(name, peer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_function_a_request_is_not_changed() {
        let front_door = FrontDoor::default();
        let sent = HeaderMap::from_iter([
            (HOST, HeaderValue::from_static("a.example")),
            (CONTENT_LENGTH, HeaderValue::from_static("9999999")),
        ]);
        let mut headers = sent.clone();
        front_door.set_headers(&mut headers, "192.0.2.7".parse().unwrap(), None);
        assert_eq!(headers, sent);
        assert_eq!(front_door.path("/a/"), "/a/");
        assert!(front_door.refusal(&headers).is_none());
    }
}
