//! The quotas of HTTP APIs and of Lambda's synchronous invocation.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html>,
//! <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>. The documentation has the limits, but not
//! the responses. Lambda's Invoke answers 413 to a payload over its limit. That API Gateway passes this on, and that it
//! answers 431 to large headers, are guesses. Callers should depend only on a 4xx.

use std::time::Duration;

use http::{HeaderMap, Method, Uri};

/// The maximum size of the request line and all header values together, in bytes.
pub(super) const HEADERS: usize = 10_240;
/// The maximum size of a body before encoding, in bytes.
pub(super) const BODY: usize = 10 * 1024 * 1024;
/// The maximum size of an event or a function's answer as JSON, in bytes.
pub(super) const PAYLOAD: usize = 6 * 1024 * 1024;
/// The integration timeout.
pub(super) const INTEGRATION: Duration = Duration::from_secs(30);

/// Whether request line and header values are within the quota.
pub(super) fn headers_fit(method: &Method, uri: &Uri, headers: &HeaderMap) -> bool {
    let target = uri.path_and_query().map_or(0, |target| target.as_str().len());
    let line = method.as_str().len() + target + "  HTTP/1.1".len();
    let values: usize = headers.values().map(http::HeaderValue::len).sum();
    line + values <= HEADERS
}
