//! Which crate may depend on which.

use std::collections::BTreeSet;

use crate::layers::{HTTP, TESTING, WORKSPACE_HACK, knows_http, layer_of, order};
use crate::manifest::{Dependency, Manifest};
use crate::problem::Problem;
use crate::sources::Sources;

pub(super) fn check(sources: &Sources) -> Vec<Problem> {
    let all = Crates {
        functions: Manifest::below(sources, "functions"),
        shared: Manifest::below(sources, "shared"),
        local: Manifest::below(sources, "local"),
    };
    let mut problems = Vec::new();
    for manifest in &all.functions {
        all.check_function(manifest, &mut problems);
    }
    for manifest in &all.shared {
        all.check_shared(manifest, &mut problems);
    }
    for manifest in &all.local {
        all.check_local(manifest, &mut problems);
    }
    problems.extend(super::cycles::check(&all.local));
    for folder in ["xtask", "cli"] {
        if let Some(manifest) = Manifest::of(sources, folder) {
            all.check_tool(&manifest, &mut problems);
        }
    }
    problems
}

struct Crates {
    functions: Vec<Manifest>,
    shared: Vec<Manifest>,
    local: Vec<Manifest>,
}

/// What a dependency is, by the folder of its crate.
enum Target<'a> {
    Function,
    Shared(&'a str),
    Local,
    Foreign,
}

impl Crates {
    fn target(&self, package: &str) -> Target<'_> {
        let is = |manifest: &&Manifest| manifest.package.0 == package;
        if self.functions.iter().any(|manifest| is(&manifest)) {
            Target::Function
        } else if let Some(manifest) = self.shared.iter().find(is) {
            Target::Shared(manifest.folder())
        } else if self.local.iter().any(|manifest| is(&manifest)) {
            Target::Local
        } else {
            Target::Foreign
        }
    }

    fn check_function(&self, manifest: &Manifest, problems: &mut Vec<Problem>) {
        for dependency in &manifest.dependencies {
            let package = &dependency.package;
            match self.target(package) {
                Target::Function => problems.push(problem(
                    manifest,
                    dependency,
                    format!("a function depends on the function {package}"),
                    "Move what both need to a crate in shared/.",
                )),
                Target::Local => problems.push(problem(
                    manifest,
                    dependency,
                    format!("a function depends on {package} of the local stack"),
                    "Remove the dependency: functions know nothing of where they run.",
                )),
                Target::Shared(TESTING) if !dependency.dev => {
                    problems.push(testing_in_product(manifest, dependency));
                }
                _ => {}
            }
        }
    }

    fn check_shared(&self, manifest: &Manifest, problems: &mut Vec<Problem>) {
        let name = manifest.folder();
        if [TESTING, WORKSPACE_HACK].contains(&name) {
            return;
        }
        let Some(layer) = layer_of(name) else {
            problems.push(Problem::new(
                &manifest.path,
                manifest.package.1,
                format!("the crate {name} is in no layer"),
                "Add it to LAYERS in xtask/src/layers.rs and to docs/architecture.md.",
            ));
            return;
        };
        for dependency in &manifest.dependencies {
            let package = &dependency.package;
            let found = match self.target(package) {
                Target::Function | Target::Local => Some(format!("a shared crate depends on {package}")),
                Target::Shared(TESTING) if !dependency.dev => {
                    problems.push(testing_in_product(manifest, dependency));
                    None
                }
                Target::Shared(TESTING) if self.testing_uses(name) => {
                    Some(format!("{name} uses {package} in its tests, and {package} depends on {name}"))
                }
                Target::Shared(TESTING | WORKSPACE_HACK) => None,
                Target::Shared(HTTP) if knows_http(name) => None,
                Target::Shared(HTTP) => {
                    Some(format!("{name} depends on {package}, which only functions use"))
                }
                Target::Shared(other) if layer_of(other).is_some_and(|other| other >= layer) => {
                    Some(format!("{name} depends on {other}, which is not in a lower layer"))
                }
                _ => None,
            };
            let remedy = format!("Remove the dependency. The layers are: functions > {}.", order());
            problems.extend(found.map(|what| problem(manifest, dependency, what, remedy)));
        }
    }

    fn testing_uses(&self, name: &str) -> bool {
        let testing = self.shared.iter().find(|manifest| manifest.folder() == TESTING);
        let mut used = testing.into_iter().flat_map(|testing| &testing.dependencies);
        used.any(
            |dependency| matches!(self.target(&dependency.package), Target::Shared(used) if used == name),
        )
    }

    fn check_local(&self, manifest: &Manifest, problems: &mut Vec<Problem>) {
        for dependency in &manifest.dependencies {
            let package = &dependency.package;
            match self.target(package) {
                Target::Function | Target::Shared(_) if package != WORKSPACE_HACK => problems.push(problem(
                    manifest,
                    dependency,
                    format!("a crate of the local stack depends on {package}"),
                    "Remove the dependency: the local stack runs functions as binaries, as Lambda does.",
                )),
                _ => {}
            }
        }
    }

    /// The crates outside of the deployment: they compile only what is compiled anyway.
    fn check_tool(&self, manifest: &Manifest, problems: &mut Vec<Problem>) {
        if manifest.folder() == "cli" {
            if !manifest.is_workspace {
                problems.push(Problem::new(
                    &manifest.path,
                    manifest.package.1,
                    "cli is in the workspace of the functions, so its dependencies can change their features",
                    "Add a section [workspace] to the file, and name cli in `exclude` of the root's Cargo.toml.",
                ));
            }
            return;
        }
        let known: BTreeSet<_> =
            self.local.iter().flat_map(|local| &local.dependencies).map(|known| &known.package).collect();
        for dependency in &manifest.dependencies {
            let package = &dependency.package;
            if !known.contains(package) || !matches!(self.target(package), Target::Foreign | Target::Local) {
                problems.push(problem(
                    manifest,
                    dependency,
                    format!("{} depends on {package}, which the local stack does not use", manifest.folder()),
                    "Use std, or a crate that a Cargo.toml in local/ names.",
                ));
            }
        }
    }
}

