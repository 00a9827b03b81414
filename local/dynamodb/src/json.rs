//! Converts the JSON bodies of requests and responses.

use bytes::Bytes;
use dynoxide::DynoxideError;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Parses a request. The error is DynamoDB's.
pub(super) fn read<Request: DeserializeOwned>(body: &[u8]) -> dynoxide::Result<Request> {
    serde_json::from_slice(body).map_err(|error| unreadable(&error.to_string()))
}

/// Serializes a response.
pub(super) fn to_body(response: &impl Serialize) -> dynoxide::Result<Bytes> {
    match serde_json::to_vec(response) {
        Ok(body) => Ok(body.into()),
        Err(error) => Err(DynoxideError::InternalServerError(error.to_string())),
    }
}

/// The error of DynamoDB for a body that cannot be parsed. Values that dynoxide validates during parsing have an error
/// message with the type of the error as its prefix.
fn unreadable(message: &str) -> DynoxideError {
    let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
    let kind =
        message.split_once(':').filter(|(kind, _)| kind.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'));
    match kind {
        Some((kind, rest)) if kind.starts_with("VALIDATION") => {
            DynoxideError::ValidationException(rest.to_owned())
        }
        Some((_, rest)) => DynoxideError::SerializationException(rest.to_owned()),
        None if message.starts_with("missing field") || message.contains("Supplied AttributeValue") => {
            DynoxideError::ValidationException(message.to_owned())
        }
        None => DynoxideError::SerializationException(message.to_owned()),
    }
}
