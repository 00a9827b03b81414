//! Sign-in, refresh and sessions: the operations behind all routes that sign in, refresh or sign out.
//!
//! Passwords, tokens and rate limits are in `guard`, request formats in `api`. Start reading at [`SignIn`].

mod mint;
mod refresh;
mod sessions;
mod sign_in;

pub use mint::TokenMint;
pub use refresh::{Refresh, RefreshError};
pub use sessions::{Refreshed, Sessions};
pub use sign_in::{SignIn, SignInError, Tokens};
