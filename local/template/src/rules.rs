//! Rules: what must hold for the values of the parameters. CloudFormation checks them before it creates anything.
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html>.
//! `Fn::RefAll`, `Fn::ValueOf` and `Fn::ValueOfAll` are errors.

use serde_json::Value;

use super::error::{Checked, Problem};
use super::intrinsics::Intrinsic;
use super::node::{Kind, Node};
use super::scalar::text;
use super::scope::{Scope, comparable};

/// Checks all rules.
pub(super) fn check(scope: &Scope) -> Checked<()> {
    for rule in scope.document.rules.entries("Rules")? {
        only(&rule.value, "a rule", &["RuleCondition", "Assertions"])?;
        let applies = match rule.value.get("RuleCondition") {
            Some(condition) => holds(scope, condition)?,
            None => true,
        };
        let assertions = rule.value.get("Assertions");
        let assertions =
            assertions.ok_or_else(|| Problem::at(rule.line, format!("{} has no Assertions", rule.key)))?;
        for assertion in assertions.items("Assertions")? {
            only(assertion, "an assertion", &["Assert", "AssertDescription"])?;
            let assert = assertion.get("Assert").ok_or_else(|| assertion.problem("`Assert` is missing"))?;
            // Also evaluated if the rule does not apply, so that a mistake is found.
            if !holds(scope, assert)? && applies {
                let words =
                    assertion.get("AssertDescription").map(|words| words.literal("AssertDescription"));
                let words = words.transpose()?.unwrap_or("an assertion does not hold");
                return Err(assertion.problem(format!("the rule {} is violated: {words}", rule.key)));
            }
        }
    }
    Ok(())
}

fn holds(scope: &Scope, node: &Node) -> Checked<bool> {
    let Kind::Call(intrinsic, argument) = &node.kind else {
        return Err(node.problem("this must be one of the functions of rules, such as Fn::Equals"));
    };
    let name = intrinsic.name();
    let items = argument.items(name)?;
    let pair = || match items {
        [one, other] => Ok((one, other)),
        _ => Err(argument.problem(format!("{name} takes two values"))),
    };
    Ok(match intrinsic {
        Intrinsic::Equals => {
            let (one, other) = pair()?;
            comparable(value(scope, one)?) == comparable(value(scope, other)?)
        }
        Intrinsic::Contains => {
            let (list, wanted) = pair()?;
            texts(scope, list)?.contains(&single(scope, wanted)?)
        }
        Intrinsic::EachMemberEquals => {
            let (list, wanted) = pair()?;
            let wanted = single(scope, wanted)?;
            texts(scope, list)?.iter().all(|item| *item == wanted)
        }
        Intrinsic::EachMemberIn => {
            let (list, allowed) = pair()?;
            let allowed = texts(scope, allowed)?;
            texts(scope, list)?.iter().all(|item| allowed.contains(item))
        }
        Intrinsic::Not => match items {
            [inner] => !holds(scope, inner)?,
            _ => return Err(argument.problem("Not takes one condition")),
        },
        Intrinsic::And | Intrinsic::Or => {
            if !(2..=10).contains(&items.len()) {
                return Err(argument.problem(format!("{name} takes two to ten conditions")));
            }
            let outcomes = items.iter().map(|item| holds(scope, item)).collect::<Checked<Vec<bool>>>()?;
            if *intrinsic == Intrinsic::And {
                outcomes.into_iter().all(|outcome| outcome)
            } else {
                outcomes.into_iter().any(|outcome| outcome)
            }
        }
        _ => return Err(node.problem(format!("{name} is not a function of rules"))),
    })
}

/// A text, a list of texts, or the value of a parameter.
fn value(scope: &Scope, node: &Node) -> Checked<Option<Value>> {
    match &node.kind {
        Kind::Call(Intrinsic::Ref, name) if !scope.document.parameters.contains_key(name.literal("Ref")?) => {
            Err(node.problem("rules may refer only to parameters"))
        }
        Kind::Call(Intrinsic::Ref, _) | Kind::Scalar { .. } => scope.value(node),
        Kind::List(items) => {
            items.iter().try_for_each(|item| value(scope, item).map(drop))?;
            scope.value(node)
        }
        Kind::Call(..) | Kind::Map(_) => Err(node.problem("a value in a rule is a text, a list or a Ref")),
    }
}

fn single(scope: &Scope, node: &Node) -> Checked<String> {
    let value = value(scope, node)?.as_ref().and_then(text);
    value.ok_or_else(|| node.problem("this must be a text"))
}

fn texts(scope: &Scope, node: &Node) -> Checked<Vec<String>> {
    let texts = value(scope, node)?.and_then(|value| value.as_array()?.iter().map(text).collect());
    texts.ok_or_else(|| node.problem("this must be a list of texts"))
}

fn only(node: &Node, what: &str, known: &[&str]) -> Checked<()> {
    match node.entries(what)?.iter().find(|entry| !known.contains(&entry.key.as_str())) {
        None => Ok(()),
        Some(entry) => {
            Err(Problem::at(entry.line, format!("`{}` is not supported by the local stack", entry.key)))
        }
    }
}
