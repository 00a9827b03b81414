//! Every crate opens with a page that says what it is, and is named after its folder.

use crate::manifest::Manifest;
use crate::problem::Problem;
use crate::sources::Sources;

pub(super) fn check(sources: &Sources) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (parent, prefix) in [("shared", "satchel-"), ("local", "local-"), ("functions", "")] {
        for manifest in Manifest::below(sources, parent) {
            let folder = manifest.folder();
            problems.extend(page(sources, &format!("{parent}/{folder}/src/lib.rs")));
            let (name, line) = &manifest.package;
            if *name != format!("{prefix}{folder}") && !["local", "workspace-hack"].contains(&name.as_str()) {
                problems.push(Problem::new(
                    &manifest.path,
                    *line,
                    format!("the package in {parent}/{folder} is named {name}"),
                    format!("Name it {prefix}{folder}."),
                ));
            }
        }
    }
    problems.extend(page(sources, "xtask/src/lib.rs"));
    problems
}

fn page(sources: &Sources, path: &str) -> Option<Problem> {
    let Some(text) = sources.get(path) else {
        return Some(Problem::new(path, 0, "the file is missing", "Write it, with a `//!` page."));
    };
    let remedy = "Begin the file with `//!` and what the crate is for.";
    (!text.starts_with("//!")).then(|| Problem::new(path, 1, "the crate has no page", remedy))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{found, repository};

    #[test]
    fn a_repository_in_order_has_no_problem() {
        assert_eq!(found(&check(&repository())), [""; 0]);
    }

    #[test]
    fn a_crate_without_a_page_is_named() {
        let mut sources = repository();
        sources.put("shared/model/src/lib.rs", "mod a;\n");
        sources.remove("local/policy/src/lib.rs");
        let problems = check(&sources);
        let files: Vec<_> = problems.iter().map(|problem| problem.file.as_str()).collect();
        assert_eq!(files, ["shared/model/src/lib.rs", "local/policy/src/lib.rs"]);
    }

    #[test]
    fn a_package_has_the_name_of_its_folder() {
        let mut sources = repository();
        sources.put("functions/get-note/Cargo.toml", "[package]\nname = \"get-notes\"\n");
        assert_eq!(found(&check(&sources)), ["the package in functions/get-note is named get-notes"]);
    }
}
