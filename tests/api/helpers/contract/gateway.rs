//! API Gateway's own responses, which the description of the contract documents once for all operations.

use super::Response;

/// The responses to requests that reach no function, and to those whose function fails.
const OWN: [(u16, &str); 7] = [
    (400, "Bad Request"),
    (404, "Not Found"),
    (413, "Request Entity Too Large"),
    (429, "Too Many Requests"),
    (431, "Request Header Fields Too Large"),
    (500, "Internal Server Error"),
    (503, "Service Unavailable"),
];

/// Whether API Gateway has written the response. Those to HEAD have only the length of the body.
pub(super) fn is_own(response: &Response<'_>) -> bool {
    let answer = response.answer;
    let has_body = |message: &str| {
        let body = format!(r#"{{"message":"{message}"}}"#);
        match response.method {
            "HEAD" => answer.header("content-length") == body.len().to_string(),
            _ => answer.bytes == body.as_bytes(),
        }
    };
    let is_json = answer.header("content-type") == "application/json";
    is_json && OWN.iter().any(|(status, message)| *status == answer.status && has_body(message))
}

/// Whether the response is one to a preflight, which asks what scripts of other origins may do.
pub(super) fn is_preflight(response: &Response<'_>) -> bool {
    response.method == "OPTIONS" && response.answer.status == 204 && response.answer.bytes.is_empty()
}
