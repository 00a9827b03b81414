//! The arguments of `GetAtt` and `Sub`, in all their forms.

use super::error::Checked;
use super::node::{Kind, Node};

/// The resource and the attribute of a `GetAtt`.
pub(super) fn attribute(argument: &Node) -> Checked<(&str, &str)> {
    let parts = match &argument.kind {
        Kind::Scalar { text, .. } => text.split_once('.'),
        Kind::List(items) => match items.as_slice() {
            [id, name] => Some((id.literal("GetAtt")?, name.literal("GetAtt")?)),
            _ => None,
        },
        _ => None,
    };
    parts.ok_or_else(|| argument.problem("GetAtt takes a resource and an attribute"))
}

/// The text and the variables of a `Sub`.
pub(super) fn substitution(argument: &Node) -> Checked<(&str, Option<&Node>)> {
    match &argument.kind {
        Kind::Scalar { text, .. } => Ok((text, None)),
        Kind::List(items) => match items.as_slice() {
            [text, variables] => Ok((text.literal("the text of Sub")?, Some(variables))),
            _ => Err(argument.problem("Sub takes a text, or a text and a mapping")),
        },
        _ => Err(argument.problem("Sub takes a text, or a text and a mapping")),
    }
}
