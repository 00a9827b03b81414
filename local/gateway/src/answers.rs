//! What API Gateway answers without a function's help: `{"message": "..."}`.

use axum::body::Body;
use axum::response::Response;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};

/// An answer of the gateway's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// 400: a Host, path or query that cannot be read.
    BadRequest,
    /// 404: no route for this method and path. HTTP APIs have no 405.
    NotFound,
    /// 413: more than API Gateway or Lambda takes.
    TooLarge,
    /// 431: request line and headers are over the quota.
    HeadersTooLarge,
    /// 500: the function failed, or its answer is not one.
    InternalServerError,
    /// 503: the function took longer than an integration may.
    ServiceUnavailable,
}

impl Answer {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::HeadersTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::InternalServerError => StatusCode::INTERNAL_SERVER_ERROR,
            Self::ServiceUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn body(self) -> &'static str {
        match self {
            Self::BadRequest => r#"{"message":"Bad Request"}"#,
            Self::NotFound => r#"{"message":"Not Found"}"#,
            Self::TooLarge => r#"{"message":"Request Entity Too Large"}"#,
            Self::HeadersTooLarge => r#"{"message":"Request Header Fields Too Large"}"#,
            Self::InternalServerError => r#"{"message":"Internal Server Error"}"#,
            Self::ServiceUnavailable => r#"{"message":"Service Unavailable"}"#,
        }
    }

    pub(super) fn response(self) -> Response {
        let mut response = Response::new(Body::from(self.body()));
        *response.status_mut() = self.status();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}
