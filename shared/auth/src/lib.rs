//! Sign-in, refresh and sessions: the operations behind all routes that sign in, refresh or sign out.
//!
//! Passwords, the format of tokens and rate limits are in `guard`, request bodies in `api`. [`TokenMint`] fetches the
//! private keys. Start reading at [`SignIn`].

mod mint;
mod refresh;
mod sessions;
mod sign_in;

pub use mint::TokenMint;
pub use refresh::{Refresh, RefreshError};
pub use sessions::{Refreshed, Sessions};
pub use sign_in::{SignIn, SignInError, Tokens};
