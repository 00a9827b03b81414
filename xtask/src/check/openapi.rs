//! `openapi.yaml`, once it exists, has the routes of the template.

use std::collections::BTreeMap;

use crate::problem::Problem;
use crate::sources::Sources;
use crate::template::{TEMPLATE, Template, normalised};
use crate::yaml;

/// The description of the HTTP contract.
pub const OPENAPI: &str = "openapi.yaml";

/// The operations of a path; its other keys are not routes.
const METHODS: [&str; 6] = ["get", "head", "post", "put", "patch", "delete"];

pub(super) fn check(sources: &Sources, template: &Template) -> Vec<Problem> {
    let Some(text) = sources.get(OPENAPI) else { return Vec::new() };
    let root = match yaml::parse(text) {
        Ok(root) => root,
        Err((line, what)) => return vec![Problem::new(OPENAPI, line, what, "Correct the YAML.")],
    };
    let paths = root.get("paths").map(yaml::Node::entries).unwrap_or_default();
    let operations = paths.iter().flat_map(|(path, _, item)| {
        let methods = item.entries().iter().filter(|(method, ..)| METHODS.contains(&method.as_str()));
        methods.map(move |(method, line, _)| (format!("{} {path}", method.to_uppercase()), *line))
    });
    let described: BTreeMap<String, (String, usize)> =
        operations.map(|(key, line)| (normalised(&key), (key, line))).collect();
    let known = template.keys();

    let invented = described.iter().filter(|(key, _)| !known.contains(*key)).map(|(_, (key, line))| {
        let what = format!("`{key}` is no route of {TEMPLATE}");
        Problem::new(OPENAPI, *line, what, "Correct the operation, or delete it.")
    });
    // HEAD is GET without a body (RFC 9110, 9.3.2), so a description may leave it out.
    let missing = template
        .routes()
        .filter(|(_, route)| route.method != "HEAD" && !described.contains_key(&normalised(&route.key())))
        .map(|(_, route)| {
            let what = format!("`{}` is not in {OPENAPI}", route.key());
            Problem::new(TEMPLATE, route.line, what, format!("Describe it in {OPENAPI}."))
        });
    invented.chain(missing).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{found, repository};

    fn found_with(text: &str) -> Vec<String> {
        let mut sources = repository();
        sources.put(OPENAPI, text);
        found(&check(&sources, &Template::read(&sources).unwrap()))
    }

    #[test]
    fn there_may_be_no_description() {
        assert_eq!(check(&repository(), &Template::read(&repository()).unwrap()), []);
    }

    #[test]
    fn both_directions_are_compared() {
        let both = "paths:\n  /api/notes/{id}/:\n    parameters: []\n    get: {}\n  /api/notes: {get: {}}\n";
        assert_eq!(found_with(both), [""; 0]);
        let other = "paths:\n  /api/notes: {get: {}, put: {}}\n";
        let expected =
            ["`PUT /api/notes` is no route of template.yaml", "`GET /api/notes/{id}` is not in openapi.yaml"];
        assert_eq!(found_with(other), expected);
    }
}
