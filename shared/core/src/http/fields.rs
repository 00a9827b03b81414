//! Fields of a body, checked all at once with Django REST framework's words.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::body::type_name;
use super::{ApiError, FieldErrors, Input};

/// Reads fields and collects what is wrong with them.
pub struct Fields<'a> {
    input: &'a Input,
    errors: FieldErrors,
}

impl<'a> Fields<'a> {
    #[must_use]
    pub fn of(input: &'a Input) -> Self {
        Self { input, errors: FieldErrors::new() }
    }

    /// A text that must be there and not blank; white space around it is dropped.
    pub fn required<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Vec<String>>,
    ) -> Option<T> {
        self.demand(name);
        self.optional(name, parse)
    }

    /// A text that may be absent, and not blank if it is there.
    pub fn optional<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Vec<String>>,
    ) -> Option<T> {
        let text = self.text(name, |text| text.trim().is_empty())?;
        self.parsed(name, text.trim(), parse)
    }

    /// A text that may be absent, null or blank: all three mean none.
    pub fn optional_or_blank<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Vec<String>>,
    ) -> Option<T> {
        match self.input.values.get(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) if text.trim().is_empty() => None,
            Some(_) => self.optional(name, parse),
        }
    }

    /// A text that must be there and is taken as it is, white space included: a password.
    pub fn untrimmed<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Vec<String>>,
    ) -> Option<T> {
        self.demand(name);
        let text = self.text(name, str::is_empty)?;
        self.parsed(name, &text, parse)
    }

    /// As [`untrimmed`](Self::untrimmed), for a field that may be null, which means none.
    pub fn untrimmed_or_null<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Vec<String>>,
    ) -> Option<T> {
        if self.input.values.get(name) == Some(&Value::Null) { None } else { self.untrimmed(name, parse) }
    }

    /// A whole number that may be absent or null.
    pub fn optional_integer(&mut self, name: &str) -> Option<i64> {
        match self.input.values.get(name) {
            None | Some(Value::Null) => None,
            Some(_) => self.integer(name),
        }
    }

    /// A whole number that must be there.
    pub fn integer(&mut self, name: &str) -> Option<i64> {
        self.demand(name);
        match self.input.values.get(name)? {
            Value::Null => {
                self.refuse(name, "This field may not be null.");
                None
            }
            value => whole(value).or_else(|| {
                self.refuse(name, "A valid integer is required.");
                None
            }),
        }
    }

    /// A whole number in `range` that must be there.
    pub fn number(&mut self, name: &str, range: RangeInclusive<u64>) -> Option<u64> {
        let number = self.integer(name)?;
        within(number, &range).map_err(|message| self.refuse(name, &message)).ok()
    }

    /// A list that must be there, of up to `most` whole numbers in `range` and at least one. Whatever is wrong with
    /// several of them is said once.
    pub fn numbers(&mut self, name: &str, most: usize, range: RangeInclusive<u64>) -> Option<Vec<u64>> {
        self.demand(name);
        let problem = match self.input.values.get(name)? {
            Value::Array(list) if list.is_empty() => "This list may not be empty.".to_owned(),
            Value::Array(list) if list.len() > most => {
                format!("Ensure this field has no more than {most} elements.")
            }
            Value::Array(list) => {
                let number = |value: &Value| {
                    let number = whole(value).ok_or_else(|| "A valid integer is required.".to_owned())?;
                    within(number, &range)
                };
                let (numbers, problems): (Vec<_>, Vec<_>) = list.iter().map(number).partition(Result::is_ok);
                let problems: BTreeSet<_> = problems.into_iter().filter_map(Result::err).collect();
                for problem in &problems {
                    self.refuse(name, problem);
                }
                return problems.is_empty().then(|| numbers.into_iter().flatten().collect());
            }
            Value::Null => "This field may not be null.".to_owned(),
            other => format!("Expected a list of items but got type \"{}\".", type_name(other)),
        };
        self.refuse(name, &problem);
        None
    }

    /// A list that must be there, of objects with the fields that `words` names.
    pub fn records<T: DeserializeOwned>(&mut self, name: &str, words: &str) -> Option<Vec<T>> {
        self.demand(name);
        let value = self.input.values.get(name)?;
        let records = serde_json::from_value(value.clone()).ok();
        if records.is_none() {
            self.refuse(name, &format!("Expected a list of objects with {words}."));
        }
        records
    }

    /// A boolean, false if it is absent; forms write it `true` or `false`.
    pub fn flag(&mut self, name: &str) -> Option<bool> {
        match self.input.values.get(name) {
            None => Some(false),
            Some(Value::Bool(flag)) => Some(*flag),
            Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => Some(true),
            Some(Value::String(text)) if text.eq_ignore_ascii_case("false") => Some(false),
            Some(_) => {
                self.refuse(name, "Must be a valid boolean.");
                None
            }
        }
    }

    /// A boolean that may be absent.
    pub fn optional_flag(&mut self, name: &str) -> Option<bool> {
        if self.input.has(name) { self.flag(name) } else { None }
    }

    /// Adds what is wrong with a field.
    pub fn refuse(&mut self, name: &str, message: &str) {
        self.errors.entry(name.to_owned()).or_default().push(message.to_owned());
    }

    /// What was read, if nothing was wrong. Required fields are `None` only if something was.
    ///
    /// # Errors
    /// 400 with everything that was wrong.
    pub fn finish<T>(self, read: Option<T>) -> Result<T, ApiError> {
        match read {
            Some(read) if self.errors.is_empty() => Ok(read),
            _ => Err(ApiError::Fields(self.errors)),
        }
    }

    /// What was wrong so far.
    #[must_use]
    pub fn errors(&self) -> &FieldErrors {
        &self.errors
    }

    fn demand(&mut self, name: &str) {
        if !self.input.values.contains_key(name) {
            self.refuse(name, "This field is required.");
        }
    }

    fn text(&mut self, name: &str, blank: fn(&str) -> bool) -> Option<String> {
        let problem = match self.input.values.get(name)? {
            Value::String(text) if blank(text) => "This field may not be blank.",
            Value::String(text) if text.contains('\0') => "Null characters are not allowed.",
            Value::String(text) => return Some(text.clone()),
            Value::Number(number) => return Some(number.to_string()),
            Value::Null => "This field may not be null.",
            _ => "Not a valid string.",
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

/// A whole number; forms write it as text.
fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn within(number: i64, range: &RangeInclusive<u64>) -> Result<u64, String> {
    match u64::try_from(number) {
        Ok(number) if number > *range.end() => {
            Err(format!("Ensure this value is less than or equal to {}.", range.end()))
        }
        Ok(number) if number >= *range.start() => Ok(number),
        _ => Err(format!("Ensure this value is greater than or equal to {}.", range.start())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn input(value: Value) -> Input {
        let Value::Object(values) = value else { panic!("an object") };
        Input { values, files: Vec::new() }
    }

    #[expect(clippy::unnecessary_wraps, reason = "the form of every parser of a field")]
    fn any(text: &str) -> Result<String, Vec<String>> {
        Ok(text.to_owned())
    }

    #[test]
    fn all_fields_are_refused_at_once() {
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
    #[test]
    fn numbers_and_lists_of_them_keep_to_their_range() {
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
