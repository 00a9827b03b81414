//! What an account signs in with.

use satchel_model::Refusal;
use satchel_model::secret::Secret;

use crate::{Fields, Input};

/// The name and the password that somebody signs in with.
#[derive(Debug)]
pub struct Credentials {
    pub username: String,
    pub password: Secret,
}

impl Credentials {
    /// Reads `username` and `password`; the password is never trimmed.
    ///
    /// # Errors
    /// What is wrong with the fields.
    pub fn read(input: &Input) -> Result<Self, Refusal> {
        let mut fields = Fields::of(input);
        let username = fields.required("username", |text| Ok(text.to_owned()));
        let password = fields.untrimmed("password", |text| Ok(Secret::new(text.to_owned())));
        let (username, password) = fields.finish(username.zip(password))?;
        Ok(Self { username, password })
    }
}
