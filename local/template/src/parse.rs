//! Parses YAML into [`Node`]s.
//!
//! This module uses the parser's events, because a loaded document lacks the lines of tagged scalars and the text of
//! unquoted ones. CloudFormation reads YAML 1.1, but the parser reads YAML 1.2. An unquoted scalar that the two
//! versions read differently, such as `yes` or `0755`, is therefore an error.

use saphyr_parser::{Event, Parser, ScalarStyle, Span, SpannedEventReceiver, Tag};

use super::error::{Checked, Problem};
use super::intrinsics::Intrinsic;
use super::node::{Entry, Kind, Node};

/// Parses one YAML document.
pub(super) fn parse(text: &str) -> Checked<Node> {
    let mut builder = Builder::default();
    Parser::new_from_str(text)
        .load(&mut builder, true)
        .map_err(|error| Problem::at(error.marker().line(), error.info()))?;
    if let Some(problem) = builder.problem {
        return Err(problem);
    }
    builder.root.ok_or_else(|| Problem::at(1, "the template is empty"))
}

/// A collection whose end has not been read yet.
enum Open {
    List { line: usize, call: Option<Intrinsic>, items: Vec<Node> },
    Map { line: usize, call: Option<Intrinsic>, entries: Vec<Entry>, key: Option<(String, usize)> },
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    root: Option<Node>,
    problem: Option<Problem>,
}

impl<'input> SpannedEventReceiver<'input> for Builder {
    fn on_event(&mut self, event: Event<'input>, span: Span) {
        if self.problem.is_none() {
            self.problem = self.take(event, span.start.line()).err();
        }
    }
}

impl Builder {
    fn take(&mut self, event: Event<'_>, line: usize) -> Checked<()> {
        match event {
            Event::Alias(_) => Err(Problem::at(line, "CloudFormation does not support YAML aliases")),
            Event::Scalar(text, style, _, tag) => {
                let call = intrinsic(tag.as_deref(), line)?;
                let quoted = style != ScalarStyle::Plain;
                if !quoted && call.is_none() {
                    if self.awaits_key() { check_plain_key(&text, line)? } else { check_plain(&text, line)? }
                }
                self.add(wrapped(call, Node { line, kind: Kind::Scalar { text: text.into_owned(), quoted } }))
            }
            Event::SequenceStart(_, tag) => {
                let call = intrinsic(tag.as_deref(), line)?;
                self.open.push(Open::List { line, call, items: Vec::new() });
                Ok(())
            }
            Event::MappingStart(_, tag) => {
                let call = intrinsic(tag.as_deref(), line)?;
                self.open.push(Open::Map { line, call, entries: Vec::new(), key: None });
                Ok(())
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::List { line, call, items }) => {
                    self.add(wrapped(call, Node { line, kind: Kind::List(items) }))
                }
                Some(Open::Map { line, call, entries, .. }) => {
                    self.add(wrapped(call, long_form(line, entries)?))
                }
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn awaits_key(&self) -> bool {
        matches!(self.open.last(), Some(Open::Map { key: None, .. }))
    }

    fn add(&mut self, node: Node) -> Checked<()> {
        match self.open.last_mut() {
            None if self.root.is_some() => Err(node.problem("a template is one YAML document")),
            None => {
                self.root = Some(node);
                Ok(())
            }
            Some(Open::List { items, .. }) => {
                items.push(node);
                Ok(())
            }
            Some(Open::Map { entries, key, .. }) => {
                if let Some((key, line)) = key.take() {
                    entries.push(Entry { key, line, value: node });
                    return Ok(());
                }
                let name = node.literal("a key")?;
                if name == "<<" {
                    return Err(node.problem("CloudFormation does not support YAML merge keys (`<<`)"));
                }
                if let Some(first) = entries.iter().find(|entry| entry.key == name) {
                    let message = format!("`{name}` is defined twice, first on line {}", first.line);
                    return Err(node.problem(message));
                }
                *key = Some((name.to_owned(), node.line));
                Ok(())
            }
        }
    }
}

fn wrapped(call: Option<Intrinsic>, node: Node) -> Node {
    match call {
        Some(intrinsic) => Node { line: node.line, kind: Kind::Call(intrinsic, Box::new(node)) },
        None => node,
    }
}

fn intrinsic(tag: Option<&Tag>, line: usize) -> Checked<Option<Intrinsic>> {
    let Some(tag) = tag else { return Ok(None) };
    let known = if tag.handle == "!" { Intrinsic::of_tag(&tag.suffix) } else { None };
    let unknown = || format!("`{}{}` is not supported by the local stack", tag.handle, tag.suffix);
    known.map(Some).ok_or_else(|| Problem::at(line, unknown()))
}

/// Converts a mapping to an intrinsic function if it is the long form of one.
fn long_form(line: usize, mut entries: Vec<Entry>) -> Checked<Node> {
    for entry in &entries {
        if entry.key.starts_with("Fn::") && Intrinsic::of_key(&entry.key).is_none() {
            let message = format!("`{}` is not supported by the local stack", entry.key);
            return Err(Problem::at(entry.line, message));
        }
        if entry.key.starts_with("Fn::") && entries.len() > 1 {
            let message = format!("`{}` must be the only key of its mapping", entry.key);
            return Err(Problem::at(entry.line, message));
        }
    }
    let call = match entries.as_slice() {
        [only] => Intrinsic::of_key(&only.key),
        _ => None,
    };
    match (call, entries.pop()) {
        (Some(intrinsic), Some(only)) => {
            Ok(Node { line: only.line, kind: Kind::Call(intrinsic, Box::new(only.value)) })
        }
        (_, last) => {
            entries.extend(last);
            Ok(Node { line, kind: Kind::Map(entries) })
        }
    }
}

fn check_plain(text: &str, line: usize) -> Checked<()> {
    const BOOLEAN_IN_1_1: [&str; 4] = ["yes", "no", "on", "off"];
    let octal = text.len() > 1 && text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    if octal || BOOLEAN_IN_1_1.iter().any(|word| word.eq_ignore_ascii_case(text)) {
        let message = format!("quote `{text}`: CloudFormation reads YAML 1.1, where it is not a text");
        return Err(Problem::at(line, message));
    }
    Ok(())
}

/// The operator `Null` of a policy's condition is a key that needs quotes.
fn check_plain_key(text: &str, line: usize) -> Checked<()> {
    if text.eq_ignore_ascii_case("null") {
        return Err(Problem::at(line, format!("quote `{text}`: without quotes, YAML reads it as no value")));
    }
    Ok(())
}
