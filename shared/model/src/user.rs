//! Accounts and their sessions.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{SessionId, TierId, UserId};

/// An account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct User {
    pub id: UserId,
    pub username: String,
    /// The address, as its owner typed it.
    pub email: Option<String>,
    pub email_verified: bool,
    /// The address that replaces `email` once it is verified.
    #[serde(default)]
    pub pending_email: Option<String>,
    pub tier: TierId,
    /// Stored only once `grant-staff` has set it, so that no function that creates accounts needs the right to write it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_staff: bool,
    pub is_active: bool,
    /// Raised to end all sessions at once: a session is valid only while its own number is the same.
    pub auth_epoch: u64,
    /// Raised when the password or the address changes, and when staff closes the account: a reset link is
    /// valid only while its own number is the same.
    #[serde(default)]
    pub credential_epoch: u64,
    /// The bytes that the account's files and images reserve, including pending ones.
    pub used_bytes: u64,
    /// The deleted, replaced and rejected bytes that S3 still keeps, as far as they were counted.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub kept_bytes: i64,
    /// The number of the account's resources.
    ///
    /// If it is absent or negative, the resources have never been counted, and each deletion has lowered the
    /// number, beginning at zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_count: Option<i64>,
    pub created_at: Timestamp,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// The record that a sign-in reads by name, in one call.
///
/// It is a copy of the user record's fields for sign-in, always changed in the same transaction, and also the
/// claim that makes the name unique.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Login {
    pub user_id: UserId,
    /// The password hash: a PHC string with its own parameters, or a hash from Django.
    pub password_hash: String,
    /// A second copy of `password_hash`, if that was made from the password in Unicode form NFC. A `password_hash` that
    /// differs is older than this rule, or was set by a function that does not know the rule.
    #[serde(default)]
    pub nfc_hash: Option<String>,
    pub auth_epoch: u64,
    pub is_active: bool,
    /// Whether the account has an address that is not verified yet, so that it cannot sign in.
    pub awaits_verification: bool,
    /// The client addresses of recent sign-ins, newest last; attempts of others do not lock these out.
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
    /// A keyed hash of account and address.
    pub hash: String,
    /// When the address is forgotten, in epoch seconds.
    pub until: i64,
}

/// A session: it begins with a sign-in, and ends with a sign-out or when it expires.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Session {
    pub id: SessionId,
    pub user_id: UserId,
    /// The user's `auth_epoch` when the session was created.
    pub auth_epoch: u64,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
    pub expires_at: Timestamp,
    pub user_agent: Option<String>,
    /// The valid refresh tokens; `None` for a session with only an access token.
    pub refresh: Option<Succession>,
}

/// The refresh tokens of a session that may be presented.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Succession {
    /// The latest token that was issued at sign-in or has been presented.
    pub current: RefreshClaims,
    /// The token that `current` is exchanged for, once it has been presented; always the same.
    pub successor: Option<RefreshClaims>,
    /// Tokens before `current` that are still accepted, oldest first.
    pub replaced: Vec<Replaced>,
}

/// A refresh token whose successor has been presented.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    pub jti: String,
    /// Its successor, for which it can still be exchanged.
    pub answer: RefreshClaims,
    /// Until when the token is accepted: some seconds after the successor was first presented.
    pub until: Timestamp,
}

/// The claims from which the same refresh token can be signed again (EdDSA is deterministic, RFC 8032).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshClaims {
    pub jti: String,
    pub kid: String,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
}
