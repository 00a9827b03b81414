//! What goes wrong with the table.

use aws_smithy_runtime_api::client::result::SdkError;
use satchel_core::http::ApiError;

/// A call to the table that did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Other transactions on the same records did not leave room in time.
    #[error("the records stayed in conflict with other transactions")]
    Busy,
    /// The account that the record belongs to is gone, or is being erased.
    #[error("the account of the record is gone")]
    Unowned,
    #[error("DynamoDB")]
    Aws(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("a record is not of the form it should have")]
    Record(#[from] serde_dynamo::Error),
}

impl<E, R> From<SdkError<E, R>> for StoreError
where
    E: std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    fn from(error: SdkError<E, R>) -> Self {
        Self::Aws(Box::new(error))
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Self::Busy(1),
            // Of requests only those meet it whose caller has just deleted the account.
            StoreError::Unowned => Self::TokenNotValid,
            other => Self::internal(other),
        }
    }
}
