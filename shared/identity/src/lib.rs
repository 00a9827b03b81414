//! Signing up, signing in and staying signed in: the operations behind every dialect of those routes.

mod mint;
mod refresh;
mod sign_in;
mod sign_up;

pub use mint::TokenMint;
pub use refresh::{Refresh, RefreshError};
pub use sign_in::{Credentials, SignIn, SignInError, Tokens};
pub use sign_up::{Application, SignUp};
