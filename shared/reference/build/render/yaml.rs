//! Parses the part of YAML 1.2 that `openapi.yaml` uses into JSON: no tags, anchors or merge keys.

use saphyr_parser::{Event, Parser, ScalarStyle, Span, SpannedEventReceiver};
use serde_json::{Map, Number, Value};

/// Parses one YAML document.
///
/// # Errors
/// The line, and what is wrong there.
pub fn parse(text: &str) -> Result<Value, (usize, String)> {
    let mut builder = Builder::default();
    Parser::new_from_str(text)
        .load(&mut builder, true)
        .map_err(|error| (error.marker().line(), error.info().to_owned()))?;
    match builder.problem {
        Some(problem) => Err(problem),
        None => builder.root.ok_or_else(|| (1, "the file is empty".to_owned())),
    }
}

/// A collection whose end has not been read yet.
enum Open {
    List(Vec<Value>),
    Map(Map<String, Value>, Option<String>),
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    root: Option<Value>,
    problem: Option<(usize, String)>,
}

impl<'input> SpannedEventReceiver<'input> for Builder {
    fn on_event(&mut self, event: Event<'input>, span: Span) {
        if self.problem.is_none() {
            self.problem = self.take(event).err().map(|what| (span.start.line(), what));
        }
    }
}

impl Builder {
    fn take(&mut self, event: Event<'_>) -> Result<(), String> {
        match event {
            Event::Scalar(text, style, 0, None) => self.add_scalar(&text, style == ScalarStyle::Plain),
            Event::SequenceStart(0, None) => {
                self.open.push(Open::List(Vec::new()));
                Ok(())
            }
            Event::MappingStart(0, None) => {
                self.open.push(Open::Map(Map::new(), None));
                Ok(())
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::List(items)) => self.add(Value::Array(items)),
                Some(Open::Map(entries, _)) => self.add(Value::Object(entries)),
                None => Ok(()),
            },
            Event::Alias(_) | Event::Scalar(..) | Event::SequenceStart(..) | Event::MappingStart(..) => {
                Err("anchors, aliases and tags are not supported".to_owned())
            }
            _ => Ok(()),
        }
    }

    fn add_scalar(&mut self, text: &str, is_plain: bool) -> Result<(), String> {
        if let Some(Open::Map(entries, key @ None)) = self.open.last_mut() {
            if text == "<<" || entries.contains_key(text) {
                return Err(format!("the key `{text}` is a merge key, or occurs twice"));
            }
            *key = Some(text.to_owned());
            return Ok(());
        }
        self.add(if is_plain { plain(text) } else { Value::String(text.to_owned()) })
    }

    fn add(&mut self, value: Value) -> Result<(), String> {
        match self.open.last_mut() {
            Some(Open::List(items)) => items.push(value),
            Some(Open::Map(entries, key)) => {
                let key = key.take().ok_or("a key must be a scalar")?;
                entries.insert(key, value);
            }
            None if self.root.is_some() => return Err("the file must be one document".to_owned()),
            None => self.root = Some(value),
        }
        Ok(())
    }
}

/// The value of an unquoted scalar, by the core schema of YAML 1.2 (section 10.3.2) without octal and hexadecimal
/// numbers, infinity and NaN.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let number = match text.parse::<i64>() {
        Ok(number) => Some(Number::from(number)),
        Err(_) if is_number => text.parse::<f64>().ok().and_then(Number::from_f64),
        Err(_) => None,
    };
    number.map_or_else(|| Value::String(text.to_owned()), Value::Number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn collections_and_scalars_become_json() {
        let yaml =
            "a: [1, -2.5, '3', true, null, ~]\n200:\n  b: yes\n  c: |\n    two\n    lines\n  d: 2026-03-12\n";
        let expected = json!({
            "a": [1, -2.5, "3", true, null, null],
            "200": {"b": "yes", "c": "two\nlines\n", "d": "2026-03-12"},
        });
        assert_eq!(parse(yaml), Ok(expected));
    }

    #[test]
    fn what_json_cannot_say_is_an_error_with_its_line() {
        for yaml in
            ["a: 1\nb: &x 1\n", "a: 1\na: 2\n", "a: 1\n<<: {}\n", "a: 1\nb: !Ref c\n", "a: 1\n? [b]\n: 1\n"]
        {
            assert_eq!(parse(yaml).map_err(|(line, _)| line), Err(2), "{yaml}");
        }
        assert!(parse("").is_err() && parse("a: 1\n---\nb: 1\n").is_err());
    }
}
