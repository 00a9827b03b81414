//! Answers.

use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, LOCATION};
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use lambda_http::Body;
use serde::Serialize;
use serde_json::json;

use super::{ApiError, ApiResult, Page, Request};

/// What goes back to the caller.
pub type Response = lambda_http::Response<Body>;

/// `body` as JSON.
#[must_use]
pub fn json<T: Serialize>(status: StatusCode, body: &T) -> Response {
    let body = serde_json::to_string(body).expect("our own types are JSON");
    answer(status, "application/json", body)
}

/// 200 with `body` as JSON.
///
/// # Errors
/// None; the type is that of a handler's last line.
pub fn ok<T: Serialize>(body: &T) -> ApiResult {
    Ok(json(StatusCode::OK, body))
}

/// 201 with `body` as JSON.
///
/// # Errors
/// None; the type is that of a handler's last line.
pub fn created<T: Serialize>(body: &T) -> ApiResult {
    Ok(json(StatusCode::CREATED, body))
}

/// 204.
///
/// # Errors
/// None; the type is that of a handler's last line.
pub fn no_content() -> ApiResult {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::NO_CONTENT;
    Ok(response)
}

/// A page for people: no script, nothing from elsewhere, and its address stays with it.
#[must_use]
pub fn html(status: StatusCode, page: &Page) -> Response {
    let mut response = answer(status, "text/html; charset=utf-8", page.to_string());
    let headers = response.headers_mut();
    for (name, value) in [
        ("content-security-policy", Page::CONTENT_SECURITY_POLICY),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    no_store(response)
}

/// Marks what must not be kept: everything that carries a token or a signed URL.
#[must_use]
pub fn no_store(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// 302 to a signed URL or, for callers that accept JSON, 200 `{"url","expires_at"}`: a browser's fetch cannot
/// follow the redirect of an authorised request.
///
/// # Errors
/// If the URL is none.
pub fn url_answer(request: &Request, url: &str, expires_at: Timestamp) -> ApiResult {
    if accepts_json(request.headers()) {
        return Ok(no_store(json(StatusCode::OK, &json!({ "url": url, "expires_at": expires_at }))));
    }
    found(url)
}

/// As [`url_answer`] after a form was sent: 303, so that the form is not sent along.
///
/// # Errors
/// If the URL is none.
pub fn see_other_answer(request: &Request, url: &str, expires_at: Timestamp) -> ApiResult {
    let mut response = url_answer(request, url, expires_at)?;
    if response.status() == StatusCode::FOUND {
        *response.status_mut() = StatusCode::SEE_OTHER;
    }
    Ok(response)
}

/// 302.
///
/// # Errors
/// If the URL is none.
pub fn found(url: &str) -> ApiResult {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::FOUND;
    let location = HeaderValue::from_str(url).map_err(ApiError::internal)?;
    response.headers_mut().insert(LOCATION, location);
    Ok(no_store(response))
}

fn accepts_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.split(',').any(|range| {
        let essence = range.split(';').next().unwrap_or_default();
        essence.trim().eq_ignore_ascii_case("application/json")
    })
}

fn answer(status: StatusCode, content_type: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::Text(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
