//! Evaluates [`Node`]s to JSON values, and conditions to true or false.

use std::cell::RefCell;

use serde_json::{Map, Value};

use super::arguments;
use super::document::{Document, Resource};
use super::error::{Checked, Problem};
use super::intrinsics::Intrinsic;
use super::known::Known;
use super::node::{Kind, Node};
use super::scalar::{plain, text};
use super::substitute::{self, Piece};

/// A document, and the values of the running stack.
pub(super) struct Scope<'a> {
    pub(super) document: &'a Document,
    /// `None` while secrets and custom resources do not exist yet.
    pub(super) known: Option<&'a Known<'a>>,
    resolver: Resolver,
    /// The elements that are being evaluated, to detect cycles.
    active: RefCell<Vec<String>>,
}

/// Resolves a reference. The arguments are the scope, a name, the attribute of a `GetAtt`, and the line.
///
/// A resource's name may itself need evaluation in a scope. The scope therefore gets this function as an argument,
/// which avoids a cyclic dependency between the modules.
pub(super) type Resolver = fn(&Scope<'_>, &str, Option<&str>, usize) -> Checked<Option<Value>>;

impl<'a> Scope<'a> {
    pub(super) fn new(document: &'a Document, known: Option<&'a Known<'a>>, resolver: Resolver) -> Self {
        Self { document, known, resolver, active: RefCell::default() }
    }

    /// Evaluates `node`. `None` means `AWS::NoValue`, which removes the property or list item.
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

    /// Follows `If` at the top of `node` to the chosen branch. `None` means `AWS::NoValue`. The branch remains a node,
    /// so that its contents keep their lines.
    pub(super) fn chosen_branch<'n>(&self, node: &'n Node) -> Checked<Option<&'n Node>> {
        match &node.kind {
            Kind::Call(Intrinsic::If, argument) => self.chosen_branch(self.branch(argument)?),
            Kind::Call(Intrinsic::Ref, argument) if argument.literal("Ref")? == "AWS::NoValue" => Ok(None),
            _ => Ok(Some(node)),
        }
    }

    /// Runs `evaluate`, or returns an error if `what` is already being evaluated and thus depends on itself.
    pub(super) fn without_cycle<T>(
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
            Intrinsic::Ref => (self.resolver)(self, argument.literal("Ref")?, None, line),
            Intrinsic::GetAtt => {
                let (id, name) = arguments::attribute(argument)?;
                (self.resolver)(self, id, Some(name), line)
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
            Intrinsic::Split => match argument.items("Split")? {
                [between, whole] => {
                    let between = between.literal("the delimiter of Split")?;
                    let value = self.value(whole)?.as_ref().and_then(text);
                    let value = value.ok_or_else(|| whole.problem("Split takes a text"))?;
                    Ok(Some(value.split(between).map(Value::from).collect()))
                }
                _ => Err(argument.problem("Split takes a delimiter and a text")),
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
                let message = format!("{} is allowed only in Conditions", intrinsic.name());
                Err(Problem::at(line, message))
            }
            Intrinsic::Contains | Intrinsic::EachMemberEquals | Intrinsic::EachMemberIn => {
                Err(Problem::at(line, format!("{} is allowed only in Rules", intrinsic.name())))
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
        let (template, variables) = arguments::substitution(argument)?;
        let mut result = String::new();
        for piece in substitute::pieces(template).map_err(|message| argument.problem(message))? {
            match piece {
                Piece::Text(text) => result.push_str(text),
                Piece::Variable(name) => {
                    let value = match variables.and_then(|variables| variables.get(name)) {
                        Some(node) => self.value(node)?,
                        None => match name.split_once('.') {
                            Some((id, attribute)) => {
                                (self.resolver)(self, id, Some(attribute), argument.line)?
                            }
                            None => (self.resolver)(self, name, None, argument.line)?,
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

    /// Whether a resource exists in this stack.
    pub(super) fn exists(&self, resource: &Resource) -> Checked<bool> {
        match &resource.condition {
            Some((name, line)) => self.named_condition(name, *line),
            None => Ok(true),
        }
    }

    /// The outcome of a condition of the `Conditions` section.
    pub(super) fn named_condition(&self, name: &str, line: usize) -> Checked<bool> {
        let node = self.document.conditions.get(name);
        let node = node.ok_or_else(|| Problem::at(line, format!("there is no condition `{name}`")))?;
        self.without_cycle(&format!("condition {name}"), line, || self.condition(node))
    }

    fn condition(&self, node: &Node) -> Checked<bool> {
        match &node.kind {
            Kind::Call(Intrinsic::Condition, name) => {
                self.named_condition(name.literal("Condition")?, node.line)
            }
            Kind::Map(entries) => match entries.as_slice() {
                [only] if only.key == "Condition" => {
                    self.named_condition(only.value.literal("Condition")?, only.line)
                }
                _ => Err(node.problem("a condition is one of Equals, Not, And, Or and Condition")),
            },
            Kind::Call(Intrinsic::Equals, argument) => match argument.items("Equals")? {
                [left, right] => Ok(comparable(self.value(left)?) == comparable(self.value(right)?)),
                _ => Err(argument.problem("Equals takes two values")),
            },
            Kind::Call(Intrinsic::Not, argument) => match argument.items("Not")? {
                [inner] => Ok(!self.condition(inner)?),
                _ => Err(argument.problem("Not takes one condition")),
            },
            Kind::Call(intrinsic @ (Intrinsic::And | Intrinsic::Or), argument) => {
                let name = intrinsic.name();
                let items = argument.items(name)?;
                if !(2..=10).contains(&items.len()) {
                    return Err(argument.problem(format!("{name} takes two to ten conditions")));
                }
                let outcomes: Vec<bool> =
                    items.iter().map(|item| self.condition(item)).collect::<Result<_, _>>()?;
                Ok(match intrinsic {
                    Intrinsic::And => outcomes.into_iter().all(|outcome| outcome),
                    _ => outcomes.into_iter().any(|outcome| outcome),
                })
            }
            _ => Err(node.problem("a condition is one of Equals, Not, And, Or and Condition")),
        }
    }
}

fn item_text(value: &Value, list: &Node) -> Checked<String> {
    text(value).ok_or_else(|| list.problem("Join takes only texts"))
}

/// CloudFormation compares values as texts: `true` equals `"true"`.
pub(super) fn comparable(value: Option<Value>) -> Option<Value> {
    value.map(|value| text(&value).map_or(value, Value::String))
}
