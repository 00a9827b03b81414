//! A field of a body, as it was sent.

use std::num::IntErrorKind;

use serde::{Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// Django's error for bytes in a form that are not UTF-8, and Satchel's for a password with the replacement character.
pub const NOT_UTF8: &str = "This value is not valid UTF-8.";

/// From this number on, Python writes a float with an exponent, which Django REST framework does not accept
/// as a whole number.
const FIRST_WITH_EXPONENT: f64 = 1e16;

/// The value of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Sent {
    /// JSON other than a number, or the text of a form.
    Value(Value),
    /// A JSON number as it was written, so that a text field keeps its digits.
    Number(String),
    /// A value that JSON or a form allows, but that cannot be represented here.
    Unreadable {
        /// Python's name for the value's type.
        kind: &'static str,
        /// The errors of the value if it is read as a text.
        problems: Vec<String>,
    },
}

impl Sent {
    /// The value of a form's field.
    #[must_use]
    pub fn from_form(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Value(text.into()),
            Err(_) => Self::Unreadable { kind: "str", problems: vec![NOT_UTF8.to_owned()] },
        }
    }

    #[must_use]
    pub fn is_null(&self) -> bool {
        *self == Self::Value(Value::Null)
    }

    /// The value as a text, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Self::Value(Value::String(text)) = self { Some(text) } else { None }
    }

    /// The value as a whole number, as Django REST framework's `IntegerField` reads it.
    ///
    /// A number beyond the range of the type becomes the nearest limit.
    #[must_use]
    pub fn whole(&self) -> Option<i128> {
        match self {
            Self::Value(value) => whole(value),
            Self::Number(written) => whole_number(written),
            Self::Unreadable { .. } => None,
        }
    }

    /// The value as a boolean, as Django REST framework's `BooleanField` reads it.
    #[must_use]
    pub fn boolean(&self) -> Option<bool> {
        match self {
            Self::Value(Value::Bool(flag)) => Some(*flag),
            Self::Value(Value::String(text)) => match text.to_lowercase().as_str() {
                "t" | "y" | "yes" | "true" | "on" | "1" => Some(true),
                "f" | "n" | "no" | "false" | "off" | "0" => Some(false),
                _ => None,
            },
            Self::Number(written) => match whole_number(written) {
                Some(0) => Some(false),
                Some(1) => Some(true),
                _ => None,
            },
            _ => None,
        }
    }

    /// Python's name for the value's type, which Django REST framework uses in messages.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Value(Value::Object(_)) => "dict",
            Self::Value(Value::Array(_)) => "list",
            Self::Value(Value::String(_)) => "str",
            Self::Value(Value::Bool(_)) => "bool",
            Self::Value(Value::Null) => "NoneType",
            Self::Value(Value::Number(number)) => type_of_number(&number.to_string()),
            Self::Number(written) => type_of_number(written),
            Self::Unreadable { kind, .. } => kind,
        }
    }
}

impl Serialize for Sent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::Number(written) => {
                let written = RawValue::from_string(written.clone()).map_err(serde::ser::Error::custom)?;
                written.serialize(serializer)
            }
            Self::Unreadable { problems, .. } => problems.serialize(serializer),
        }
    }
}

/// Like [`Sent::whole`], for an element of a list.
pub fn whole(value: &Value) -> Option<i128> {
    match value {
        Value::Number(number) => whole_number(&number.to_string()),
        Value::String(text) => whole_text(text),
        _ => None,
    }
}

/// Trims text like Python's `str.strip`, which removes four more characters than Unicode's white space.
pub fn strip(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c))
}

fn type_of_number(written: &str) -> &'static str {
    if written.contains(['.', 'e', 'E']) { "float" } else { "int" }
}

fn whole_number(written: &str) -> Option<i128> {
    if type_of_number(written) == "int" {
        return digits(written);
    }
    let number: f64 = written.parse().ok()?;
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and in the range of the type")]
    (number.fract() == 0.0 && number.abs() < FIRST_WITH_EXPONENT).then_some(number as i128)
}

/// Decimals are allowed if all of them are zero.
fn whole_text(text: &str) -> Option<i128> {
    let text = strip(text);
    match text.rsplit_once('.') {
        Some((number, decimals)) if decimals.bytes().all(|digit| digit == b'0') => digits(strip(number)),
        _ => digits(text),
    }
}

fn digits(text: &str) -> Option<i128> {
    text.parse().map_or_else(
        |error: std::num::ParseIntError| match error.kind() {
            IntErrorKind::PosOverflow => Some(i128::MAX),
            IntErrorKind::NegOverflow => Some(i128::MIN),
            _ => None,
        },
        Some,
    )
}
