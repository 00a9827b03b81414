//! The CORS behaviour of an HTTP API with a `CorsConfiguration`.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html>: API Gateway answers preflights
//! itself, whether or not there is an `OPTIONS` route. In other responses, it replaces the CORS headers of functions by
//! its own.

use axum::body::Body;
use axum::response::Response;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use local_deployment::Cors;

/// The answer to a preflight, which is an `OPTIONS` request with `Origin` and `Access-Control-Request-Method`. `None`
/// for any other request, or if CORS is not configured.
pub(super) fn preflight(cors: Option<&Cors>, method: &Method, headers: &HeaderMap) -> Option<Response> {
    let cors = cors?;
    let origin = headers.get(ORIGIN)?;
    if method != Method::OPTIONS || !headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
        return None;
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    if let Some(origin) = allowed(cors, origin) {
        let headers = response.headers_mut();
        allow(cors, headers, origin);
        list(headers, ACCESS_CONTROL_ALLOW_METHODS, &cors.allow_methods);
        list(headers, ACCESS_CONTROL_ALLOW_HEADERS, &cors.allow_headers);
        if let Some(age) = cors.max_age {
            headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from(age));
        }
    }
    Some(response)
}

/// Replaces the CORS headers of a function's response by the configured ones.
pub(super) fn apply(cors: Option<&Cors>, origin: Option<&HeaderValue>, headers: &mut HeaderMap) {
    let Some(cors) = cors else { return };
    let own = headers.keys().filter(|name| name.as_str().starts_with("access-control-"));
    for name in own.cloned().collect::<Vec<_>>() {
        headers.remove(name);
    }
    if let Some(origin) = origin.and_then(|origin| allowed(cors, origin)) {
        allow(cors, headers, origin);
        list(headers, ACCESS_CONTROL_EXPOSE_HEADERS, &cors.expose_headers);
    }
}

/// The value of `Access-Control-Allow-Origin` if `origin` is allowed. It is `*` if all origins are allowed.
fn allowed(cors: &Cors, origin: &HeaderValue) -> Option<HeaderValue> {
    if cors.allow_origins.iter().any(|allowed| allowed == "*") {
        return Some(HeaderValue::from_static("*"));
    }
    let text = origin.to_str().ok()?;
    let matches = |allowed: &String| match allowed.strip_suffix('*') {
        // `https://*` is any origin with that scheme. API Gateway has no other wildcards.
        Some(scheme @ ("http://" | "https://")) => text.starts_with(scheme),
        _ => allowed.eq_ignore_ascii_case(text),
    };
    cors.allow_origins.iter().any(matches).then(|| origin.clone())
}

fn allow(cors: &Cors, headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    if cors.allow_credentials {
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
}

fn list(headers: &mut HeaderMap, name: HeaderName, values: &[String]) {
    if let (false, Ok(value)) = (values.is_empty(), HeaderValue::from_str(&values.join(","))) {
        headers.insert(name, value);
    }
}
