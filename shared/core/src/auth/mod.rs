//! Passwords and tokens: what proves who is calling.

mod bearer;
mod kept_memory;
mod keys;
mod password;
mod stored_hash;
mod token;
mod typed;

pub use bearer::bearer;
pub use keys::{KeyError, SigningKeys, VerifyingKeys};
pub use password::Hasher;
pub use token::{Claims, Mint, TokenError, TokenKind, Verifier};
pub use typed::Comparison;
