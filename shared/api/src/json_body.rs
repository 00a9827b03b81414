//! Parses JSON bodies into the fields of an object, with all digits of their numbers.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use satchel_model::Refusal;

use crate::Sent;

/// Why a body is not a JSON object.
#[derive(Debug)]
pub enum JsonError {
    /// The syntax error and its position.
    Syntax(String),
    /// The body is JSON, but not an object.
    Refused(Refusal),
}

/// Parses the fields of an object; of two with the same name, the later one counts, as in Django REST
/// framework.
///
/// # Errors
/// If the body is not a JSON object.
pub fn read(body: &[u8]) -> Result<BTreeMap<String, Sent>, JsonError> {
    let whole: &RawValue = serde_json::from_str(utf8(body)?).map_err(broken)?;
    if !whole.get().starts_with('{') {
        return Err(JsonError::Refused(Refusal::field("non_field_errors", &not_an_object(whole))));
    }
    let fields: RawFields = serde_json::from_str(whole.get()).map_err(broken)?;
    Ok(fields.0.into_iter().map(|(name, value)| (name, sent(value))).collect())
}

/// Converts the body to text.
///
/// API Gateway replaces bytes that are not UTF-8 before a function gets them, so the replacement character
/// counts as such a byte; a client that needs this character must send `\ufffd`.
fn utf8(body: &[u8]) -> Result<&str, JsonError> {
    let at = match std::str::from_utf8(body) {
        Ok(text) => match text.find(char::REPLACEMENT_CHARACTER) {
            Some(at) => at,
            None => return Ok(text),
        },
        Err(error) => error.valid_up_to(),
    };
    let lines: Vec<_> = body[..at].split(|byte| *byte == b'\n').collect();
    let column = lines.last().map_or(0, |line| line.len()) + 1;
    Err(JsonError::Syntax(format!("bytes that are not UTF-8 at line {} column {column}", lines.len())))
}

fn broken(error: serde_json::Error) -> JsonError {
    JsonError::Syntax(error.to_string())
}

fn not_an_object(whole: &RawValue) -> String {
    match sent(whole) {
        null if null.is_null() => "No data provided".to_owned(),
        other => format!("Invalid data. Expected a dictionary, but got {}.", other.type_name()),
    }
}

/// Converts a value whose syntax has been checked.
fn sent(value: &RawValue) -> Sent {
    let written = value.get();
    let unreadable = |kind| Sent::Unreadable { kind, problems: Vec::new() };
    match written.as_bytes()[0] {
        b'-' | b'0'..=b'9' => Sent::Number(written.to_owned()),
        first => serde_json::from_str(written).map_or_else(
            |_| match first {
                b'"' => Sent::Unreadable { kind: "str", problems: surrogates(written) },
                // It contains numbers beyond a float's range or lone surrogates, or is nested too deeply.
                b'[' => unreadable("list"),
                _ => unreadable("dict"),
            },
            Sent::Value,
        ),
    }
}

/// The errors of a string with a lone surrogate, in the words of Django REST framework.
fn surrogates(written: &str) -> Vec<String> {
    let Ok(Bytes(bytes)) = serde_json::from_str(written) else { return Vec::new() };
    let mut problems = Vec::new();
    if bytes.contains(&0) {
        problems.push("Null characters are not allowed.".to_owned());
    }
    let at = std::str::from_utf8(&bytes).map_or_else(|error| error.valid_up_to(), str::len);
    // Such a surrogate, encoded like other characters in UTF-8: 1110xxxx 10xxxxxx 10xxxxxx.
    if let [first, second, third, ..] = bytes[at..] {
        let bits = |byte: u8, mask: u8| u32::from(byte & mask);
        let code_point = bits(first, 0x0f) << 12 | bits(second, 0x3f) << 6 | bits(third, 0x3f);
        problems.push(format!("Surrogate characters are not allowed: U+{code_point:X}."));
    }
    problems
}

/// The names of an object, and its values as unparsed JSON.
struct RawFields<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for RawFields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = RawFields<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some((Bytes(name), value)) = map.next_entry()? {
                    fields.push((String::from_utf8_lossy(&name).into_owned(), value));
                }
                Ok(RawFields(fields))
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

/// A JSON string as bytes, which can represent a lone surrogate.
struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct String;

        impl Visitor<'_> for String {
            type Value = Bytes;

            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("a string")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
        }

        deserializer.deserialize_bytes(String)
    }
}
