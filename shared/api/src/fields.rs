//! Reads typed fields of a body and reports all errors together, with the messages of Django REST framework.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use serde::de::DeserializeOwned;
use serde_json::Value;

use satchel_model::{FieldErrors, Refusal};

use crate::Input;
use crate::sent::{NOT_UTF8, Sent, strip, whole};

const NULL: &str = "This field may not be null.";
const NOT_TEXT: &str = "Not a valid string.";
const NOT_WHOLE: &str = "A valid integer is required.";
/// The longest text that is parsed as a number: `MAX_STRING_LENGTH` of Django REST framework's
/// `IntegerField`.
const MAX_NUMBER_CHARS: usize = 1000;

/// Reads fields and collects their errors.
pub struct Fields<'a> {
    input: &'a Input,
    errors: FieldErrors,
}

impl<'a> Fields<'a> {
    #[must_use]
    pub fn of(input: &'a Input) -> Self {
        Self { input, errors: FieldErrors::new() }
    }

    /// Reads a required text, which must not be blank; surrounding white space is removed.
    pub fn required<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Vec<String>>,
    ) -> Option<T> {
        self.demand(name);
        self.trimmed(name, parse)
    }

    /// Reads an optional text, which must not be blank. In a form, blank means absent.
    pub fn optional<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Vec<String>>,
    ) -> Option<T> {
        if self.left_blank(name) { None } else { self.trimmed(name, parse) }
    }

    /// Reads an optional text that may also be null or blank; all three mean `None`.
    pub fn optional_or_blank<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Vec<String>>,
    ) -> Option<T> {
        match self.input.values.get(name) {
            Some(sent) if sent.is_null() => None,
            Some(sent) if sent.as_str().is_some_and(|text| strip(text).is_empty()) => None,
            _ => self.optional(name, parse),
        }
    }

    /// Reads a required password, which is not trimmed.
    ///
    /// The character that API Gateway puts in place of bytes that are not UTF-8 is refused, because passwords
    /// that differ only in such bytes would be equal.
    pub fn untrimmed<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Vec<String>>,
    ) -> Option<T> {
        self.demand(name);
        let text = self.text(name, str::is_empty)?;
        if text.contains(char::REPLACEMENT_CHARACTER) {
            self.refuse(name, NOT_UTF8);
            return None;
        }
        self.parsed(name, &text, parse)
    }

    /// Like [`untrimmed`](Self::untrimmed), but the field may be null, which means `None`.
    pub fn untrimmed_or_null<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Vec<String>>,
    ) -> Option<T> {
        if self.input.values.get(name).is_some_and(Sent::is_null) {
            None
        } else {
            self.untrimmed(name, parse)
        }
    }

    /// Reads an optional whole number, which may also be null.
    pub fn optional_integer(&mut self, name: &str) -> Option<i64> {
        match self.input.values.get(name) {
            None => None,
            Some(sent) if sent.is_null() || self.left_blank(name) => None,
            Some(_) => self.integer(name),
        }
    }

    /// Reads a required whole number; a number beyond the range of the type becomes the nearest limit.
    pub fn integer(&mut self, name: &str) -> Option<i64> {
        let number = self.whole(name)?;
        Some(i64::try_from(number).unwrap_or(if number < 0 { i64::MIN } else { i64::MAX }))
    }

    /// Reads a required whole number in `range`.
    pub fn number(&mut self, name: &str, range: RangeInclusive<u64>) -> Option<u64> {
        let number = self.whole(name)?;
        within(number, &range).map_err(|message| self.refuse(name, &message)).ok()
    }

    /// Reads a required list of 1 to `most` whole numbers in `range`.
    ///
    /// An error that several of them have is reported once.
    pub fn numbers(&mut self, name: &str, most: usize, range: RangeInclusive<u64>) -> Option<Vec<u64>> {
        self.demand(name);
        let problem = match self.input.values.get(name)? {
            Sent::Value(Value::Array(list)) if list.is_empty() => "This list may not be empty.".to_owned(),
            Sent::Value(Value::Array(list)) if list.len() > most => {
                format!("Ensure this field has no more than {most} elements.")
            }
            Sent::Value(Value::Array(list)) => {
                let number = |value: &Value| {
                    let number = whole(value).ok_or_else(|| NOT_WHOLE.to_owned())?;
                    within(number, &range)
                };
                let (numbers, problems): (Vec<_>, Vec<_>) = list.iter().map(number).partition(Result::is_ok);
                let problems: BTreeSet<_> = problems.into_iter().filter_map(Result::err).collect();
                for problem in &problems {
                    self.refuse(name, problem);
                }
                return problems.is_empty().then(|| numbers.into_iter().flatten().collect());
            }
            Sent::Unreadable { kind: "list", .. } => NOT_WHOLE.to_owned(),
            null if null.is_null() => NULL.to_owned(),
            other => format!("Expected a list of items but got type \"{}\".", other.type_name()),
        };
        self.refuse(name, &problem);
        None
    }

    /// Reads a required list of objects; `words` describes their fields in the error.
    pub fn records<T: DeserializeOwned>(&mut self, name: &str, words: &str) -> Option<Vec<T>> {
        self.demand(name);
        let records = match self.input.values.get(name)? {
            Sent::Value(value) => serde_json::from_value(value.clone()).ok(),
            _ => None,
        };
        if records.is_none() {
            self.refuse(name, &format!("Expected a list of objects with {words}."));
        }
        records
    }

    /// Reads a boolean, which is false if absent; a form may contain any spelling that Django accepts.
    pub fn flag(&mut self, name: &str) -> Option<bool> {
        match self.input.values.get(name) {
            None => Some(false),
            Some(_) if self.left_blank(name) => Some(false),
            Some(sent) => sent.boolean().or_else(|| {
                self.refuse(name, if sent.is_null() { NULL } else { "Must be a valid boolean." });
                None
            }),
        }
    }

    /// Reads an optional boolean.
    pub fn optional_flag(&mut self, name: &str) -> Option<bool> {
        if self.input.has(name) && !self.left_blank(name) { self.flag(name) } else { None }
    }

    /// Adds an error for a field.
    pub fn refuse(&mut self, name: &str, message: &str) {
        self.errors.entry(name.to_owned()).or_default().push(message.to_owned());
    }

    /// Returns `read` if there were no errors.
    ///
    /// Values of required fields are `None` only if there was an error.
    ///
    /// # Errors
    /// All field errors together.
    pub fn finish<T>(self, read: Option<T>) -> Result<T, Refusal> {
        match read {
            Some(read) if self.errors.is_empty() => Ok(read),
            _ => Err(Refusal::Fields(self.errors)),
        }
    }

    /// The errors so far.
    #[must_use]
    pub fn errors(&self) -> &FieldErrors {
        &self.errors
    }

    fn demand(&mut self, name: &str) {
        if !self.input.has(name) {
            let is_file = self.input.file(&[name]).is_some();
            self.refuse(name, if is_file { NOT_TEXT } else { "This field is required." });
        }
    }

    /// Whether the field is a blank field of a form, which counts as absent.
    fn left_blank(&self, name: &str) -> bool {
        self.input.has(name) && !self.input.is_given(name)
    }

    fn whole(&mut self, name: &str) -> Option<i128> {
        self.demand(name);
        let sent = self.input.values.get(name)?;
        let problem = match sent.as_str() {
            Some(text) if text.chars().count() > MAX_NUMBER_CHARS => "String value too large.",
            _ if sent.is_null() => NULL,
            _ => match sent.whole() {
                Some(number) => return Some(number),
                None => NOT_WHOLE,
            },
        };
        self.refuse(name, problem);
        None
    }

    fn trimmed<T>(&mut self, name: &str, parse: impl FnOnce(&str) -> Result<T, Vec<String>>) -> Option<T> {
        let text = self.text(name, |text| strip(text).is_empty())?;
        self.parsed(name, strip(&text), parse)
    }

    fn text(&mut self, name: &str, blank: fn(&str) -> bool) -> Option<String> {
        let problem = match self.input.values.get(name) {
            Some(Sent::Value(Value::String(text))) if blank(text) => "This field may not be blank.",
            Some(Sent::Value(Value::String(text))) if text.contains('\0') => {
                "Null characters are not allowed."
            }
            Some(Sent::Value(Value::String(text))) => return Some(text.clone()),
            Some(Sent::Number(written)) => return Some(written.clone()),
            Some(Sent::Unreadable { kind: "str", problems }) => {
                self.errors.entry(name.to_owned()).or_default().extend(problems.iter().cloned());
                return None;
            }
            Some(sent) if sent.is_null() => NULL,
            None if self.errors.contains_key(name) || self.input.file(&[name]).is_none() => return None,
            // A list, an object, a boolean, or a file of the form.
            _ => NOT_TEXT,
        };
        self.refuse(name, problem);
        None
    }

    fn parsed<T>(
        &mut self,
        name: &str,
        text: &str,
        parse: impl FnOnce(&str) -> Result<T, Vec<String>>,
    ) -> Option<T> {
        match parse(text) {
            Ok(value) => Some(value),
            Err(messages) => {
                self.errors.entry(name.to_owned()).or_default().extend(messages);
                None
            }
        }
    }
}

