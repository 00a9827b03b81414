//! A template's YAML as a tree. Nodes know their lines, and intrinsic functions are nodes of their own kind.

use super::error::{Checked, Problem};
use super::intrinsics::Intrinsic;

/// One value of the template.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// The line, from 1.
    pub(super) line: usize,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// The text as written. An unquoted `1.10` remains `1.10`.
    Scalar {
        text: String,
        quoted: bool,
    },
    List(Vec<Node>),
    Map(Vec<Entry>),
    /// An intrinsic function and its argument.
    Call(Intrinsic, Box<Node>),
}

/// One key of a mapping and its value.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) line: usize,
    pub(super) value: Node,
}

impl Node {
    /// An empty mapping, for a missing section.
    pub(super) fn empty(line: usize) -> Self {
        Self { line, kind: Kind::Map(Vec::new()) }
    }

    pub(super) fn problem(&self, message: impl Into<String>) -> Problem {
        Problem::at(self.line, message)
    }

    /// The entries of a mapping. A missing value, as in `Outputs:`, is an empty mapping.
    pub(super) fn entries(&self, what: &str) -> Checked<&[Entry]> {
        match &self.kind {
            Kind::Map(entries) => Ok(entries),
            Kind::Scalar { text, quoted: false } if text.is_empty() => Ok(&[]),
            _ => Err(self.problem(format!("{what} must be a mapping"))),
        }
    }

    pub(super) fn items(&self, what: &str) -> Checked<&[Node]> {
        match &self.kind {
            Kind::List(items) => Ok(items),
            _ => Err(self.problem(format!("{what} must be a list"))),
        }
    }

    /// The text of a scalar. Intrinsic functions are not allowed here.
    pub(super) fn literal(&self, what: &str) -> Checked<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Ok(text),
            _ => Err(self.problem(format!("{what} must be plain text"))),
        }
    }

    /// The value under `key`, if this is a mapping that has it.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        match &self.kind {
            Kind::Map(entries) => entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value),
            _ => None,
        }
    }
}
