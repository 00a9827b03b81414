//! Operations are named after functions, and are described for strangers.

use std::collections::BTreeMap;

use super::Operation;
use crate::contract::OPENAPI;
use crate::problem::Problem;
use crate::template::{Function, Template, normalised};
use crate::yaml::{Node, Value};

/// What the contract describes, in the order in which readers need it.
const TAGS: [&str; 8] = [
    "Accounts",
    "Tokens and sign-in",
    "Files",
    "Share links",
    "Images",
    "Account tiers",
    "Resources",
    "Service",
];

/// What `operationId` adds to the name of a function that answers several routes.
const SUFFIXES: [&str; 5] = ["-put", "-short", "-file", "-icon", "-robots"];

/// What `operationId` ends with if the method is HEAD.
const HEAD: &str = "-head";

pub(super) fn check(root: &Node, operations: &[Operation<'_>], template: &Template) -> Vec<Problem> {
    let mut problems: Vec<_> = tags(root).into_iter().collect();
    let functions: BTreeMap<String, &Function> =
        template.routes().map(|(function, route)| (normalised(&route.key()), function)).collect();
    let mut known = BTreeMap::new();
    for operation in operations {
        let id = operation.text("operationId");
        if let Some(function) = functions.get(&normalised(&operation.key)) {
            problems.extend(name(operation, id, function));
        }
        if let Some(other) = known.insert(id, &operation.key) {
            problems.push(operation.problem(&format!("has the operationId of `{other}`"), "Add a suffix."));
        }
        problems.extend(texts(operation));
    }
    problems
}

/// The tags are those that readers expect, in their order.
fn tags(root: &Node) -> Option<Problem> {
    let tags = root.get("tags");
    let names: Vec<_> = items(tags).iter().map(|tag| tag.get("name").and_then(Node::text)).collect();
    let line = tags.map_or(1, |tags| tags.line);
    let is_expected = names.iter().flatten().eq(&TAGS) && names.len() == TAGS.len();
    let remedy = format!("Write: {}.", TAGS.join(", "));
    (!is_expected)
        .then(|| Problem::new(OPENAPI, line, "the tags are not those of the contract, in its order", remedy))
}

/// The id is the name of the function; only a function with several routes has a suffix, on all but one of them.
fn name(operation: &Operation<'_>, id: &str, function: &Function) -> Option<Problem> {
    let method = operation.key.split(' ').next().unwrap_or_default();
    let head = if method == "HEAD" { HEAD } else { "" };
    let suffix = id.strip_prefix(function.name.as_str()).and_then(|suffix| suffix.strip_suffix(head));
    let fits = match suffix {
        Some("") => true,
        Some(suffix) => SUFFIXES.contains(&suffix) && function.routes.len() > 1,
        None => false,
    };
    let plain = format!("`{}{head}`", function.name);
    let expected = match (method, function.routes.len()) {
        ("HEAD", _) | (_, 1) => plain,
        _ => format!("{plain}, or with a suffix such as `-put`"),
    };
    (!fits).then(|| operation.problem(&format!("has the operationId `{id}`"), format!("Write {expected}.")))
}

fn texts(operation: &Operation<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for key in ["summary", "description"] {
        if operation.text(key).trim().is_empty() {
            problems.push(operation.problem(&format!("has no {key}"), "Write it for a stranger."));
        }
    }
    let names: Vec<_> = items(operation.node.get("tags")).iter().filter_map(Node::text).collect();
    if !matches!(names[..], [name] if TAGS.contains(&name)) {
        let remedy = format!("Write one of: {}.", TAGS.join(", "));
        problems.push(operation.problem("does not have exactly one tag of the contract", remedy));
    }
    if operation.node.get("security").is_none() {
        let remedy = "Write `security: [{bearer: []}]`, or `security: []` for everybody.";
        problems.push(operation.problem("does not say whether it requires sign-in", remedy));
    }
    problems
}

/// The items of a sequence; none for any other value.
fn items(node: Option<&Node>) -> &[Node] {
    match node.map(|node| &node.value) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::found_with;

    #[test]
    fn an_operation_has_the_name_of_its_function() {
        for other in ["show-note", "get-note-put", "get-note-head"] {
            let found = found_with("operationId: get-note\n", &format!("operationId: {other}\n"));
            assert_eq!(found[0], format!("`GET /api/notes/{{id}}` has the operationId `{other}`"));
        }
        let expected = [
            "`HEAD /api/notes` has the operationId `list-notes`",
            "`HEAD /api/notes` has the operationId of `GET /api/notes`",
        ];
        assert_eq!(found_with("operationId: list-notes-head\n", "operationId: list-notes\n"), expected);
    }

    #[test]
    fn tags_have_their_order() {
        let expected = ["the tags are not those of the contract, in its order"];
        assert_eq!(found_with("  - name: Files\n", ""), expected);
        assert_eq!(
            found_with(
                "- name: Accounts\n  - name: Tokens and sign-in",
                "- name: Tokens and sign-in\n  - name: Accounts"
            ),
            expected
        );
    }

    #[test]
    fn an_operation_is_described() {
        for (from, what) in [
            ("      summary: Get a note\n", "has no summary"),
            ("      description: Any note.\n", "has no description"),
            ("      tags: [Files]\n", "does not have exactly one tag of the contract"),
            ("      security: [{bearer: []}]\n", "does not say whether it requires sign-in"),
        ] {
            assert_eq!(found_with(from, "")[0], format!("`GET /api/notes/{{id}}` {what}"), "{from}");
        }
        let expected = ["`GET /api/notes/{id}` does not have exactly one tag of the contract"];
        assert_eq!(found_with("tags: [Files]", "tags: [Notes]"), expected);
    }
}
