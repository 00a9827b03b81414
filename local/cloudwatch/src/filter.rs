//! Metric filters for JSON lines: `{ $.level = "ERROR" && $.status >= 500 }`.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html>

use serde_json::Value;

use crate::scan::tokens;

/// A parsed pattern.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    /// A field, a sign and a value.
    Test(Vec<String>, String, String),
}

impl Filter {
    /// Reads a pattern.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(pattern: &str) -> Result<Self, String> {
        let tokens = tokens(pattern);
        let inner = match tokens.as_slice() {
            [open, inner @ .., close] if open == "{" && close == "}" => inner,
            _ => return Err(format!("{pattern}: only patterns in braces are supported")),
        };
        let mut rest = inner;
        let filter = either(&mut rest).ok_or_else(|| format!("{pattern}: not understood"))?;
        if rest.is_empty() { Ok(filter) } else { Err(format!("{pattern}: {rest:?} is not understood")) }
    }

    /// Whether a line has what the pattern asks for.
    #[must_use]
    pub fn matches(&self, line: &Value) -> bool {
        match self {
            Self::And(one, two) => one.matches(line) && two.matches(line),
            Self::Or(one, two) => one.matches(line) || two.matches(line),
            Self::Test(path, sign, wanted) => {
                field(line, path).is_some_and(|found| holds(found, sign, wanted))
            }
        }
    }
}

/// The field that a selector such as `$.record.status` names.
pub(crate) fn field<'a>(line: &'a Value, path: &[String]) -> Option<&'a Value> {
    path.iter().try_fold(line, |value, name| value.get(name))
}

/// The names in a selector.
pub(crate) fn path(selector: &str) -> Option<Vec<String>> {
    Some(selector.strip_prefix("$.")?.split('.').map(str::to_owned).collect())
}

fn either(rest: &mut &[String]) -> Option<Filter> {
    let mut filter = both(rest)?;
    while take(rest, "||") {
        filter = Filter::Or(Box::new(filter), Box::new(both(rest)?));
    }
    Some(filter)
}

fn both(rest: &mut &[String]) -> Option<Filter> {
    let mut filter = one(rest)?;
    while take(rest, "&&") {
        filter = Filter::And(Box::new(filter), Box::new(one(rest)?));
    }
    Some(filter)
}

fn one(rest: &mut &[String]) -> Option<Filter> {
    if take(rest, "(") {
        let filter = either(rest)?;
        return take(rest, ")").then_some(filter);
    }
    let [selector, sign, wanted, others @ ..] = *rest else { return None };
    let is_known = ["=", "!=", ">", ">=", "<", "<=", "IS"].contains(&sign.as_str());
    *rest = others;
    is_known.then_some(Filter::Test(path(selector)?, sign.clone(), wanted.clone()))
}

fn take(rest: &mut &[String], sign: &str) -> bool {
    let is_next = rest.first().is_some_and(|next| next == sign);
    if is_next {
        *rest = &rest[1..];
    }
    is_next
}

fn holds(found: &Value, sign: &str, wanted: &str) -> bool {
    if let Some(text) = wanted.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        let is_like = found.as_str().is_some_and(|found| is_like(found, text));
        return if sign == "=" { is_like } else { sign == "!=" && !is_like };
    }
    if sign == "IS" {
        return match wanted {
            "TRUE" => found == &Value::Bool(true),
            "FALSE" => found == &Value::Bool(false),
            _ => found.is_null() && wanted == "NULL",
        };
    }
    let (Some(found), Ok(wanted)) = (found.as_f64(), wanted.parse::<f64>()) else { return false };
    match sign {
        "=" => found.total_cmp(&wanted).is_eq(),
        "!=" => found.total_cmp(&wanted).is_ne(),
        ">" => found > wanted,
        ">=" => found >= wanted,
        "<" => found < wanted,
        _ => found <= wanted,
    }
}

/// Whether a text has the form of `pattern`, which may end in `*`.
fn is_like(found: &str, pattern: &str) -> bool {
    pattern.strip_suffix('*').map_or(found == pattern, |start| found.starts_with(start))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn matches(pattern: &str, line: &Value) -> bool {
        Filter::parse(pattern).unwrap().matches(line)
    }

    #[test]
    fn a_field_is_compared_as_text_number_or_boolean() {
        let line = json!({"level": "ERROR", "status": 503, "cold_start": true, "record": {"errorType": "Runtime.X"}});
        for (pattern, is_match) in [
            (r#"{ $.level = "ERROR" }"#, true),
            (r#"{ $.level = "INFO" }"#, false),
            (r#"{ $.level != "INFO" }"#, true),
            ("{ $.status >= 500 }", true),
            ("{ $.status < 500 }", false),
            ("{ $.cold_start IS TRUE }", true),
            (r#"{ $.record.errorType = "Runtime.*" }"#, true),
            (r#"{ $.absent != "a" }"#, false),
            (r#"{ ($.level = "INFO" || $.status = 503) && $.cold_start IS TRUE }"#, true),
            (r#"{ $.level = "INFO" && $.status = 503 || $.cold_start IS FALSE }"#, false),
        ] {
            assert_eq!(matches(pattern, &line), is_match, "{pattern}");
        }
    }

    #[test]
    fn a_pattern_that_is_not_understood_is_an_error() {
        for pattern in ["ERROR", "{ $.a }", "{ $.a ~ 1 }", "{ ($.a = 1 }", "{ a = 1 }"] {
            assert!(Filter::parse(pattern).is_err(), "{pattern}");
        }
    }
}
