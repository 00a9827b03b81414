//! The quotas of HTTP APIs and of Lambda's synchronous invocation.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html>,
//! <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>. The documentation gives the
//! figures and not the answers. 413 is what Lambda's Invoke answers to a payload over its limit; that the gateway
//! says so too, and 431 for the headers, are guesses: no caller should depend on more than a 4xx.

use std::time::Duration;

use http::{HeaderMap, Method, Uri};

/// Request line and header values together, in bytes.
pub(super) const HEADERS: usize = 10_240;
/// The body as it is sent, in bytes.
pub(super) const BODY: usize = 10 * 1024 * 1024;
/// Event or answer of a function, as JSON and after base64, in bytes.
pub(super) const PAYLOAD: usize = 6 * 1024 * 1024;
/// The longest an integration may take.
pub(super) const INTEGRATION: Duration = Duration::from_secs(30);

/// Whether request line and header values are within the quota.
pub(super) fn headers_fit(method: &Method, uri: &Uri, headers: &HeaderMap) -> bool {
    let target = uri.path_and_query().map_or(0, |target| target.as_str().len());
    let line = method.as_str().len() + target + "  HTTP/1.1".len();
    let values: usize = headers.values().map(http::HeaderValue::len).sum();
    line + values <= HEADERS
}
