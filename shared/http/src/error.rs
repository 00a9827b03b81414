//! Errors of requests, and the responses that callers get for them.

use http::header::{ACCEPT_ENCODING, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

use satchel_model::{Error, FieldErrors, Refusal};

use super::refusals;
use super::response::{Response, json};

/// The result of a handler.
pub type ApiResult = Result<Response, ApiError>;

/// Why a request failed or was refused.
#[derive(Debug)]
pub enum ApiError {
    /// A refusal, with the status and the body that the table in `refusals.rs` defines.
    Refused(Refusal),
    /// 400, `{"detail":"JSON parse error - ..."}`.
    Json(String),
    /// 413, the form's file is too large for a function.
    FormTooLarge,
    /// 415, with the content type that was sent.
    UnsupportedMediaType(String),
    /// 415, with the content coding that was sent.
    UnsupportedCoding(String),
    /// 503, with the seconds to wait: other requests change the same record, or a service throttles.
    Busy(u64),
    /// Another status with a `detail`.
    Detail(StatusCode, &'static str),
    /// Another status with a body of its own, in the dialect of a replaced service.
    Body(StatusCode, Value),
    /// 500; only the log shows the cause.
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

/// Converts every error of the lower crates.
///
/// [`ApiError`] itself does not implement [`std::error::Error`], so that this does not cover a conversion of
/// a type into itself.
impl<E: Into<Error> + std::error::Error> From<E> for ApiError {
    fn from(error: E) -> Self {
        match error.into() {
            Error::Refused(refusal) => Self::Refused(refusal),
            Error::Busy { retry_after } => Self::Busy(retry_after),
            Error::Failed(cause) => Self::Internal(cause),
        }
    }
}

impl ApiError {
    /// 400 for one field.
    #[must_use]
    pub fn field(name: &str, message: &str) -> Self {
        Self::Refused(Refusal::field(name, message))
    }

    /// 400 for these fields.
    #[must_use]
    pub fn fields(errors: FieldErrors) -> Self {
        Self::Refused(Refusal::Fields(errors))
    }

    /// 404.
    #[must_use]
    pub fn not_found() -> Self {
        Self::Refused(Refusal::NotFound)
    }

    /// 500 because of `cause`.
    #[must_use]
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }

    /// Builds the response; `request_id` appears only in the response to an internal error.
    #[must_use]
    pub fn into_response(self, request_id: &str) -> Response {
        let detail = |text: &str| json!({ "detail": text });
        match self {
            Self::Refused(refusal) => refusals::response(refusal),
            Self::Json(place) => {
                json(StatusCode::BAD_REQUEST, &detail(&format!("JSON parse error - {place}")))
            }
            Self::FormTooLarge => {
                let text = "A form takes files of at most 4194304 bytes. Send JSON with filename, content_type and \
                            size instead, and PUT the file to the URL in the answer.";
                json(StatusCode::PAYLOAD_TOO_LARGE, &detail(text))
            }
            Self::UnsupportedMediaType(sent) => {
                let text = format!("Unsupported media type \"{sent}\" in request.");
                json(StatusCode::UNSUPPORTED_MEDIA_TYPE, &detail(&text))
            }
            Self::UnsupportedCoding(sent) => {
                let text = format!("Unsupported content encoding \"{sent}\" in request.");
                let mut response = json(StatusCode::UNSUPPORTED_MEDIA_TYPE, &detail(&text));
                // The codings that a request may have (RFC 9110, section 12.5.3).
                response.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
                response
            }
            Self::Busy(seconds) => {
                let text = detail("The record is being changed by other requests. Try again.");
                let mut response = json(StatusCode::SERVICE_UNAVAILABLE, &text);
                response.headers_mut().insert(RETRY_AFTER, seconds.into());
                response
            }
            Self::Detail(status, text) => json(status, &detail(text)),
            Self::Body(status, body) => json(status, &body),
            Self::Internal(_) => {
                let body = json!({ "detail": "Internal server error.", "request_id": request_id });
                json(StatusCode::INTERNAL_SERVER_ERROR, &body)
            }
        }
    }
}