fn problem(
    manifest: &Manifest,
    dependency: &Dependency,
    what: impl Into<String>,
    remedy: impl Into<String>,
) -> Problem {
    Problem::new(&manifest.path, dependency.line, what, remedy)
}

fn testing_in_product(manifest: &Manifest, dependency: &Dependency) -> Problem {
    let what = format!("{} is a dependency of product code", dependency.package);
    problem(manifest, dependency, what, "Move the line to [dev-dependencies].")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{depend, found, repository};

    #[test]
    fn a_repository_in_order_has_no_problem() {
        assert_eq!(check(&repository()), []);
    }

    #[test]
    fn a_dependency_on_the_same_or_a_higher_layer_is_named() {
        for (folder, package, what) in [
            ("shared/runtime", "satchel-guard", "runtime depends on guard, which is not in a lower layer"),
            ("shared/table", "satchel-objects", "table depends on objects, which is not in a lower layer"),
            ("shared/runtime", "satchel-http", "runtime depends on satchel-http, which only functions use"),
            ("shared/http", "satchel-table", "http depends on table, which is not in a lower layer"),
            ("shared/model", "local-policy", "a shared crate depends on local-policy"),
        ] {
            let mut sources = repository();
            depend(&mut sources, folder, "dependencies", package);
            assert_eq!(found(&check(&sources)), [what]);
        }
    }

    #[test]
    fn a_function_uses_neither_functions_nor_the_local_stack() {
        for (package, what) in [
            ("list-notes", "a function depends on the function list-notes"),
            ("local-policy", "a function depends on local-policy of the local stack"),
            ("satchel-testing", "satchel-testing is a dependency of product code"),
        ] {
            let mut sources = repository();
            depend(&mut sources, "functions/get-note", "dependencies", package);
            assert_eq!(found(&check(&sources)), [what]);
        }
    }

    #[test]
    fn testing_is_used_by_tests_of_crates_that_it_does_not_use() {
        let mut sources = repository();
        depend(&mut sources, "shared/table", "dev-dependencies", "satchel-testing");
        assert_eq!(check(&sources), []);
        depend(&mut sources, "shared/guard", "dev-dependencies", "satchel-testing");
        let what = "guard uses satchel-testing in its tests, and satchel-testing depends on guard";
        assert_eq!(found(&check(&sources)), [what]);
    }

    #[test]
    fn a_shared_crate_has_a_layer() {
        let mut sources = repository();
        sources.put("shared/new/Cargo.toml", "[package]\nname = \"satchel-new\"\n");
        assert_eq!(found(&check(&sources)), ["the crate new is in no layer"]);
    }

    #[test]
    fn the_local_stack_uses_no_shared_crate() {
        let mut sources = repository();
        depend(&mut sources, "local/policy", "dependencies", "satchel-model");
        assert_eq!(found(&check(&sources)), ["a crate of the local stack depends on satchel-model"]);
    }

    #[test]
    fn xtask_uses_what_the_local_stack_uses() {
        let mut sources = repository();
        depend(&mut sources, "xtask", "dependencies", "toml");
        assert_eq!(found(&check(&sources)), ["xtask depends on toml, which the local stack does not use"]);
    }

    #[test]
    fn cli_is_a_workspace_of_its_own() {
        let mut sources = repository();
        sources.put(
            "cli/Cargo.toml",
            "[workspace]\n[package]\nname = \"satchel\"\n[dependencies]\nureq = \"3\"\n",
        );
        assert_eq!(check(&sources), []);
        sources.put("cli/Cargo.toml", "[package]\nname = \"satchel\"\n");
        assert_eq!(check(&sources).len(), 1);
    }
}
