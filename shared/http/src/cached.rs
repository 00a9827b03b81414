//! Responses that are the same for everybody until the next deployment.

use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH};
use lambda_http::Body;

use super::{ApiError, ApiResult, Request, Response};

/// How long caches may use a response before they ask again. Everybody sees a new deployment after this time.
const CACHED: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// Returns 200 with `body`, which caches may store for five minutes. Returns 304 without a body if `If-None-Match`
/// contains `entity_tag`.
///
/// # Errors
/// If `entity_tag` is not valid in a header.
pub fn cached(
    request: &Request,
    content_type: &'static str,
    body: &'static str,
    entity_tag: &str,
) -> ApiResult {
    let mut response = if is_known(request, entity_tag) {
        let mut response = Response::new(Body::Empty);
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        let mut response = Response::new(Body::Text(body.to_owned()));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        response
    };
    let entity_tag = HeaderValue::from_str(entity_tag).map_err(ApiError::internal)?;
    response.headers_mut().insert(ETAG, entity_tag);
    response.headers_mut().insert(CACHE_CONTROL, CACHED);
    Ok(response)
}

/// Whether `If-None-Match` has the tag. The comparison is weak (RFC 9110, section 13.1.2), because CloudFront makes the
/// tag of a response weak when it compresses the response.
fn is_known(request: &Request, entity_tag: &str) -> bool {
    let values = request.headers().get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = values.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == entity_tag)
}
