//! Every component is used, and every reference leads to something.

use std::collections::BTreeMap;

use super::Operation;
use crate::contract::OPENAPI;
use crate::problem::Problem;
use crate::yaml::{Node, Value};

const START: &str = "#/components/";

/// Components that `security` names instead of `$ref`.
const SCHEMES: &str = "securitySchemes";

pub(super) fn check(root: &Node, operations: &[Operation<'_>]) -> Vec<Problem> {
    let mut used = BTreeMap::new();
    collect(root, &mut used);
    let kinds = root.get("components").map(Node::entries).unwrap_or_default();
    let components: BTreeMap<String, usize> = kinds
        .iter()
        .flat_map(|(kind, _, group)| {
            group.entries().iter().map(move |(name, line, _)| (format!("{START}{kind}/{name}"), *line))
        })
        .collect();
    let unused = components
        .iter()
        .filter(|(name, _)| !used.contains_key(*name))
        .map(|(name, line)| Problem::new(OPENAPI, *line, format!("nothing uses {name}"), "Delete it."));
    let dangling = used.iter().filter(|(name, _)| !components.contains_key(*name)).map(|(name, line)| {
        Problem::new(OPENAPI, *line, format!("there is no {name}"), "Correct the reference.")
    });
    unused.chain(dangling).chain(links(root, operations)).collect()
}

/// Adds every reference, and every security scheme that is named.
fn collect(node: &Node, used: &mut BTreeMap<String, usize>) {
    match &node.value {
        Value::Text(_) => {}
        Value::List(items) => items.iter().for_each(|item| collect(item, used)),
        Value::Map(entries) => {
            for (key, line, value) in entries {
                match (key.as_str(), value.text(), &value.value) {
                    ("$ref", Some(target), _) => {
                        used.insert(target.to_owned(), *line);
                    }
                    ("security", _, Value::List(schemes)) => {
                        let names = schemes.iter().flat_map(Node::entries);
                        used.extend(names.map(|(name, line, _)| (format!("{START}{SCHEMES}/{name}"), *line)));
                    }
                    _ => collect(value, used),
                }
            }
        }
    }
}

/// Links of responses lead to operations.
fn links(root: &Node, operations: &[Operation<'_>]) -> Vec<Problem> {
    let own = operations.iter().filter_map(|operation| operation.node.get("responses"));
    let shared = root.at(&["components", "responses"]);
    let responses = own.chain(shared).flat_map(Node::entries).map(|(.., response)| response);
    let links = responses.filter_map(|response| response.get("links")).flat_map(Node::entries);
    let links = links
        .map(|(.., link)| link)
        .chain(root.at(&["components", "links"]).into_iter().flat_map(Node::entries).map(|(.., link)| link));
    let is_known = |id: &str| operations.iter().any(|operation| operation.text("operationId") == id);
    let targets = links.filter_map(|link| link.get("operationId"));
    let unknown = targets.filter(|target| !target.text().is_some_and(is_known));
    unknown
        .map(|target| {
            let what = format!("a link leads to the operation `{}`", target.text().unwrap_or_default());
            Problem::new(OPENAPI, target.line, what, "Write the operationId of an operation.")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::found_with;

    #[test]
    fn every_component_is_used_and_every_reference_leads_to_one() {
        let note = "schema: {$ref: '#/components/schemas/Note'}";
        let expected = ["nothing uses #/components/schemas/Note"];
        assert_eq!(found_with(note, "schema: {type: object}"), expected);
        let expected = ["nothing uses #/components/schemas/Note", "there is no #/components/schemas/Text"];
        assert_eq!(found_with(note, "schema: {$ref: '#/components/schemas/Text'}"), expected);
        let expected = [
            "nothing uses #/components/securitySchemes/bearer",
            "there is no #/components/securitySchemes/basic",
        ];
        assert_eq!(found_with("security: [{bearer: []}]", "security: [{basic: []}]"), expected);
    }

    #[test]
    fn a_link_leads_to_an_operation() {
        let expected = ["a link leads to the operation `show-note`"];
        assert_eq!(found_with("operationId: get-note}", "operationId: show-note}"), expected);
    }
}
