//! Every refusal, and what the caller reads of it.

use std::collections::BTreeMap;

use http::header::{ACCEPT_ENCODING, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

use super::response::{Response, json};

/// What a handler returns.
pub type ApiResult = Result<Response, ApiError>;

/// Messages by field.
pub type FieldErrors = BTreeMap<String, Vec<String>>;

/// Why a request is not answered as asked.
#[derive(Debug)]
pub enum ApiError {
    /// 400, `{"<field>":["..."]}`.
    Fields(FieldErrors),
    /// 400, `{"detail":"JSON parse error - ..."}`.
    Json(String),
    /// 401, no credentials.
    NotAuthenticated,
    /// 401, the Authorization header is not of the form it should have.
    BadAuthorizationHeader,
    /// 401, the access token is bad, expired, of the wrong kind, or signed out.
    TokenNotValid,
    /// 404; also somebody else's record.
    NotFound,
    /// 413, with a hint.
    TooLarge(String),
    /// 415, with the content type that was sent.
    UnsupportedMediaType(String),
    /// 415, with the content coding that was sent.
    UnsupportedCoding(String),
    /// 429, with the seconds to wait.
    Throttled(u64),
    /// 503, with the seconds to wait: others were writing the same record all the time.
    Busy(u64),
    /// Another status with a `detail`.
    Detail(StatusCode, &'static str),
    /// Another status with a body of its own: a dialect, or a `code` beside the `detail`.
    Body(StatusCode, Value),
    /// 500; the cause goes to the log only.
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

impl ApiError {
    /// 400 for one field.
    #[must_use]
    pub fn field(name: &str, message: &str) -> Self {
        Self::Fields(FieldErrors::from([(name.to_owned(), vec![message.to_owned()])]))
    }

    /// 500 because of `cause`.
    #[must_use]
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }

    /// The answer; `request_id` is shown only where nothing else can be said.
    #[must_use]
    pub fn into_response(self, request_id: &str) -> Response {
        let mut response = self.answer(request_id);
        if response.status() == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static(r#"Bearer realm="api""#);
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }

    fn answer(self, request_id: &str) -> Response {
        let detail = |text: &str| json!({ "detail": text });
        match self {
            Self::Fields(errors) => json(StatusCode::BAD_REQUEST, &errors),
            Self::Json(place) => {
                json(StatusCode::BAD_REQUEST, &detail(&format!("JSON parse error - {place}")))
            }
            Self::NotAuthenticated => unauthorized(&detail("Authentication credentials were not provided.")),
            Self::BadAuthorizationHeader => unauthorized(&json!({
                "detail": "Authorization header must contain two space-delimited values",
                "code": "bad_authorization_header"
            })),
            Self::TokenNotValid => unauthorized(&json!({
                "detail": "Given token not valid for any token type",
                "code": "token_not_valid",
                "messages": [{
                    "token_class": "AccessToken",
                    "token_type": "access",
                    "message": "Token is invalid or expired"
                }]
            })),
            Self::NotFound => json(StatusCode::NOT_FOUND, &detail("Not found.")),
            Self::TooLarge(hint) => json(StatusCode::PAYLOAD_TOO_LARGE, &detail(&hint)),
            Self::UnsupportedMediaType(sent) => {
                let text = format!("Unsupported media type \"{sent}\" in request.");
                json(StatusCode::UNSUPPORTED_MEDIA_TYPE, &detail(&text))
            }
            Self::UnsupportedCoding(sent) => {
                let text = format!("Unsupported content encoding \"{sent}\" in request.");
                let mut response = json(StatusCode::UNSUPPORTED_MEDIA_TYPE, &detail(&text));
                // RFC 9110, section 12.5.3: the codings that a request may have.
                response.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
                response
            }
            Self::Throttled(seconds) => {
                let unit = if seconds == 1 { "second" } else { "seconds" };
                let text = format!("Request was throttled. Expected available in {seconds} {unit}.");
                retry_after(seconds, json(StatusCode::TOO_MANY_REQUESTS, &detail(&text)))
            }
            Self::Busy(seconds) => {
                let text = detail("The record is being changed by other requests. Try again.");
                retry_after(seconds, json(StatusCode::SERVICE_UNAVAILABLE, &text))
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

fn unauthorized(body: &Value) -> Response {
    json(StatusCode::UNAUTHORIZED, body)
}

fn retry_after(seconds: u64, mut response: Response) -> Response {
    response.headers_mut().insert(RETRY_AFTER, seconds.into());
    response
}
