//! Refusals of callers' requests, and errors of operations.

use std::collections::BTreeMap;
use std::error::Error as StdError;

/// Messages by the field's name.
pub type FieldErrors = BTreeMap<String, Vec<String>>;

/// Why a caller's request is refused. The crate `http` defines the status and the text of each variant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("refused: {self:?}")]
pub enum Refusal {
    /// Fields that are missing or invalid.
    Fields(FieldErrors),
    /// There are no credentials.
    NotAuthenticated,
    /// The credentials are malformed.
    BadAuthorizationHeader,
    /// The access token is invalid, expired or of the wrong kind, or its session has ended.
    TokenNotValid,
    /// The refresh token is invalid or expired, was replaced too long ago, or its session has ended.
    RefreshTokenNotValid,
    /// A token of the other kind was presented as a refresh token.
    TokenHasWrongType,
    /// No active account has this username and this password.
    WrongCredentials,
    /// The password of a share link is wrong.
    WrongLinkPassword,
    /// The record does not exist, or it belongs to another account.
    NotFound,
    /// There were too many attempts; another is allowed in `seconds`.
    Throttled { seconds: u64 },
    /// The file has more than `max` bytes.
    FileTooLarge { limit: SizeLimit, max: u64 },
    /// The file does not fit into the account's quota.
    QuotaExceeded,
    /// The account already has `max` resources, which is the limit.
    TooManyResources { max: u32 },
    /// The account's tier has no share links.
    NoShareLinks,
    /// This deployment accepts no sign-ups.
    RegistrationClosed,
    /// The tier is in use by accounts.
    TierInUse,
    /// The file is not ready.
    NotReady,
    /// The time for sending the file has expired.
    UploadTimeOver,
    /// The file is uploaded by one PUT, not in parts.
    NotInParts,
    /// The file's upload is already complete.
    UploadComplete,
    /// The file was rejected.
    UploadRejected,
    /// Another request has replaced the content of the file.
    ContentReplaced,
    /// The idempotency key was used with another request.
    IdempotencyKeyReused,
    /// The idempotency key was used before the secret was changed, so that the requests cannot be compared.
    IdempotencyKeyUncertain,
}

/// Which limit a file exceeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SizeLimit {
    Tier,
    Image,
    Store,
}

/// Why an operation failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller's request is refused.
    #[error(transparent)]
    Refused(Refusal),
    /// Other requests change the same record, or a service throttles; the caller may try again after
    /// `retry_after` seconds.
    #[error("busy: try again in {retry_after} s")]
    Busy { retry_after: u64 },
    /// A service does not answer, or a record cannot be read. Only the log shows the cause.
    #[error(transparent)]
    Failed(Box<dyn StdError + Send + Sync>),
}

impl Refusal {
    /// A refusal because of one invalid field.
    #[must_use]
    pub fn field(name: &str, message: &str) -> Self {
        Self::Fields(FieldErrors::from([(name.to_owned(), vec![message.to_owned()])]))
    }
}

impl Error {
    /// A refusal because of one invalid field.
    #[must_use]
    pub fn field(name: &str, message: &str) -> Self {
        Self::Refused(Refusal::field(name, message))
    }

    /// A failure with this cause.
    #[must_use]
    pub fn failed(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Failed(cause.into())
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
