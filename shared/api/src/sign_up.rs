//! What somebody signs up with.

use satchel_model::{Email, NewPassword, Username};

/// The account that somebody signs up for.
#[derive(Debug)]
pub struct SignUp {
    pub username: Username,
    pub password: NewPassword,
    pub email: Option<Email>,
}
