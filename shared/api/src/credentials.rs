//! The credentials of a sign-in.

use satchel_model::Refusal;
use satchel_model::secret::Secret;

use crate::{Fields, Input};

/// The username and the password of a sign-in.
#[derive(Debug)]
pub struct Credentials {
    pub username: String,
    pub password: Secret,
}

impl Credentials {
    /// Reads `username` and `password`; the password is never trimmed.
    ///
    /// # Errors
    /// All field errors together.
    pub fn read(input: &Input) -> Result<Self, Refusal> {
        let mut fields = Fields::of(input);
        let username = fields.required("username", |text| Ok(text.to_owned()));
        let password = fields.untrimmed("password", |text| Ok(Secret::new(text.to_owned())));
        let (username, password) = fields.finish(username.zip(password))?;
        Ok(Self { username, password })
    }
}
