//! Errors of the table.

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;

use satchel_model::{Error, Refusal};

/// DynamoDB's codes for a call that it refused because of its load
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>).
const THROTTLED: [&str; 4] =
    ["ProvisionedThroughputExceededException", "RequestLimitExceeded", "Throttling", "ThrottlingException"];

/// A call to the table that failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Conflicts with other transactions on the same records lasted too long; nothing was written.
    #[error("the records stayed in conflict with other transactions")]
    Conflict,
    /// DynamoDB throttled the call and its retries; nothing was written.
    #[error("DynamoDB throttled the call")]
    Throttled,
    /// The account that the record belongs to no longer exists, or is being erased.
    #[error("the account of the record no longer exists")]
    Unowned,
    /// DynamoDB refused the call, failed or did not answer; whether it wrote anything is unknown.
    #[error("DynamoDB")]
    Aws(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("a record cannot be read or written")]
    Record(#[from] serde_dynamo::Error),
}

impl<E, R> From<SdkError<E, R>> for StoreError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    fn from(error: SdkError<E, R>) -> Self {
        if is_throttled(&error) { Self::Throttled } else { Self::Aws(Box::new(error)) }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict | StoreError::Throttled => Self::Busy { retry_after: 1 },
            // This happens only to a request whose caller has just deleted the account.
            StoreError::Unowned => Self::Refused(Refusal::TokenNotValid),
            other => Self::failed(other),
        }
    }
}

/// Whether DynamoDB refused a call because of its load. The SDK has already retried such a call.
pub fn is_throttled<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code)
        .is_some_and(|code| THROTTLED.contains(&code))
}

/// Whether a failed call may still have been carried out: no response, an incomplete one, or a fault in
/// DynamoDB.
pub fn is_uncertain<E>(error: &SdkError<E, HttpResponse>) -> bool {
    match error {
        SdkError::ServiceError(failed) => failed.raw().status().as_u16() >= 500,
        SdkError::ConstructionFailure(_) => false,
        _ => true,
    }
}
