//! Fields of a body, checked all at once with Django REST framework's words.

use serde_json::Value;

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
        let number = match self.input.values.get(name)? {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            Value::Null => {
                self.refuse(name, "This field may not be null.");
                return None;
            }
            _ => None,
        };
        if number.is_none() {
            self.refuse(name, "A valid integer is required.");
        }
        number
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
}
