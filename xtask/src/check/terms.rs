//! Which terms a crate may use: no HTTP below `http`, no AWS in the domain.

use crate::layers::{HTTP, NO_AWS, TESTING, knows_http};
use crate::problem::Problem;
use crate::sources::Sources;

/// What belongs to HTTP.
const OF_HTTP: [&str; 4] = ["ApiError", "satchel_http", "http::", "StatusCode"];

/// What belongs to AWS.
const OF_AWS: [&str; 3] = ["aws_sdk_", "aws_smithy_", "aws_types"];

pub(super) fn check(sources: &Sources) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in sources.with_ending("shared", ".rs") {
        let Some((name, file)) = path["shared/".len()..].split_once("/src/") else { continue };
        if [HTTP, TESTING].contains(&name) || is_of_tests(file) {
            continue;
        }
        let mut look = |terms: &[&str], remedy: &str| {
            for (line, term) in uses(text, terms) {
                let what = format!("{name} uses `{term}`");
                problems.push(Problem::new(path, line, what, remedy));
            }
        };
        if !knows_http(name) {
            look(&OF_HTTP, "Return a type of `model`: only `http` and functions know HTTP.");
        }
        if NO_AWS.contains(&name) {
            look(&OF_AWS, "Convert the type in `table`, `objects`, `mail` or `runtime`.");
        }
    }
    problems
}

fn is_of_tests(file: &str) -> bool {
    file == "tests.rs"
        || file.ends_with("/tests.rs")
        || file.starts_with("tests/")
        || file.contains("/tests/")
}

/// Lines of product code with a term.
fn uses<'a>(text: &'a str, terms: &'a [&str]) -> impl Iterator<Item = (usize, &'a str)> {
    product_code(text).flat_map(move |(number, line)| {
        terms.iter().filter(move |term| has_path(line, term)).map(move |term| (number, *term))
    })
}

/// The lines of a file with their numbers, without comments, a declaration of a test module, and the unit tests at the
/// end.
fn product_code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut lines = text.lines().enumerate().peekable();
    std::iter::from_fn(move || {
        loop {
            let (place, line) = lines.next()?;
            if line.trim() == "#[cfg(test)]" {
                lines.next_if(|(_, next)| next.ends_with(';'))?;
            } else if !line.trim_start().starts_with("//") {
                return Some((place + 1, line));
            }
        }
    })
    .fuse()
}

/// Whether `term` is in `line` as the beginning of a path: `http::` is not in `aws_smithy_runtime_api::http::`.
fn has_path(line: &str, term: &str) -> bool {
    line.match_indices(term).any(|(place, _)| {
        let before = &line[..place];
        let is_longer_word = before.ends_with(|last: char| last.is_alphanumeric() || last == '_');
        !is_longer_word && (term != "http::" || !before.ends_with("::"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{found, repository};

    fn found_in(path: &str, text: &str) -> Vec<String> {
        let mut sources = repository();
        sources.put(path, text);
        check(&sources).iter().map(|problem| format!("{}: {}", problem.line, problem.what)).collect()
    }

    #[test]
    fn a_repository_in_order_has_no_problem() {
        assert_eq!(found(&check(&repository())), [""; 0]);
    }

    #[test]
    fn http_is_known_only_above() {
        let text = "//! A page.\nuse http::StatusCode;\nfn f() -> ApiError {}\n";
        let expected =
            ["2: runtime uses `http::`", "2: runtime uses `StatusCode`", "3: runtime uses `ApiError`"];
        assert_eq!(found_in("shared/runtime/src/a.rs", text), expected);
        assert_eq!(found_in("shared/http/src/a.rs", text), [""; 0]);
    }

    #[test]
    fn aws_is_unknown_to_the_domain() {
        let text = "use aws_sdk_s3::Client;\n";
        assert_eq!(found_in("shared/model/src/a.rs", text), ["1: model uses `aws_sdk_`"]);
        assert_eq!(found_in("shared/table/src/a.rs", text), [""; 0]);
    }

    #[test]
    fn a_declaration_of_a_test_module_does_not_end_the_file() {
        let text = "#[cfg(test)]\nmod tests;\nuse http::Method;\n";
        assert_eq!(found_in("shared/runtime/src/a.rs", text), ["3: runtime uses `http::`"]);
    }

    #[test]
    fn comments_tests_and_other_paths_do_not_count() {
        let text = "// An ApiError.\nuse aws_smithy_runtime_api::http::HttpError;\nuse my_http::A;\n\
            #[cfg(test)]\nmod tests { use http::StatusCode; }\n";
        assert_eq!(found_in("shared/runtime/src/a.rs", text), [""; 0]);
        assert_eq!(found_in("shared/runtime/src/tests.rs", "use http::Method;"), [""; 0]);
    }
}
