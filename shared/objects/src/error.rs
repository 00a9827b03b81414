//! Errors of the object store.

use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;

use satchel_model::Error;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A call to S3 that failed, or a URL that could not be signed.
///
/// A missing object is not an error: the operations that look for one return `None`.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// S3 refused the call because of a policy, a disabled key or a block. Whether the object exists is unknown.
    #[error("S3 refused the call")]
    Refused(#[source] Cause),
    /// S3 throttled the call, even after the SDK's retries.
    #[error("S3 throttled the call")]
    Throttled(#[source] Cause),
    /// S3 failed or did not answer.
    #[error("S3 did not answer")]
    Unavailable(#[source] Cause),
    /// The call was invalid, or its response cannot be read.
    #[error("S3")]
    Failed(#[source] Cause),
}

impl ObjectError {
    pub(crate) fn new(cause: impl Into<Cause>) -> Self {
        Self::Failed(cause.into())
    }
}

impl<E> From<SdkError<E, HttpResponse>> for ObjectError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    fn from(error: SdkError<E, HttpResponse>) -> Self {
        let status = error.raw_response().map(|response| response.status().as_u16());
        match (error.code().unwrap_or_default(), status) {
            ("SlowDown" | "RequestLimitExceeded" | "Throttling" | "ThrottlingException", _)
            | (_, Some(429)) => Self::Throttled(error.into()),
            _ if is_refused(&error) => Self::Refused(error.into()),
            ("RequestTimeout", _) | (_, Some(500..)) => Self::Unavailable(error.into()),
            _ => match error {
                SdkError::ServiceError(_) | SdkError::ConstructionFailure(_) => Self::Failed(error.into()),
                unanswered => Self::Unavailable(unanswered.into()),
            },
        }
    }
}

impl From<ObjectError> for Error {
    fn from(error: ObjectError) -> Self {
        match error {
            ObjectError::Throttled(_) => Self::Busy { retry_after: 1 },
            other => Self::failed(other),
        }
    }
}

/// Whether S3 says that the object of a read does not exist.
///
/// This is `GetObject`'s own code, which S3 returns only to callers that may list the bucket. The 404 of a
/// missing bucket has another code, and the 404 of a HEAD has none.
pub(crate) fn is_absent<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    error.code() == Some("NoSuchKey")
}

/// Whether S3 refused the call.
pub(crate) fn is_refused<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    let status = error.raw_response().map(|response| response.status().as_u16());
    // A bucket may be encrypted with the operator's own key, which can be disabled.
    status == Some(403) || error.code().is_some_and(|code| code.starts_with("KMS."))
}

/// Whether a HEAD got a 404: the object or its bucket does not exist.
pub(crate) fn is_not_found<E>(error: &SdkError<E, HttpResponse>) -> bool {
    error.raw_response().is_some_and(|response| response.status().as_u16() == 404)
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::error::ErrorMetadata;
    use aws_sdk_s3::operation::get_object::GetObjectError;
    use aws_smithy_runtime_api::http::StatusCode;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn answered(status: u16, code: Option<&str>) -> SdkError<GetObjectError, HttpResponse> {
        let mut metadata = ErrorMetadata::builder();
        if let Some(code) = code {
            metadata = metadata.code(code);
        }
        let raw = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::empty());
        SdkError::service_error(GetObjectError::generic(metadata.build()), raw)
    }

    /// The error codes are from S3's list:
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>.
    #[test]
    fn every_error_response_is_classified() {
        for (status, code, expected) in [
            (403, Some("AccessDenied"), "refused"),
            (403, Some("AllAccessDisabled"), "refused"),
            (403, Some("InvalidAccessKeyId"), "refused"),
            (403, None, "refused"),
            (400, Some("KMS.DisabledException"), "refused"),
            (503, Some("SlowDown"), "throttled"),
            (429, None, "throttled"),
            (500, Some("InternalError"), "unavailable"),
            (503, Some("ServiceUnavailable"), "unavailable"),
            (400, Some("RequestTimeout"), "unavailable"),
            (404, Some("NoSuchBucket"), "failed"),
            (404, None, "failed"),
            (400, Some("InvalidArgument"), "failed"),
        ] {
            let error = answered(status, code);
            assert!(!is_absent(&error), "{status} {code:?}");
            let class = match ObjectError::from(error) {
                ObjectError::Refused(_) => "refused",
                ObjectError::Throttled(_) => "throttled",
                ObjectError::Unavailable(_) => "unavailable",
                ObjectError::Failed(_) => "failed",
            };
            assert_eq!(class, expected, "{status} {code:?}");
        }
        assert!(is_absent(&answered(404, Some("NoSuchKey"))));
    }

    #[test]
    fn a_timeout_is_classified_as_unavailable() {
        let timed_out = SdkError::<GetObjectError, HttpResponse>::timeout_error("no answer in time");
        assert!(matches!(ObjectError::from(timed_out), ObjectError::Unavailable(_)));
    }
}
