//! The data of a sign-up.

use satchel_model::{Email, NewPassword, Username};

/// A valid sign-up.
#[derive(Debug)]
pub struct SignUp {
    pub username: Username,
    pub password: NewPassword,
    pub email: Option<Email>,
}
