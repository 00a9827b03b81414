//! What the CloudFront distribution and its function do before API Gateway sees a request.
//!
//! The headers of the distribution itself are in the template ([`Front`]). What its function does is code of
//! CloudFront's own kind, which is not run here: [`FrontDoor`] says what it comes to.

use std::net::IpAddr;

use axum::body::Body;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use local_deployment::Front;
use serde_json::Value;

/// What a CloudFront function in front of the API does. The default is that there is none.
#[derive(Debug, Clone, Default)]
pub struct FrontDoor {
    /// Takes one trailing slash off every path but `/`.
    pub strips_trailing_slash: bool,
    /// The header that gets the caller's address.
    pub viewer_ip: Option<HeaderName>,
    /// The header that gets the Host that the caller asked for.
    pub viewer_host: Option<HeaderName>,
    /// Headers that only the distribution may set: a caller's are removed.
    pub reserved: Vec<HeaderName>,
    /// The largest body that goes through.
    pub body_limit: Option<BodyLimit>,
}

/// A limit on the Content-Length that callers announce.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimit {
    /// The most that goes through, in bytes.
    pub bytes: u64,
    /// The body of the 413 for a Content-Length of that many bytes.
    pub refusal: fn(u64) -> Value,
}

impl FrontDoor {
    /// The path that API Gateway sees.
    pub(super) fn path<'a>(&self, path: &'a str) -> &'a str {
        match path.strip_suffix('/') {
            Some(shorter) if self.strips_trailing_slash && !shorter.is_empty() => shorter,
            _ => path,
        }
    }

    /// The answer to a request that announces too large a body.
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

    /// Sets the headers of the distribution, and those that functions trust because of them; replaces any that the
    /// caller sent.
    pub(super) fn introduce(&self, headers: &mut HeaderMap, peer: IpAddr, front: Option<&Front>) {
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
    fn without_a_function_a_request_goes_through_as_it_came() {
        let front_door = FrontDoor::default();
        let sent = HeaderMap::from_iter([
            (HOST, HeaderValue::from_static("a.example")),
            (CONTENT_LENGTH, HeaderValue::from_static("9999999")),
        ]);
        let mut headers = sent.clone();
        front_door.introduce(&mut headers, "192.0.2.7".parse().unwrap(), None);
        assert_eq!(headers, sent);
        assert_eq!(front_door.path("/a/"), "/a/");
        assert!(front_door.refusal(&headers).is_none());
    }
}
