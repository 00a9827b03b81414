//! Why a caller does not get what it asked for, and why an operation fails.

use std::collections::BTreeMap;
use std::error::Error as StdError;

/// Messages by field.
pub type FieldErrors = BTreeMap<String, Vec<String>>;

/// Why a caller does not get what it asked for. The crate `http` has the status and the text of each variant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("refused: {self:?}")]
pub enum Refusal {
    /// Fields that are missing or invalid.
    Fields(FieldErrors),
    /// There are no credentials.
    NotAuthenticated,
    /// The credentials are not of the form that they must have.
    BadAuthorizationHeader,
    /// The access token is invalid, expired, of the wrong kind, or signed out.
    TokenNotValid,
    /// The refresh token is invalid or expired, was replaced too long ago, or its session has ended.
    RefreshTokenNotValid,
    /// A token of the other kind was presented as a refresh token.
    TokenHasWrongType,
    /// No active account has this username and this password.
    WrongCredentials,
    /// The password of a share link is another.
    WrongLinkPassword,
    /// The record does not exist, or it belongs to somebody else.
    NotFound,
    /// There were too many attempts; the next one is possible in `seconds`.
    Throttled { seconds: u64 },
    /// The file has more than `max` bytes.
    FileTooLarge { limit: SizeLimit, max: u64 },
    /// The file does not fit into the account's quota.
    QuotaExceeded,
    /// The account has `max` resources already.
    TooManyResources { max: u32 },
    /// The account's tier has no share links.
    NoShareLinks,
    /// Nobody may sign up.
    RegistrationClosed,
    /// Accounts are in the tier.
    TierInUse,
    /// The file is not ready.
    NotReady,
    /// The time to send the file is over.
    UploadTimeOver,
    /// The file is sent by one PUT, not in parts.
    NotInParts,
    /// All bytes of the file have arrived already.
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

/// Why an operation did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller asked for something that it cannot have.
    #[error(transparent)]
    Refused(Refusal),
    /// Other requests change the same record, or a service throttles: the caller may try again after `retry_after`
    /// seconds.
    #[error("busy: try again in {retry_after} s")]
    Busy { retry_after: u64 },
    /// A service does not answer, or a record cannot be read. Only the log shows the cause.
    #[error(transparent)]
    Failed(Box<dyn StdError + Send + Sync>),
}

impl Refusal {
    /// One invalid field.
    #[must_use]
    pub fn field(name: &str, message: &str) -> Self {
        Self::Fields(FieldErrors::from([(name.to_owned(), vec![message.to_owned()])]))
    }
}

impl Error {
    /// One invalid field.
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
