//! Conditions, true or false for the parameters of this stack.

use serde_json::Value;

use super::document::Resource;
use super::error::{Checked, Problem};
use super::intrinsics::Intrinsic;
use super::node::{Kind, Node};
use super::scope::{Scope, text};

impl Scope<'_> {
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
        self.guarded(&format!("condition {name}"), line, || self.condition(node))
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

/// CloudFormation compares texts: `true` equals `"true"`.
fn comparable(value: Option<Value>) -> Option<Value> {
    value.map(|value| text(&value).map_or(value, Value::String))
}
