//! Responses that are the same for everybody until the next deployment.

use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH};
use lambda_http::Body;

use super::{ApiError, ApiResult, Request, Response};

/// A response that caches may store.
#[derive(Debug, Clone, Copy)]
pub struct Cached<'a> {
    pub content_type: &'static str,
    pub body: &'a [u8],
    /// Names this version of the body (RFC 9110, section 8.8.3), with its quotes.
    pub entity_tag: &'a str,
    pub keep: Keep,
}

/// How long caches may use a response before they ask again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// They ask each time.
    Checked,
    /// Five minutes. Everybody sees a new deployment after this time.
    Minutes,
    /// A year: another version has another URL.
    Forever,
}

impl Keep {
    fn cache_control(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Checked => "no-cache",
            Self::Minutes => "public, max-age=300",
            Self::Forever => "public, max-age=31536000, immutable",
        })
    }
}

impl Cached<'_> {
    /// Returns 200 with the body, or 304 without it if `If-None-Match` contains the entity tag.
    ///
    /// # Errors
    /// If the entity tag is not valid in a header.
    pub fn answer(&self, request: &Request) -> ApiResult {
        let mut response = if is_known(request, self.entity_tag) {
            let mut response = Response::new(Body::Empty);
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response
        } else {
            let mut response = Response::new(body(self.body));
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
            response
        };
        let entity_tag = HeaderValue::from_str(self.entity_tag).map_err(ApiError::internal)?;
        response.headers_mut().insert(ETAG, entity_tag);
        response.headers_mut().insert(CACHE_CONTROL, self.keep.cache_control());
        Ok(response)
    }
}

/// Text is passed on as text, and other bytes as base64.
fn body(bytes: &[u8]) -> Body {
    match std::str::from_utf8(bytes) {
        Ok(text) => Body::Text(text.to_owned()),
        Err(_) => Body::Binary(bytes.to_owned()),
    }
}

/// Whether `If-None-Match` has the tag. The comparison is weak (RFC 9110, section 13.1.2), because CloudFront makes the
/// tag of a response weak when it compresses the response.
fn is_known(request: &Request, entity_tag: &str) -> bool {
    let values = request.headers().get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = values.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == entity_tag)
}