fn within(number: i128, range: &RangeInclusive<u64>) -> Result<u64, String> {
    if number > i128::from(*range.end()) {
        return Err(format!("Ensure this value is less than or equal to {}.", range.end()));
    }
    let within = u64::try_from(number).ok().filter(|number| number >= range.start());
    within.ok_or_else(|| format!("Ensure this value is greater than or equal to {}.", range.start()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json_body;
    use serde_json::json;

    fn input(value: Value) -> Input {
        Input::from_json(json_body::read(value.to_string().as_bytes()).unwrap())
    }

    #[expect(clippy::unnecessary_wraps, reason = "the form of every parser of a field")]
    fn any(text: &str) -> Result<String, Vec<String>> {
        Ok(text.to_owned())
    }

    #[test]
    fn the_errors_of_all_fields_are_reported_together() {
        let input = input(json!({"blank": " ", "null": null, "list": [], "nul": "a\0", "number": "x"}));
        let mut fields = Fields::of(&input);
        for name in ["absent", "blank", "null", "list", "nul"] {
            fields.required(name, any);
        }
        fields.integer("number");
        let expected = json!({
            "absent": ["This field is required."],
            "blank": ["This field may not be blank."],
            "null": ["This field may not be null."],
            "list": ["Not a valid string."],
            "nul": ["Null characters are not allowed."],
            "number": ["A valid integer is required."],
        });
        assert_eq!(json!(fields.errors()), expected);
    }

    #[test]
    fn text_is_trimmed_and_passwords_are_not() {
        let input = input(json!({"name": " ada ", "password": " x ", "spaces": "  ", "empty": ""}));
        let mut fields = Fields::of(&input);
        assert_eq!(fields.required("name", any).as_deref(), Some("ada"));
        assert_eq!(fields.untrimmed("password", any).as_deref(), Some(" x "));
        assert_eq!(fields.untrimmed("spaces", any).as_deref(), Some("  "));
        assert_eq!(fields.untrimmed("empty", any), None);
    }

    /// The character replaces bytes that are not UTF-8, or is written as a JSON escape, which the JSON parser
    /// accepts.
    #[test]
    fn the_replacement_character_is_refused_only_in_passwords() {
        for written in [r#""correct \ufffdorse""#, r#""\ufffd""#] {
            let body = format!(r#"{{"password":{written},"title":{written}}}"#);
            let input = Input { values: json_body::read(body.as_bytes()).unwrap(), ..Input::default() };
            let mut fields = Fields::of(&input);
            assert_eq!(fields.untrimmed("password", any), None);
            assert_eq!(fields.untrimmed_or_null("password", any), None);
            assert!(fields.required("title", any).is_some());
            let expected = ["This value is not valid UTF-8."; 2];
            assert_eq!(json!(fields.errors()), json!({"password": expected}));
        }
    }

    #[test]
    fn numbers_outside_their_range_are_refused() {
        for (value, words) in [
            (json!("x"), "Expected a list of items but got type \"str\"."),
            (json!({}), "Expected a list of items but got type \"dict\"."),
            (json!(null), "This field may not be null."),
            (json!([]), "This list may not be empty."),
            (json!([16, 17, 18, 19]), "Ensure this field has no more than 3 elements."),
            (json!([15, 0, -1]), "Ensure this value is greater than or equal to 16."),
            (json!([2001, 16]), "Ensure this value is less than or equal to 2000."),
            (json!([16.5, null, []]), "A valid integer is required."),
        ] {
            let input = input(json!({"list": value}));
            let mut fields = Fields::of(&input);
            assert_eq!(fields.numbers("list", 3, 16..=2000), None);
            assert_eq!(json!(fields.errors()), json!({"list": [words]}));
        }
        let input = input(json!({"list": [2000, "16"], "low": 0, "high": 3, "right": 2}));
        let mut fields = Fields::of(&input);
        assert_eq!(fields.numbers("list", 3, 16..=2000), Some(vec![2000, 16]));
        assert_eq!(["low", "high", "right"].map(|name| fields.number(name, 1..=2)), [None, None, Some(2)]);
        let expected = json!({
            "low": ["Ensure this value is greater than or equal to 1."],
            "high": ["Ensure this value is less than or equal to 2."],
        });
        assert_eq!(json!(fields.errors()), expected);
    }
}
