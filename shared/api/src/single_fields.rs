//! Reads bodies with a single field.

use satchel_model::secret::Secret;
use satchel_model::{Email, Refusal};

use crate::{Fields, Input};

/// Reads a token from the field `name`.
///
/// # Errors
/// A field error if the token is missing or invalid.
pub fn token_field(input: &Input, name: &str) -> Result<Secret, Refusal> {
    let mut fields = Fields::of(input);
    let token = fields.required(name, |text| Ok(Secret::new(text.to_owned())));
    fields.finish(token)
}

/// Reads an address from the field `email`.
///
/// # Errors
/// A field error if the address is missing or invalid.
pub fn email_field(input: &Input) -> Result<Email, Refusal> {
    let mut fields = Fields::of(input);
    let email = fields.required("email", Email::parse);
    fields.finish(email)
}

/// Reads a password from the field `name`; it is never trimmed.
///
/// # Errors
/// A field error if the password is missing or invalid.
pub fn password_field(input: &Input, name: &str) -> Result<Secret, Refusal> {
    let mut fields = Fields::of(input);
    let password = fields.untrimmed(name, |text| Ok(Secret::new(text.to_owned())));
    fields.finish(password)
}
