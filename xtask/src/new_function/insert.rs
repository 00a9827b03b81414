//! Where a new endpoint goes in files that exist.

use crate::template::{Function, Template};

/// The function that a new one follows: the last of those whose routes share most segments with `path`.
pub(super) fn neighbour<'a>(template: &'a Template, path: &str) -> Option<&'a Function> {
    let shared =
        |route: &str| route.split('/').zip(path.split('/')).take_while(|(known, new)| known == new).count();
    // Of equal ones, `max_by_key` chooses the last.
    template.routes().max_by_key(|(_, route)| shared(&route.path)).map(|(function, _)| function)
}

/// YAML with `new` behind the entry that starts on `line`. Entries are indented by two spaces.
pub(super) fn behind(text: &str, line: usize, new: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let is_next = |line: &&str| !line.is_empty() && !line.starts_with("   ");
    let next = lines.iter().skip(line).position(is_next).map_or(lines.len(), |next| line + next);
    let end = lines[..next].iter().rposition(|line| !line.is_empty()).map_or(next, |last| last + 1);
    lines.splice(end..end, new.lines());
    lines.join("\n") + "\n"
}

/// `text` with `new` below the line `known`, if it has that line.
pub(super) fn below(text: &str, known: &str, new: &str) -> Option<String> {
    let mut lines: Vec<&str> = text.lines().collect();
    let place = lines.iter().position(|line| *line == known)?;
    lines.insert(place + 1, new);
    Some(lines.join("\n") + "\n")
}

/// The list of test modules with one more, in the order of the alphabet.
pub(super) fn module(text: &str, name: &str) -> String {
    let new = format!("mod {name};");
    let mut lines: Vec<&str> = text.lines().collect();
    let later =
        |line: &&str| line.starts_with("mod ") && line.trim_end_matches(';') > new.trim_end_matches(';');
    let place = lines.iter().position(later).unwrap_or_else(|| {
        lines.iter().rposition(|line| line.starts_with("mod ")).map_or(lines.len(), |last| last + 1)
    });
    lines.insert(place, &new);
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::repository;

    #[test]
    fn a_function_follows_those_with_the_most_similar_routes() {
        let template = Template::read(&repository()).unwrap();
        let name = |path| neighbour(&template, path).unwrap().name.as_str();
        assert_eq!(name("/api/notes/{id}/versions"), "get-note");
        assert_eq!(name("/api/others"), "get-note");
    }

    #[test]
    fn an_entry_comes_before_the_next_one_a_heading_or_the_end() {
        let text = "Resources:\n  A:\n    B: 1\n\n  # C\n  D:\n    E: 1\n";
        let expected = "Resources:\n  A:\n    B: 1\n\n  New:\n    F: 1\n\n  # C\n  D:\n    E: 1\n";
        assert_eq!(behind(text, 2, "\n  New:\n    F: 1\n"), expected);
        let expected = text.to_owned() + "\n  New:\n    F: 1\n";
        assert_eq!(behind(text, 6, "\n  New:\n    F: 1\n"), expected);
        let expected = "paths:\n  /a:\n    get: {}\n    put: {}\n\ncomponents:\n  x: {}\n";
        assert_eq!(
            behind("paths:\n  /a:\n    get: {}\n\ncomponents:\n  x: {}\n", 2, "    put: {}"),
            expected
        );
    }

    #[test]
    fn a_module_is_declared_in_order() {
        let text = "//! Tests.\n\nmod a;\nmod c;\n";
        assert_eq!(module(text, "b"), "//! Tests.\n\nmod a;\nmod b;\nmod c;\n");
        assert_eq!(module(text, "d"), "//! Tests.\n\nmod a;\nmod c;\nmod d;\n");
        assert_eq!(module("mod list;\nmod list_b;\n", "list_a"), "mod list;\nmod list_a;\nmod list_b;\n");
    }

    #[test]
    fn a_line_is_added_below_a_known_one() {
        assert_eq!(below("a\nb\n", "a", "c").unwrap(), "a\nc\nb\n");
        assert_eq!(below("a\n", "b", "c"), None);
    }
}
