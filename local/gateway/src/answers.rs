//! What API Gateway answers without a function's help: `{"message": "..."}`.

use std::borrow::Cow;

use axum::body::Body;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};

use super::front;

/// An answer of the gateway's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// 400: a Host, path or query that cannot be read.
    BadRequest,
    /// 404: no route for this method and path. HTTP APIs have no 405.
    NotFound,
    /// 413: more than API Gateway or Lambda takes.
    TooLarge,
    /// 413 of the CloudFront function, for the Content-Length that it saw.
    TooLargeForLambda(u64),
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
            Self::TooLarge | Self::TooLargeForLambda(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::HeadersTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::InternalServerError => StatusCode::INTERNAL_SERVER_ERROR,
            Self::ServiceUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn body(self) -> Cow<'static, str> {
        let fixed = match self {
            Self::BadRequest => r#"{"message":"Bad Request"}"#,
            Self::NotFound => r#"{"message":"Not Found"}"#,
            Self::TooLarge => r#"{"message":"Request Entity Too Large"}"#,
            Self::TooLargeForLambda(length) => return front::too_large(length).into(),
            Self::HeadersTooLarge => r#"{"message":"Request Header Fields Too Large"}"#,
            Self::InternalServerError => r#"{"message":"Internal Server Error"}"#,
            Self::ServiceUnavailable => r#"{"message":"Service Unavailable"}"#,
        };
        fixed.into()
    }

    pub(super) fn response(self) -> Response {
        let mut response = Response::new(Body::from(self.body()));
        *response.status_mut() = self.status();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        // The one of these that the template writes.
        if let Self::TooLargeForLambda(_) = self {
            response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        response
    }
}
