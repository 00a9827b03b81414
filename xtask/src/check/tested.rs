//! Every function is tested over the local stack.

use crate::names::snake;
use crate::problem::Problem;
use crate::sources::{Sources, line_of};
use crate::template::{TEMPLATE, Template};

/// Where the tests over the local stack are.
const TESTS: &str = "tests/api";

pub(super) fn check(sources: &Sources, template: &Template) -> Vec<Problem> {
    let texts: Vec<&str> = sources.below(TESTS).flat_map(|(_, text)| literals(text)).collect();
    let mut problems = undeclared(sources);
    for function in &template.functions {
        let name = &function.name;
        let has_module = sources.get(&format!("{TESTS}/{}.rs", snake(name))).is_some();
        let is_named = texts.iter().any(|text| text == name);
        let is_called =
            function.routes.iter().any(|route| texts.iter().any(|text| reaches(text, &route.path)));
        if !(has_module || is_called || (function.routes.is_empty() && is_named)) {
            problems.push(Problem::new(
                TEMPLATE,
                function.line,
                format!("no test in {TESTS} calls {name}"),
                format!("Add a test to {TESTS}, in the module of the capability or in {}.rs.", snake(name)),
            ));
        }
    }
    problems
}

/// Test modules that `main.rs` does not declare: they would never run.
fn undeclared(sources: &Sources) -> Vec<Problem> {
    let main = format!("{TESTS}/main.rs");
    let declared = sources.get(&main).unwrap_or_default();
    let modules = sources.below(TESTS).filter_map(|(path, _)| {
        let module = path[TESTS.len() + 1..].strip_suffix(".rs")?;
        (!module.contains('/') && module != "main").then_some((path, module))
    });
    modules
        .filter(|(_, module)| !declared.lines().any(|line| line == format!("mod {module};")))
        .map(|(path, module)| {
            let remedy = format!("Add `mod {module};` on line {}.", line_of(declared, "mod "));
            let remedy = if declared.is_empty() { "Write it.".to_owned() } else { remedy };
            Problem::new(&main, 0, format!("{path} is never compiled"), remedy)
        })
        .collect()
}

/// The texts in quotes, each on one line.
fn literals(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| line.split('"').skip(1).step_by(2))
}

/// Whether a text is the path of a route, perhaps behind its method and before a query. A parameter of the route stands
/// for any segment, and a placeholder of `format!` for any segment but the first.
fn reaches(text: &str, path: &str) -> bool {
    let text = text.split_once(' ').map_or(text, |(_, rest)| rest);
    let text = text.split('?').next().unwrap_or_default().trim_end_matches('/');
    let (written, wanted): (Vec<_>, Vec<_>) = (text.split('/').collect(), path.split('/').collect());
    let same = |(place, (written, wanted)): (usize, (&&str, &&str))| {
        written == wanted || wanted.starts_with('{') || (place > 1 && written.starts_with('{'))
    };
    text.starts_with('/')
        && written.len() == wanted.len()
        && written.iter().zip(&wanted).enumerate().all(same)
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
    fn a_function_that_no_test_calls_is_named() {
        let mut sources = repository();
        sources.put("tests/api/notes.rs", "fn f() { get(\"/api/others\") }\n");
        let expected = ["no test in tests/api calls list-notes", "no test in tests/api calls get-note"];
        assert_eq!(found_in(&sources), expected);
        sources.put("tests/api/get_note.rs", "");
        sources.put("tests/api/main.rs", "mod get_note;\nmod notes;\n");
        assert_eq!(found_in(&sources), ["no test in tests/api calls list-notes"]);
    }

    #[test]
    fn a_module_that_is_not_declared_is_named() {
        let mut sources = repository();
        sources.put("tests/api/other.rs", "");
        assert_eq!(found_in(&sources), ["tests/api/other.rs is never compiled"]);
    }

    #[test]
    fn a_path_reaches_a_route() {
        for text in ["/api/files/{id}/links", "GET /api/files/{}/links/", "/api/files/1/links?size=2"] {
            assert!(reaches(text, "/api/files/{id}/links"), "{text}");
        }
        for text in ["/api/files/{id}", "/{}/files/1/links", "api/files/1/links", "/api/images/1/links"] {
            assert!(!reaches(text, "/api/files/{id}/links"), "{text}");
        }
    }
}
