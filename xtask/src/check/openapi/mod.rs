//! `openapi.yaml` has exactly the routes of the template, and says of each operation what clients need.

mod components;
mod examples;
mod operations;

use std::collections::BTreeMap;

use crate::contract::OPENAPI;
use crate::contract::document::METHODS;
use crate::problem::Problem;
use crate::sources::Sources;
use crate::template::{TEMPLATE, Template, normalised};
use crate::yaml::{self, Node};

/// One method of one path.
struct Operation<'a> {
    /// Such as `GET /api/files/{id}`.
    key: String,
    /// Where it begins.
    line: usize,
    node: &'a Node,
}

impl Operation<'_> {
    /// A problem of this operation.
    fn problem(&self, what: &str, remedy: impl Into<String>) -> Problem {
        Problem::new(OPENAPI, self.line, format!("`{}` {what}", self.key), remedy)
    }

    fn text(&self, key: &str) -> &str {
        self.node.get(key).and_then(Node::text).unwrap_or_default()
    }
}

pub(super) fn check(sources: &Sources, template: &Template) -> Vec<Problem> {
    let Some(text) = sources.get(OPENAPI) else {
        return vec![Problem::new(OPENAPI, 0, "the file is missing", "Restore it.")];
    };
    let root = match yaml::parse(text) {
        Ok(root) => root,
        Err((line, what)) => return vec![Problem::new(OPENAPI, line, what, "Correct the YAML.")],
    };
    let operations = operations_of(&root);
    [
        routes(&operations, template),
        operations::check(&root, &operations, template),
        examples::check(&root, &operations),
        components::check(&root, &operations),
    ]
    .concat()
}

fn operations_of(root: &Node) -> Vec<Operation<'_>> {
    let paths = root.get("paths").map(Node::entries).unwrap_or_default();
    let operations = paths.iter().flat_map(|(path, _, item)| {
        let methods = item.entries().iter().filter(|(method, ..)| METHODS.contains(&method.as_str()));
        methods.map(move |(method, line, node)| Operation {
            key: format!("{} {path}", method.to_uppercase()),
            line: *line,
            node,
        })
    });
    operations.collect()
}

/// Routes and operations are the same.
fn routes(operations: &[Operation<'_>], template: &Template) -> Vec<Problem> {
    let described: BTreeMap<String, &Operation<'_>> =
        operations.iter().map(|operation| (normalised(&operation.key), operation)).collect();
    let known = template.keys();
    let invented = described.iter().filter(|(key, _)| !known.contains(*key)).map(|(_, operation)| {
        operation.problem(&format!("is no route of {TEMPLATE}"), "Correct the operation, or delete it.")
    });
    let missing = template.routes().filter(|(_, route)| !described.contains_key(&normalised(&route.key())));
    let missing = missing.map(|(_, route)| {
        let what = format!("`{}` is not in {OPENAPI}", route.key());
        Problem::new(TEMPLATE, route.line, what, format!("Describe it in {OPENAPI}."))
    });
    invented.chain(missing).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{CONTRACT, found, repository};

    /// What is found after a part of the contract was replaced.
    pub(super) fn found_with(from: &str, to: &str) -> Vec<String> {
        let mut sources = repository();
        assert!(CONTRACT.contains(from), "{from}");
        sources.put(OPENAPI, CONTRACT.replace(from, to));
        found(&check(&sources, &Template::read(&sources).unwrap()))
    }

    #[test]
    fn a_contract_in_order_has_no_problem() {
        assert_eq!(found_with("", ""), [""; 0]);
        assert_eq!(found_with("/api/notes/{id}:", "/api/notes/{other}/:"), [""; 0]);
    }

    #[test]
    fn there_must_be_a_contract() {
        let mut sources = repository();
        sources.remove(OPENAPI);
        let template = Template::read(&sources).unwrap();
        assert_eq!(found(&check(&sources, &template)), ["the file is missing"]);
        sources.put(OPENAPI, "a: [\n");
        assert_eq!(check(&sources, &template)[0].line, 2);
    }

    #[test]
    fn both_directions_are_compared() {
        let expected = [
            "`GET /api/others` is no route of template.yaml",
            "`HEAD /api/others` is no route of template.yaml",
            "`GET /api/notes` is not in openapi.yaml",
            "`HEAD /api/notes` is not in openapi.yaml",
        ];
        assert_eq!(found_with("  /api/notes:", "  /api/others:"), expected);
        let head = found_with("    head:\n", "    put:\n");
        assert!(head.contains(&"`HEAD /api/notes` is not in openapi.yaml".to_owned()), "{head:?}");
        assert!(head.contains(&"`PUT /api/notes` is no route of template.yaml".to_owned()), "{head:?}");
    }
}
