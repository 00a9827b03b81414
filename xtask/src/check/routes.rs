//! The documents name every route, and no other.

use crate::problem::Problem;
use crate::sources::Sources;
use crate::template::{Template, normalised};

/// The page with all routes.
pub const PAGE: &str = "docs/routes.md";

/// What the paths of routes begin with that the template does not have: the local stack's own.
const LOCAL: &str = "/_local/";

const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/// The line of a route in the table of [`PAGE`].
#[must_use]
pub fn row(function: &str, route: &str) -> String {
    format!("| `{route}` | [{function}](../functions/{function}) |")
}

pub(super) fn check(sources: &Sources, template: &Template) -> Vec<Problem> {
    let mut problems = page(sources.get(PAGE).unwrap_or_default(), template);
    let pages = sources.with_ending("docs", ".md");
    let readme = sources.get("README.md").map(|text| ("README.md", text));
    let known = template.keys();
    // A decision may name a route that a later one removed, and the rows of the page are compared as a whole.
    for (path, text) in
        pages.chain(readme).filter(|(path, _)| !path.starts_with("docs/decisions/") && *path != PAGE)
    {
        for (line, route) in mentions(text) {
            if !known.contains(&normalised(&route)) {
                let what = format!("`{route}` is no route of template.yaml");
                problems.push(Problem::new(
                    path,
                    line,
                    what,
                    "Correct the route, or remove it from the page.",
                ));
            }
        }
    }
    problems
}

/// The table has exactly one line for each route.
fn page(text: &str, template: &Template) -> Vec<Problem> {
    let rows: Vec<_> = template.routes().map(|(function, route)| row(&function.name, &route.key())).collect();
    let lines = text.lines().enumerate().filter(|(_, line)| line.starts_with("| `"));
    let written: Vec<_> = lines.map(|(place, line)| (place + 1, line)).collect();
    let missing = rows.iter().filter(|row| !written.iter().any(|(_, line)| line == row));
    let missing = missing.map(|row| Problem::new(PAGE, 0, "a route is missing", format!("Add: {row}")));
    let wrong = written.iter().filter(|(_, line)| !rows.iter().any(|row| row == line));
    let wrong = wrong.map(|(line, text)| {
        let what = format!("template.yaml does not have: {text}");
        Problem::new(PAGE, *line, what, "Remove the line, or replace it by the one that is missing.")
    });
    missing.chain(wrong).collect()
}

/// Routes in code spans, such as `GET /api/files/{id}`, and at the beginning of lines of code blocks.
fn mentions(text: &str) -> Vec<(usize, String)> {
    let mut routes = Vec::new();
    let mut is_block = false;
    for (place, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            is_block = !is_block;
        } else if is_block {
            routes.extend(route(line).map(|route| (place + 1, route)));
        } else {
            let spans = line.split('`').skip(1).step_by(2);
            routes.extend(spans.filter_map(route).map(|route| (place + 1, route)));
        }
    }
    routes
}

/// The route that a piece of code begins with, without a query.
fn route(code: &str) -> Option<String> {
    let (method, rest) = code.trim_start().split_once(' ')?;
    let path = rest.trim_start().split(['?', ' ']).next()?;
    let is_route = METHODS.contains(&method) && path.starts_with('/') && !path.starts_with(LOCAL);
    is_route.then(|| format!("{method} {path}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{found, repository};

    fn found_in(sources: &Sources) -> Vec<String> {
        found(&check(sources, &Template::read(sources).unwrap()))
    }

    #[test]
    fn a_repository_in_order_has_no_problem() {
        assert_eq!(found_in(&repository()), [""; 0]);
    }

    #[test]
    fn a_route_that_is_missing_on_the_page_and_one_too_many_are_named() {
        let mut sources = repository();
        let page = sources.get(PAGE).unwrap().replace("GET /api/notes/{id}", "GET /api/notes/{name}");
        sources.put(PAGE, page);
        let row = "| `GET /api/notes/{name}` | [get-note](../functions/get-note) |";
        let expected = ["a route is missing".to_owned(), format!("template.yaml does not have: {row}")];
        assert_eq!(found_in(&sources), expected);
    }

    #[test]
    fn a_route_of_any_page_exists() {
        let mut sources = repository();
        let text =
            "`GET /api/notes/` `GET /api/notes/{any}?a=1` `GET /_local/mail`\n\n| `PUT /api/notes` |\n";
        sources.put("docs/notes.md", text);
        sources.put("docs/decisions/0001.md", "`GET /api/gone`");
        assert_eq!(found_in(&sources), ["`PUT /api/notes` is no route of template.yaml"]);
        let block =
            "```\nGET  /api/notes?size=1\nPOST /api/notes  {}\n  -> `PUT /api/notes`\nPUT <url>\n```\n";
        sources.put("docs/notes.md", block);
        assert_eq!(found_in(&sources), ["`POST /api/notes` is no route of template.yaml"]);
    }
}
