//! Signing up, signing in and staying signed in: the operations behind every dialect of those routes.

mod link_use;
mod mail_request;
mod mint;
mod proof;
mod refresh;
mod sign_in;
mod sign_up;
mod token_field;

pub use link_use::LinkUse;
pub use mail_request::MailRequest;
pub use mint::TokenMint;
pub use proof::{Proof, Proven, Unproven};
pub use refresh::{Refresh, RefreshError};
pub use sign_in::{Credentials, SignIn, SignInError, Tokens};
pub use sign_up::{Application, SignUp};
pub use token_field::token_field;
