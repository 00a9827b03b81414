//! API Gateway's own responses: `{"message": "..."}`.

use axum::body::Body;
use axum::response::Response;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};

/// A response that API Gateway gives itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// 400: the Host, path or query is malformed.
    BadRequest,
    /// 404: there is no route for the method and path. HTTP APIs do not answer 405.
    NotFound,
    /// 413: the request is larger than API Gateway or Lambda allows.
    TooLarge,
    /// 431: request line and headers exceed the quota.
    HeadersTooLarge,
    /// 500: the function failed, or its answer is malformed.
    InternalServerError,
    /// 503: the function exceeded the integration timeout.
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
