//! Accounts and their sessions.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{SessionId, TierId, UserId};

/// An account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct User {
    pub id: UserId,
    pub username: String,
    /// The address as its owner wrote it.
    pub email: Option<String>,
    pub email_verified: bool,
    /// The address that takes the place of `email` once it is verified.
    #[serde(default)]
    pub pending_email: Option<String>,
    pub tier: TierId,
    pub is_staff: bool,
    pub is_active: bool,
    /// Raised to end all sessions at once: a session counts only while it carries the same number.
    pub auth_epoch: u64,
    /// Raised when the password or the address changes, and when staff closes the account: a reset link is valid only
    /// while it carries the same number.
    #[serde(default)]
    pub credential_epoch: u64,
    /// Bytes reserved by the account's files and images, pending ones included.
    pub used_bytes: u64,
    /// How many resources the account has. If absent or negative, they were never counted, and each deletion has
    /// lowered it, beginning at zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_count: Option<i64>,
    pub created_at: Timestamp,
}

/// What sign-in reads by name, in one call: a copy of what the user record says about signing in, always
/// changed in the same transaction, and the claim that makes the name unique.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Login {
    pub user_id: UserId,
    /// PHC string, with the parameters it was made with.
    pub password_hash: String,
    /// A second copy of `password_hash`, if that was made from the password in Unicode form NFC. A `password_hash` that
    /// differs is older than this rule, or was set by a function that does not know the rule.
    #[serde(default)]
    pub nfc_hash: Option<String>,
    pub auth_epoch: u64,
    pub is_active: bool,
    /// An address was given and is not verified yet: no sign-in.
    pub awaits_verification: bool,
    /// Where the account signed in from lately, newest last; others' guesses do not lock these out.
    #[serde(default)]
    pub known_addresses: Vec<KnownAddress>,
}

impl Login {
    /// Whether the hash was made from the password in Unicode form NFC.
    #[must_use]
    pub fn is_nfc(&self) -> bool {
        self.nfc_hash.as_ref() == Some(&self.password_hash)
    }
}

/// A client address that an account has signed in from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownAddress {
    /// Keyed hash of account and address.
    pub hash: String,
    /// Epoch seconds.
    pub until: i64,
}

/// One sign-in, until logout or its end.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Session {
    pub id: SessionId,
    pub user_id: UserId,
    /// The user's `auth_epoch` when the session was made.
    pub auth_epoch: u64,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
    pub expires_at: Timestamp,
    pub user_agent: Option<String>,
    /// The refresh tokens that count; a session of a plain access token has none.
    pub refresh: Option<Succession>,
}

/// Which refresh tokens of a session may be presented.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Succession {
    /// The latest token that was issued at sign-in or has been presented.
    pub current: RefreshClaims,
    /// What answers `current`, from its first presentation on; always the same.
    pub successor: Option<RefreshClaims>,
    /// Tokens before `current` that are still answered, oldest first.
    pub replaced: Vec<Replaced>,
}

/// A refresh token whose successor has been presented.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    pub jti: String,
    /// Its successor: the answer stays the same.
    pub answer: RefreshClaims,
    /// Some seconds after the successor was first presented, whatever is presented since.
    pub until: Timestamp,
}

/// What it takes to write a refresh token again, byte for byte (EdDSA is deterministic, RFC 8032).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshClaims {
    pub jti: String,
    pub kid: String,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
}
