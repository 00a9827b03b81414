//! The errors that several operations have in common.

use http::{HeaderMap, HeaderValue};
use s3s::{S3Error, S3ErrorCode, s3_error};

/// The error of an operation on the store.
#[derive(Debug, thiserror::Error)]
pub(super) enum StoreError {
    #[error(transparent)]
    Refused(#[from] S3Error),
    #[error(transparent)]
    Database(#[from] rusqlite::Error),
    #[error(transparent)]
    Record(#[from] serde_json::Error),
    #[error(transparent)]
    File(#[from] std::io::Error),
}

impl From<StoreError> for S3Error {
    fn from(failure: StoreError) -> Self {
        match failure {
            StoreError::Refused(error) => error,
            failure => Self::internal_error(failure),
        }
    }
}

/// The error for a key without an object. S3 tells only callers that may list the bucket that the object is missing.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>
pub(super) fn missing_key(may_list: bool) -> S3Error {
    if may_list {
        return s3_error!(NoSuchKey, "The specified key does not exist.");
    }
    s3_error!(AccessDenied, "Access Denied")
}

/// Adds the headers that tell of a delete marker to the error of a read.
pub(super) fn marked(mut error: S3Error, version: &str) -> S3Error {
    let mut headers = HeaderMap::new();
    headers.insert("x-amz-delete-marker", HeaderValue::from_static("true"));
    if let Ok(version) = HeaderValue::try_from(version) {
        headers.insert("x-amz-version-id", version);
    }
    error.set_headers(headers);
    error
}

/// The error with a code that a test injects.
pub(super) fn injected(code: &'static str) -> S3Error {
    let code = S3ErrorCode::from_bytes(code.as_bytes()).unwrap_or_else(|| S3ErrorCode::Custom(code.into()));
    S3Error::with_message(code, "An injected fault.")
}

pub(super) fn no_such_bucket() -> S3Error {
    s3_error!(NoSuchBucket, "The specified bucket does not exist")
}

pub(super) fn no_such_upload() -> S3Error {
    s3_error!(
        NoSuchUpload,
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or \
         completed."
    )
}

pub(super) fn precondition_failed() -> S3Error {
    s3_error!(PreconditionFailed, "At least one of the pre-conditions you specified did not hold")
}

/// A 400 with a code that `s3s` does not list.
pub(super) fn bad_request(code: &'static str, message: &'static str) -> S3Error {
    let mut error = S3Error::with_message(S3ErrorCode::Custom(code.into()), message);
    error.set_status_code(http::StatusCode::BAD_REQUEST);
    error
}
