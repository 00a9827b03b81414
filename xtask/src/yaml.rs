//! YAML as a tree that knows its lines. Tags such as `!Ref` are kept only as the fact that there is one.

use saphyr_parser::{Event, Parser, ScalarStyle, Span, SpannedEventReceiver};
use serde_json::{Number, Value as Json};

/// One value.
#[derive(Debug, Clone)]
pub struct Node {
    /// Counted from 1.
    pub line: usize,
    /// Whether the value has a tag, so that its text is an argument and not the value.
    pub tagged: bool,
    /// Whether it is a scalar without quotes, which may be a number, a boolean or null.
    pub plain: bool,
    /// What is written.
    pub value: Value,
}

/// What a [`Node`] holds.
#[derive(Debug, Clone)]
pub enum Value {
    /// Text, quoted or not.
    Text(String),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping: keys with their lines and values, in the order of the file.
    Map(Vec<(String, usize, Node)>),
}

impl Node {
    /// The value under `key`, if this is a mapping that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(name, ..)| name == key).map(|(.., node)| node)
    }

    /// The value that a sequence of keys leads to.
    #[must_use]
    pub fn at(&self, keys: &[&str]) -> Option<&Self> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The entries of a mapping; none for any other value.
    #[must_use]
    pub fn entries(&self) -> &[(String, usize, Self)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a sequence; none for any other value.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The text of a scalar.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value as JSON. Scalars have the types of the core schema (YAML 1.2, 10.3); tags are ignored.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match &self.value {
            Value::Text(text) if self.plain => plain(text),
            Value::Text(text) => Json::from(text.as_str()),
            Value::List(items) => items.iter().map(Self::to_json).collect(),
            Value::Map(entries) => {
                Json::Object(entries.iter().map(|(key, _, node)| (key.clone(), node.to_json())).collect())
            }
        }
    }
}

/// The value of a scalar without quotes.
fn plain(text: &str) -> Json {
    let looks_like_number = text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first));
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Json::Null,
        "true" | "True" | "TRUE" => Json::from(true),
        "false" | "False" | "FALSE" => Json::from(false),
        _ if !looks_like_number => Json::from(text),
        _ => {
            let integer = text.parse::<i64>().ok().map(Number::from);
            let number = integer.or_else(|| text.parse().ok().and_then(Number::from_f64));
            number.map_or_else(|| Json::from(text), Json::Number)
        }
    }
}

/// Parses one YAML document.
///
/// # Errors
/// The line, and what is wrong there.
pub fn parse(text: &str) -> Result<Node, (usize, String)> {
    let mut builder = Builder::default();
    Parser::new_from_str(text)
        .load(&mut builder, false)
        .map_err(|error| (error.marker().line(), error.info().to_owned()))?;
    builder.root.ok_or_else(|| (1, "the file is empty".to_owned()))
}

#[derive(Default)]
struct Builder {
    /// Collections whose end has not been seen, each with the key that waits for its value.
    open: Vec<(Node, Option<(String, usize)>)>,
    root: Option<Node>,
}

impl<'input> SpannedEventReceiver<'input> for Builder {
    fn on_event(&mut self, event: Event<'input>, span: Span) {
        let line = span.start.line();
        let node = |tagged, value| Node { line, tagged, plain: false, value };
        match event {
            Event::Scalar(text, style, _, tag) => {
                let plain = style == ScalarStyle::Plain;
                self.add(Node { plain, ..node(tag.is_some(), Value::Text(text.into_owned())) });
            }
            Event::SequenceStart(_, tag) => {
                self.open.push((node(tag.is_some(), Value::List(Vec::new())), None));
            }
            Event::MappingStart(_, tag) => {
                self.open.push((node(tag.is_some(), Value::Map(Vec::new())), None));
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some((node, _)) = self.open.pop() {
                    self.add(node);
                }
            }
            _ => {}
        }
    }
}

impl Builder {
    fn add(&mut self, node: Node) {
        let Some((open, key)) = self.open.last_mut() else {
            self.root = Some(node);
            return;
        };
        match &mut open.value {
            Value::List(items) => items.push(node),
            Value::Map(entries) => match key.take() {
                Some((key, line)) => entries.push((key, line, node)),
                None => *key = Some((node.text().unwrap_or_default().to_owned(), node.line)),
            },
            Value::Text(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_lead_to_values_that_know_their_lines() {
        let root = parse("a:\n  b: [x, {c: \"\"}]\n  d: !Ref e\n").unwrap();
        let list = root.at(&["a", "b"]).unwrap();
        assert!(matches!(&list.value, Value::List(items) if items.len() == 2 && items[0].line == 2));
        let reference = root.at(&["a", "d"]).unwrap();
        assert_eq!((reference.text(), reference.tagged), (Some("e"), true));
        let (key, line, _) = &root.get("a").unwrap().entries()[1];
        assert_eq!((key.as_str(), *line), ("d", 3));
    }

    #[test]
    fn scalars_have_the_types_of_the_core_schema() {
        let text = "a: [1, -2, 1.5, '1', true, null, ~, 1.0.0, 2026-01-02, .x]\n";
        let expected = serde_json::json!({
            "a": [1, -2, 1.5, "1", true, null, null, "1.0.0", "2026-01-02", ".x"],
        });
        assert_eq!(parse(text).unwrap().to_json(), expected);
        let expected = serde_json::json!({"200": {"b": "c\n", "d": ""}});
        assert_eq!(parse("200:\n  b: |\n    c\n  d: ''\n").unwrap().to_json(), expected);
    }

    #[test]
    fn an_error_names_its_line() {
        assert_eq!(parse("a: 1\nb: [\n").unwrap_err().0, 3);
    }
}
