//! Evaluation: a [`Node`] to a JSON value, in one stack.

use std::cell::RefCell;

use serde_json::{Map, Number, Value};

use super::document::Document;
use super::error::{Checked, Problem};
use super::intrinsics::Intrinsic;
use super::load::Known;
use super::names;
use super::node::{Kind, Node};
use super::references;
use super::substitute::{self, Piece};

/// A document and what is known of the running stack.
pub(super) struct Scope<'a> {
    pub(super) document: &'a Document,
    /// Nothing is known while secrets and custom resources do not exist yet.
    pub(super) known: Option<&'a Known<'a>>,
    /// What is being evaluated, to tell a circle.
    active: RefCell<Vec<String>>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(document: &'a Document, known: Option<&'a Known<'a>>) -> Self {
        Self { document, known, active: RefCell::default() }
    }

    /// Evaluates `node`; `None` is `AWS::NoValue`, which removes the property or item it stands for.
    pub(super) fn value(&self, node: &Node) -> Checked<Option<Value>> {
        match &node.kind {
            Kind::Scalar { text, quoted: true } => Ok(Some(Value::String(text.clone()))),
            Kind::Scalar { text, quoted: false } => Ok(Some(plain(text))),
            Kind::List(items) => {
                let values = items.iter().filter_map(|item| self.value(item).transpose());
                Ok(Some(Value::Array(values.collect::<Result<_, _>>()?)))
            }
            Kind::Map(entries) => {
                let mut map = Map::new();
                for entry in entries {
                    if let Some(value) = self.value(&entry.value)? {
                        map.insert(entry.key.clone(), value);
                    }
                }
                Ok(Some(Value::Object(map)))
            }
            Kind::Call(intrinsic, argument) => self.call(*intrinsic, argument, node.line),
        }
    }

    /// What stands at `node` once every `If` at its top is decided, so that what is inside keeps its lines.
    pub(super) fn settled<'n>(&self, node: &'n Node) -> Checked<Option<&'n Node>> {
        match &node.kind {
            Kind::Call(Intrinsic::If, argument) => self.settled(self.branch(argument)?),
            Kind::Call(Intrinsic::Ref, argument) if argument.literal("Ref")? == "AWS::NoValue" => Ok(None),
            _ => Ok(Some(node)),
        }
    }

    /// Runs `evaluate` unless it is running already further up: then `what` depends on itself.
    pub(super) fn guarded<T>(
        &self,
        what: &str,
        line: usize,
        evaluate: impl FnOnce() -> Checked<T>,
    ) -> Checked<T> {
        if self.active.borrow().iter().any(|active| active == what) {
            return Err(Problem::at(line, format!("{what} depends on itself")));
        }
        self.active.borrow_mut().push(what.to_owned());
        let result = evaluate();
        self.active.borrow_mut().pop();
        result
    }

    fn call(&self, intrinsic: Intrinsic, argument: &Node, line: usize) -> Checked<Option<Value>> {
        match intrinsic {
            Intrinsic::Ref => names::reference(self, argument.literal("Ref")?, line),
            Intrinsic::GetAtt => {
                let (id, name) = references::attribute(argument)?;
                names::attribute(self, id, name, line).map(|text| Some(Value::String(text)))
            }
            Intrinsic::If => self.value(self.branch(argument)?),
            Intrinsic::Sub => self.substitute(argument).map(|text| Some(Value::String(text))),
            Intrinsic::Join => match argument.items("Join")? {
                [between, list] => {
                    let items = self.list("the list of Join", list)?;
                    let texts = items.iter().map(|item| item_text(item, list));
                    let texts = texts.collect::<Checked<Vec<_>>>()?;
                    Ok(Some(texts.join(between.literal("the delimiter of Join")?).into()))
                }
                _ => Err(argument.problem("Join takes a delimiter and a list")),
            },
            Intrinsic::Select => match argument.items("Select")? {
                [index, list] => {
                    let wanted =
                        self.value(index)?.as_ref().and_then(text).and_then(|text| text.parse().ok());
                    let wanted: usize = wanted.ok_or_else(|| index.problem("Select takes an index"))?;
                    let item = self.list("the list of Select", list)?.into_iter().nth(wanted);
                    item.map(Some).ok_or_else(|| index.problem(format!("the list has no item {wanted}")))
                }
                _ => Err(argument.problem("Select takes an index and a list")),
            },
            Intrinsic::Equals | Intrinsic::Not | Intrinsic::And | Intrinsic::Or | Intrinsic::Condition => {
                let message = format!("{} stands only in Conditions", intrinsic.name());
                Err(Problem::at(line, message))
            }
        }
    }

    fn branch<'n>(&self, argument: &'n Node) -> Checked<&'n Node> {
        match argument.items("If")? {
            [name, yes, no] => {
                let outcome = self.named_condition(name.literal("the condition of If")?, name.line)?;
                Ok(if outcome { yes } else { no })
            }
            _ => Err(argument.problem("If takes a condition and two values")),
        }
    }

    fn substitute(&self, argument: &Node) -> Checked<String> {
        let (template, variables) = references::substitution(argument)?;
        let mut result = String::new();
        for piece in substitute::pieces(template).map_err(|message| argument.problem(message))? {
            match piece {
                Piece::Text(text) => result.push_str(text),
                Piece::Variable(name) => {
                    let value = match variables.and_then(|variables| variables.get(name)) {
                        Some(node) => self.value(node)?,
                        None => match name.split_once('.') {
                            Some((id, attribute)) => {
                                Some(names::attribute(self, id, attribute, argument.line)?.into())
                            }
                            None => names::reference(self, name, argument.line)?,
                        },
                    };
                    let text = value.as_ref().and_then(text);
                    result.push_str(
                        &text.ok_or_else(|| argument.problem(format!("`${{{name}}}` must be a text")))?,
                    );
                }
            }
        }
        Ok(result)
    }

    fn list(&self, what: &str, node: &Node) -> Checked<Vec<Value>> {
        match self.value(node)? {
            Some(Value::Array(items)) => Ok(items),
            _ => Err(node.problem(format!("{what} must be a list"))),
        }
    }
}

/// A value as the text that CloudFormation makes of it; lists and mappings have none.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn item_text(value: &Value, list: &Node) -> Checked<String> {
    text(value).ok_or_else(|| list.problem("Join joins texts only"))
}

/// What an unquoted scalar is. A number that would not print as it was written stays text.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    let integer = text.parse::<i64>().ok().map(Number::from);
    let number = integer.or_else(|| text.parse::<f64>().ok().and_then(Number::from_f64));
    match number {
        Some(number) if number.to_string() == text => Value::Number(number),
        _ => Value::String(text.to_owned()),
    }
}
