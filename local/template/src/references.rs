//! Checks that every reference has a target in the template, also in parts that are not evaluated.

use super::arguments;
use super::document::Document;
use super::error::{Checked, Problem};
use super::intrinsics::Intrinsic;
use super::node::{Kind, Node};
use super::substitute::{self, Piece};

/// The supported pseudo parameters.
const PSEUDO: [&str; 7] = [
    "AWS::AccountId",
    "AWS::NoValue",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
];

/// Checks all references of the template.
pub(super) fn check(document: &Document, root: &Node) -> Checked<()> {
    for resource in &document.resources {
        if let Some((name, line)) = &resource.condition {
            condition(document, name, *line)?;
        }
    }
    walk(document, root)
}

fn walk(document: &Document, node: &Node) -> Checked<()> {
    match &node.kind {
        Kind::Scalar { .. } => Ok(()),
        Kind::List(items) => items.iter().try_for_each(|item| walk(document, item)),
        Kind::Map(entries) => entries.iter().try_for_each(|entry| walk(document, &entry.value)),
        Kind::Call(intrinsic, argument) => {
            call(document, *intrinsic, argument)?;
            walk(document, argument)
        }
    }
}

fn call(document: &Document, intrinsic: Intrinsic, argument: &Node) -> Checked<()> {
    match intrinsic {
        Intrinsic::Ref => name(document, argument.literal("Ref")?, argument.line),
        Intrinsic::GetAtt => {
            let (id, _) = arguments::attribute(argument)?;
            resource(document, id, argument.line)
        }
        Intrinsic::If => match argument.items("If")? {
            [name, _, _] => condition(document, name.literal("the condition of If")?, name.line),
            _ => Err(argument.problem("If takes a condition and two values")),
        },
        Intrinsic::Condition => condition(document, argument.literal("Condition")?, argument.line),
        Intrinsic::Sub => {
            let (text, variables) = arguments::substitution(argument)?;
            for piece in substitute::pieces(text).map_err(|message| argument.problem(message))? {
                let Piece::Variable(variable) = piece else { continue };
                if variables.is_some_and(|variables| variables.get(variable).is_some()) {
                    continue;
                }
                match variable.split_once('.') {
                    Some((id, _)) => resource(document, id, argument.line)?,
                    None => name(document, variable, argument.line)?,
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn name(document: &Document, name: &str, line: usize) -> Checked<()> {
    if document.parameters.contains_key(name) || PSEUDO.contains(&name) {
        return Ok(());
    }
    if name.starts_with("AWS::") {
        return Err(Problem::at(line, format!("`{name}` is not supported by the local stack")));
    }
    resource(document, name, line)
}

fn resource(document: &Document, id: &str, line: usize) -> Checked<()> {
    match document.resource(id) {
        Some(_) => Ok(()),
        None if document.is_generated(id) => Ok(()),
        None => Err(Problem::at(line, format!("there is no parameter or resource `{id}`"))),
    }
}

fn condition(document: &Document, name: &str, line: usize) -> Checked<()> {
    match document.conditions.get(name) {
        Some(_) => Ok(()),
        None => Err(Problem::at(line, format!("there is no condition `{name}`"))),
    }
}
