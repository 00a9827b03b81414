//! `cargo xtask new-function NAME METHOD ROUTE`: writes a new endpoint that compiles and keeps every rule.

mod endpoint;
mod event;
mod insert;
mod openapi;

pub use endpoint::Endpoint;

use crate::check::{PAGE, row};
use crate::contract::OPENAPI;
use crate::sources::Sources;
use crate::template::{TEMPLATE, Template};

/// Where the modules of the tests over the local stack are declared.
const TESTS: &str = "tests/api/main.rs";

/// The files that a new endpoint adds or changes, with their text.
///
/// # Errors
/// If the endpoint cannot be added, what to change.
pub fn files(sources: &Sources, endpoint: &Endpoint) -> Result<Vec<(String, String)>, String> {
    let template = Template::read(sources).map_err(|problem| problem.to_string())?;
    endpoint.check(sources, &template)?;
    let text = |path: &str| sources.get(path).ok_or_else(|| format!("{path} is missing"));
    let neighbour = insert::neighbour(&template, &endpoint.path);
    let last = neighbour.and_then(|function| function.routes.last().map(|route| (function, route)));
    let (neighbour, route) = last.ok_or("template.yaml has no function with a route")?;

    let stanza = endpoint.fill(include_str!("files/stanza.yaml.txt"));
    let after = row(&neighbour.name, &route.key());
    let page = insert::below(text(PAGE)?, &after, &row(&endpoint.name, &endpoint.route()))
        .ok_or_else(|| format!("{PAGE} has no line `{after}`: run `cargo xtask check` first"))?;
    let folder = format!("functions/{}", endpoint.name);
    let module = endpoint.module();
    Ok(vec![
        (format!("{folder}/Cargo.toml"), endpoint.fill(include_str!("files/Cargo.toml.txt"))),
        (format!("{folder}/src/main.rs"), endpoint.fill(include_str!("files/main.rs.txt"))),
        (format!("{folder}/src/lib.rs"), endpoint.fill(include_str!("files/lib.rs.txt"))),
        (format!("events/{}.json", endpoint.name), event::of(sources, endpoint)?),
        (TEMPLATE.to_owned(), insert::behind(text(TEMPLATE)?, neighbour.line, &stanza)),
        (format!("tests/api/{module}.rs"), endpoint.fill(include_str!("files/test.rs.txt"))),
        (TESTS.to_owned(), insert::module(text(TESTS)?, &module)),
        (PAGE.to_owned(), page),
        (OPENAPI.to_owned(), openapi::with_operation(text(OPENAPI)?, endpoint)?),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check;
    use crate::fixture::repository;

    fn endpoint(name: &str, method: &str, path: &str) -> Endpoint {
        Endpoint { name: name.into(), method: method.into(), path: path.into() }
    }

    fn with_events() -> Sources {
        let mut sources = repository();
        sources.put("events/get-note.json", event::tests::GET);
        sources
    }

    #[test]
    fn a_new_endpoint_keeps_every_rule() {
        let mut sources = with_events();
        let new = endpoint("list-note-versions", "GET", "/api/notes/{id}/versions");
        for (path, text) in files(&sources, &new).unwrap() {
            assert!(!text.contains("{{"), "{path}: {text}");
            sources.put(path, text);
        }
        assert_eq!(check::all(&sources), []);
        let template = Template::read(&sources).unwrap();
        let names: Vec<_> = template.functions.iter().map(|function| function.name.as_str()).collect();
        assert_eq!(names, ["list-notes", "get-note", "list-note-versions"]);
    }

    #[test]
    fn a_name_or_a_route_that_exists_is_refused() {
        let sources = with_events();
        for (name, path, expected) in [
            ("get-note", "/api/others", "functions/get-note exists already: choose another name"),
            ("show-note", "/api/notes/{other}", "`GET /api/notes/{other}` is a route of get-note already"),
            ("notes", "/api/others", "tests/api/notes.rs exists already: choose another name"),
        ] {
            assert_eq!(files(&sources, &endpoint(name, "GET", path)).unwrap_err(), expected);
        }
    }
}
