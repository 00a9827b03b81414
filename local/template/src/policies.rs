//! The policies of functions: those in `Policies`, and `AWS::IAM::Policy` resources that name the function's role.

use local_policy::Statement;
use serde_json::Value;

use super::document::Resource;
use super::error::{Checked, Problem};
use super::names;
use super::node::{Kind, Node};
use super::properties::Properties;
use super::resources;
use super::scope::Scope;
use super::types::{FUNCTION, ROLE_POLICY};

/// The statements of all policies of a function. Policy templates and managed policies are errors.
pub(super) fn of(scope: &Scope, function: &Resource, properties: &Properties) -> Checked<Vec<Statement>> {
    let mut statements = inline(scope, function, properties)?;
    for policy in resources::of_type(scope, ROLE_POLICY)? {
        let properties = Properties::of(scope, policy, &["PolicyDocument", "Roles"], &["PolicyName"])?;
        if properties.texts("Roles")?.contains(&role_of(scope, function)) {
            let document = properties.mapping("PolicyDocument")?;
            let document = document.ok_or_else(|| properties.problem("`PolicyDocument` is missing"))?;
            statements.extend(self::statements(&policy.id, "PolicyDocument", &document)?);
        }
    }
    Ok(statements)
}

/// Checks that each `AWS::IAM::Policy` belongs to roles of functions, so that no policy is left out silently.
pub(super) fn check(scope: &Scope) -> Checked<()> {
    let functions = resources::of_type(scope, FUNCTION)?;
    let roles: Vec<_> = functions.into_iter().map(|function| role_of(scope, function)).collect();
    for policy in resources::of_type(scope, ROLE_POLICY)? {
        let properties = Properties::any(scope, policy)?;
        let named = properties.texts("Roles")?;
        if named.is_empty() || named.iter().any(|role| !roles.contains(role)) {
            return Err(properties.problem_of("Roles", "must list roles of functions of this template"));
        }
    }
    Ok(())
}

/// SAM names the role of a function by the function.
fn role_of(scope: &Scope, function: &Resource) -> String {
    names::role(scope, &format!("{}Role", function.id))
}

fn inline(scope: &Scope, function: &Resource, properties: &Properties) -> Checked<Vec<Statement>> {
    let Some(node) = properties.node("Policies")? else { return Ok(Vec::new()) };
    let documents = match &node.kind {
        Kind::List(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let mut statements = Vec::new();
    for document in documents {
        let Some(document) = scope.chosen_branch(document)? else { continue };
        let what = format!("{}: a policy with Statement", function.id);
        let policy = Properties::read(scope, &what, document)?;
        statements.extend(self::statements(&function.id, "Policies", &policy)?);
    }
    Ok(statements)
}

/// The statements of one policy document; `resource` and `property` say where it is.
fn statements(resource: &str, property: &str, policy: &Properties) -> Checked<Vec<Statement>> {
    policy.only(&["Statement"], &["Version"])?;
    let list = match policy.value("Statement")? {
        Some(Value::Array(list)) => list,
        Some(single) => vec![single],
        None => return Err(policy.problem("`Statement` is missing")),
    };
    let read = |(place, statement)| {
        Statement::parse(statement).map_err(|message| {
            Problem::at(line_of_statement(policy, place), format!("{resource}: {property}: {message}"))
        })
    };
    list.iter().enumerate().map(read).collect()
}

/// The line of the statement at `place`, or of its list if some statements depend on conditions of the template.
fn line_of_statement(policy: &Properties, place: usize) -> usize {
    let unconditional = |items: &[Node]| !items.iter().any(|item| matches!(item.kind, Kind::Call(..)));
    let item = match policy.node("Statement") {
        Ok(Some(Node { kind: Kind::List(items), .. })) if unconditional(items) => items.get(place),
        _ => None,
    };
    item.map_or_else(|| policy.line_of("Statement"), |item| item.line)
}
