//! Every response with a body has an example, and no response is a combination that generators cannot read.

use super::Operation;
use crate::contract::OPENAPI;
use crate::problem::Problem;
use crate::yaml::{Node, Value};

pub(super) fn check(root: &Node, operations: &[Operation<'_>]) -> Vec<Problem> {
    let own = operations.iter().flat_map(|operation| {
        let responses = operation.node.get("responses").map(Node::entries).unwrap_or_default().iter();
        responses.map(|(status, line, response)| (format!("`{}` {status}", operation.key), *line, response))
    });
    let shared = root.at(&["components", "responses"]).map(Node::entries).unwrap_or_default().iter();
    let shared = shared.map(|(name, line, response)| (format!("the response {name}"), *line, response));
    own.chain(shared).flat_map(|(name, line, response)| response_problems(&name, line, response)).collect()
}

fn response_problems(name: &str, line: usize, response: &Node) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (media_type, line, content) in response.get("content").map(Node::entries).unwrap_or_default() {
        let has_examples = content.get("examples").is_some_and(|examples| !examples.entries().is_empty());
        if content.get("example").is_none() && !has_examples {
            let what = format!("{name} has no example of {media_type}");
            problems.push(Problem::new(OPENAPI, *line, what, "Add one from a real response."));
        }
    }
    if response.get("description").is_none() && response.get("$ref").is_none() {
        problems.push(Problem::new(OPENAPI, line, format!("{name} has no description"), "Write it."));
    }
    if has_key(response, "allOf") {
        let remedy = "Write all fields into one schema: several generators merge them wrongly.";
        problems.push(Problem::new(OPENAPI, line, format!("{name} uses allOf"), remedy));
    }
    problems
}

fn has_key(node: &Node, key: &str) -> bool {
    match &node.value {
        Value::Text(_) => false,
        Value::List(items) => items.iter().any(|item| has_key(item, key)),
        Value::Map(entries) => entries.iter().any(|(name, _, node)| name == key || has_key(node, key)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::found_with;

    #[test]
    fn a_response_with_a_body_has_an_example() {
        let own = "              examples: {note: {value: {text: Hello}}}\n";
        assert_eq!(found_with(own, ""), ["`GET /api/notes/{id}` 200 has no example of application/json"]);
        let empty = "              examples: {}\n";
        assert_eq!(found_with(own, empty), ["`GET /api/notes/{id}` 200 has no example of application/json"]);
        let shared = "          example: {detail: Not found.}\n";
        assert_eq!(found_with(shared, ""), ["the response NotFound has no example of application/json"]);
    }

    #[test]
    fn a_response_is_described_and_is_one_schema() {
        let expected = ["the response NotFound has no description"];
        assert_eq!(found_with("      description: There is none.\n", ""), expected);
        let schema = "schema: {$ref: '#/components/schemas/Note'}";
        let all = "schema: {allOf: [{$ref: '#/components/schemas/Note'}]}";
        assert_eq!(found_with(schema, all), ["`GET /api/notes/{id}` 200 uses allOf"]);
    }
}
