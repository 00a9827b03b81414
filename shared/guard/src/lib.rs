//! Authenticates callers and limits how often they may try: passwords, tokens, rate limits and idempotent
//! requests.
//!
//! This is the only crate that constructs a [`Caller`]. It does not create sessions, which `auth` does, and
//! contains no HTTP.
//!
//! Start reading at [`Auth`] for tokens, [`PasswordChecks`] for passwords.

mod caller;
mod idempotency;
mod kept_memory;
mod keys;
mod learnt;
mod login_key;
mod logins;
mod password;
mod password_check;
mod stored_hash;
mod throttle;
mod token;
mod typed;

pub use caller::{Auth, Caller};
pub use idempotency::{Idempotency, IdempotentRequest};
pub use keys::{KeyError, SigningKeys, VerifyingKeys};
pub use learnt::Learnt;
pub use login_key::login_key;
pub use logins::Logins;
pub use password::Hasher;
pub use password_check::{CheckedPassword, PasswordCheckError, PasswordChecks};
pub use throttle::{Attempt, Attempts, Refused};
pub use token::{Claims, Mint, TokenError, TokenKind, TokenLifetimes, Verifier};
pub use typed::Comparison;
