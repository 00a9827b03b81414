//! The field that a token is sent in.

use satchel_http::{ApiError, Fields, Input};
use satchel_model::secret::Secret;

/// Reads a token from the field `name`.
///
/// # Errors
/// 400 for what is wrong with the field.
pub fn token_field(input: &Input, name: &str) -> Result<Secret, ApiError> {
    let mut fields = Fields::of(input);
    let token = fields.required(name, |text| Ok(Secret::new(text.to_owned())));
    fields.finish(token)
}
