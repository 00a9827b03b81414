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
    pub tier: TierId,
    pub is_staff: bool,
    pub is_active: bool,
    /// Raised to end all sessions at once: a session counts only while it carries the same number.
    pub auth_epoch: u64,
    /// Bytes reserved by the account's files and images, pending ones included.
    pub used_bytes: u64,
    pub created_at: Timestamp,
}

/// What sign-in reads by name, in one call: a copy of what the user record says about signing in, always
/// changed in the same transaction, and the claim that makes the name unique.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Login {
    pub user_id: UserId,
    /// PHC string, with the parameters it was made with.
    pub password_hash: String,
    pub auth_epoch: u64,
    pub is_active: bool,
    /// An address was given and is not verified yet: no sign-in.
    pub awaits_verification: bool,
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
