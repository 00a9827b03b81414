//! What goes wrong with the object store.

use aws_smithy_runtime_api::client::result::SdkError;
use satchel_core::http::ApiError;

/// A call to S3, or the signing of one, that did not do what it should.
#[derive(Debug, thiserror::Error)]
#[error("S3")]
pub struct ObjectError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl ObjectError {
    pub(crate) fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

impl<E, R> From<SdkError<E, R>> for ObjectError
where
    E: std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    fn from(error: SdkError<E, R>) -> Self {
        Self::new(error)
    }
}

impl From<ObjectError> for ApiError {
    fn from(error: ObjectError) -> Self {
        Self::internal(error)
    }
}
