//! The shape of a function, and its one name in folder, binary and template.

use crate::manifest::Manifest;
use crate::names::{logical_id, snake};
use crate::problem::Problem;
use crate::sources::{Sources, line_of};
use crate::template::{TEMPLATE, Template};

/// Lines of a `main.rs`.
const MAIN_LINES: usize = 6;

/// Lines of a function's `Cargo.toml`.
const MANIFEST_LINES: usize = 28;

pub(super) fn check(sources: &Sources, template: &Template) -> Vec<Problem> {
    let mut problems = stanzas(sources, template);
    for name in sources.folders("functions") {
        problems.extend(shape(sources, name));
        if template.function(name).is_none() {
            let id = logical_id(name);
            problems.push(Problem::new(
                format!("functions/{name}"),
                0,
                format!("{TEMPLATE} has no function with CodeUri functions/{name}/"),
                format!("Add {id} to {TEMPLATE}, or delete the folder."),
            ));
        }
    }
    problems
}

/// Every function of the template has a folder, and the logical id that belongs to it.
fn stanzas(sources: &Sources, template: &Template) -> Vec<Problem> {
    let mut problems = Vec::new();
    for function in &template.functions {
        let (id, name) = (&function.id, &function.name);
        if name.is_empty() || sources.get(&format!("functions/{name}/Cargo.toml")).is_none() {
            problems.push(Problem::new(
                TEMPLATE,
                function.code_line,
                format!("CodeUri of {id} names no crate"),
                "Write `CodeUri: functions/<name>/`, with the folder of the crate.",
            ));
        } else if *id != logical_id(name) {
            problems.push(Problem::new(
                TEMPLATE,
                function.line,
                format!("{id} is the function {name}"),
                format!("Name it {}.", logical_id(name)),
            ));
        }
    }
    problems
}

fn shape(sources: &Sources, name: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    let folder = format!("functions/{name}");
    let file = |file: &str| (format!("{folder}/{file}"), sources.get(&format!("{folder}/{file}")));

    let (path, text) = file("Cargo.toml");
    match text {
        None => problems.push(Problem::new(path, 0, "the file is missing", "Write it.")),
        Some(text) => {
            let manifest = Manifest::of(sources, &folder).unwrap_or_default();
            for (binary, line) in manifest.binaries.iter().filter(|(binary, _)| binary != name) {
                let what = format!("the binary of {name} is named {binary}");
                problems.push(Problem::new(&path, *line, what, format!("Name it {name}.")));
            }
            problems.extend(too_long(&path, text, MANIFEST_LINES, "List only what the endpoint needs."));
        }
    }

    let (path, text) = file("src/main.rs");
    let call = format!("{}::handle", snake(name));
    match text {
        None => problems.push(Problem::new(path, 0, "the file is missing", format!("Serve `{call}` in it."))),
        Some(text) => {
            problems.extend(too_long(&path, text, MAIN_LINES, "Move the rest to lib.rs."));
            if !text.contains(&call) {
                let what = "main does not serve the function's `handle`";
                problems.push(Problem::new(
                    &path,
                    line_of(text, "fn main"),
                    what,
                    format!("Serve `{call}`."),
                ));
            }
        }
    }

    let (path, text) = file("src/lib.rs");
    if let Some(text) = text {
        for (part, what) in [("app! {", "no `app!`"), ("pub async fn handle(", "no `pub async fn handle`")] {
            if !text.contains(part) {
                let remedy = "Write the function as functions/get-file/src/lib.rs is written.";
                problems.push(Problem::new(&path, 1, format!("the function has {what}"), remedy));
            }
        }
    }
    problems
}

fn too_long(path: &str, text: &str, limit: usize, remedy: &str) -> Option<Problem> {
    let lines = text.lines().count();
    let what = format!("{lines} lines, and at most {limit} are allowed");
    (lines > limit).then(|| Problem::new(path, limit + 1, what, remedy))
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
    fn a_folder_without_a_stanza_and_a_stanza_without_a_folder_are_named() {
        let mut sources = repository();
        let template = sources.get(TEMPLATE).unwrap().replace("functions/get-note/", "functions/get-notes/");
        sources.put(TEMPLATE, template);
        let expected = [
            "CodeUri of GetNoteFunction names no crate",
            "template.yaml has no function with CodeUri functions/get-note/",
        ];
        assert_eq!(found_in(&sources), expected);
    }

    #[test]
    fn a_function_has_one_name() {
        let mut sources = repository();
        let template = sources.get(TEMPLATE).unwrap().replace("GetNoteFunction", "ShowNoteFunction");
        sources.put(TEMPLATE, template);
        let manifest = "bin = [{ name = \"show-note\" }]\n[package]\nname = \"get-note\"\n";
        sources.put("functions/get-note/Cargo.toml", manifest);
        sources.put("functions/get-note/src/main.rs", "fn main() { serve(show_note::handle) }\n");
        let expected = [
            "ShowNoteFunction is the function get-note",
            "the binary of get-note is named show-note",
            "main does not serve the function's `handle`",
        ];
        assert_eq!(found_in(&sources), expected);
    }

    #[test]
    fn a_function_has_the_usual_shape() {
        let mut sources = repository();
        sources.put("functions/get-note/Cargo.toml", "\n".repeat(29));
        sources.put("functions/get-note/src/main.rs", "// get_note::handle\n".repeat(7));
        sources.put("functions/get-note/src/lib.rs", "//! A page.\n");
        let expected = [
            "29 lines, and at most 28 are allowed",
            "7 lines, and at most 6 are allowed",
            "the function has no `app!`",
            "the function has no `pub async fn handle`",
        ];
        assert_eq!(found_in(&sources), expected);
    }
}
