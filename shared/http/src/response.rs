//! Builds responses.

use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, LOCATION};
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use lambda_http::Body;
use serde::Serialize;
use serde_json::json;

use super::{ApiError, ApiResult, Page, Request};

/// A response to the caller.
pub type Response = lambda_http::Response<Body>;

/// A response with `body` as JSON.
#[must_use]
pub fn json<T: Serialize>(status: StatusCode, body: &T) -> Response {
    let body = serde_json::to_string(body).expect("our own types are JSON");
    answer(status, "application/json", body)
}

/// 200 with `body` as JSON.
///
/// # Errors
/// Never; it returns a result so that a handler can end with it.
pub fn ok<T: Serialize>(body: &T) -> ApiResult {
    Ok(json(StatusCode::OK, body))
}

/// 201 with `body` as JSON.
///
/// # Errors
/// Never; it returns a result so that a handler can end with it.
pub fn created<T: Serialize>(body: &T) -> ApiResult {
    Ok(json(StatusCode::CREATED, body))
}

/// 204.
///
/// # Errors
/// Never; it returns a result so that a handler can end with it.
pub fn no_content() -> ApiResult {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::NO_CONTENT;
    Ok(response)
}

/// A response with an HTML page, which runs no script, loads nothing from elsewhere and sends no Referer
/// header. `style` is the URL of its stylesheet, without a host.
///
/// # Panics
/// Never: the policy of a page whose forms stay at its own origin is ASCII.
#[must_use]
pub fn html(status: StatusCode, page: &Page, style: &str) -> Response {
    html_with_policy(status, page, style, &Page::content_security_policy(Page::OWN_ORIGIN, None))
        .expect("the policy is ASCII")
}

/// Like [`html`], for a page whose form leads to a redirect to the origin `form_target` (`https://host`, without
/// a path), and which shows pictures of the origin `images`.
///
/// Chrome and Safari also apply `form-action` to redirects (<https://github.com/w3c/webappsec-csp/issues/8>).
///
/// # Errors
/// If an origin is not valid in a header.
pub(super) fn html_allowing(
    status: StatusCode,
    page: &Page,
    style: &str,
    form_target: &str,
    images: Option<&str>,
) -> ApiResult {
    let form_targets = format!("{} {form_target}", Page::OWN_ORIGIN);
    html_with_policy(status, page, style, &Page::content_security_policy(&form_targets, images))
}

fn html_with_policy(status: StatusCode, page: &Page, style: &str, policy: &str) -> ApiResult {
    let policy = HeaderValue::from_str(policy).map_err(ApiError::internal)?;
    let mut response = answer(status, "text/html; charset=utf-8", page.document(style));
    let headers = response.headers_mut();
    for (name, value) in [
        ("content-security-policy", policy),
        ("referrer-policy", HeaderValue::from_static("no-referrer")),
        ("x-frame-options", HeaderValue::from_static("DENY")),
    ] {
        headers.insert(name, value);
    }
    Ok(no_store(response))
}

/// Forbids caches to store the response, such as one that contains a token or a signed URL.
#[must_use]
pub fn no_store(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// 302 to a signed URL or, for callers that accept JSON, 200 `{"url","expires_at"}`, because a browser's
/// `fetch` cannot follow the redirect of an authorised request.
///
/// # Errors
/// If `url` is not valid in a header.
pub fn url_answer(request: &Request, url: &str, expires_at: Timestamp) -> ApiResult {
    if accepts_json(request.headers()) {
        return Ok(no_store(json(StatusCode::OK, &json!({ "url": url, "expires_at": expires_at }))));
    }
    found(url)
}

/// Like [`url_answer`], but after a form: 303, so that the browser does not send the form again.
///
/// # Errors
/// If `url` is not valid in a header.
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
/// If `url` is not valid in a header.
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
