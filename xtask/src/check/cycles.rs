//! No crate of the local stack depends on itself, not even in its tests.

use std::collections::{BTreeSet, VecDeque};

use crate::manifest::{Dependency, Manifest};
use crate::problem::Problem;

/// One problem for each cycle, the shortest first. Cargo refuses only cycles without dev-dependencies.
pub(super) fn check(manifests: &[Manifest]) -> Vec<Problem> {
    let mut rest: Vec<&Manifest> = manifests.iter().collect();
    let mut problems = Vec::new();
    while let Some(cycle) = rest.iter().filter_map(|start| cycle(&rest, start)).min_by_key(Vec::len) {
        let names: Vec<_> = cycle.iter().map(|(manifest, _)| manifest.package.0.as_str()).collect();
        if let Some((last, dependency)) = cycle.last() {
            let what = format!("a cycle: {} > {}", names.join(" > "), dependency.package);
            problems.push(Problem::new(
                &last.path,
                dependency.line,
                what,
                "Move what both need to a third crate.",
            ));
        }
        rest.retain(|manifest| !names.contains(&manifest.package.0.as_str()));
    }
    problems
}

/// The shortest way from a crate back to itself: each crate on it, with the dependency that leads to the next.
fn cycle<'a>(all: &[&'a Manifest], start: &'a Manifest) -> Option<Vec<(&'a Manifest, &'a Dependency)>> {
    let (mut ways, mut seen) = (VecDeque::from([(start, Vec::new())]), BTreeSet::new());
    while let Some((manifest, way)) = ways.pop_front() {
        for dependency in &manifest.dependencies {
            let way = [way.as_slice(), &[(manifest, dependency)]].concat();
            if dependency.package == start.package.0 {
                return Some(way);
            }
            let next = all.iter().find(|next| next.package.0 == dependency.package);
            if let Some(next) = next.filter(|_| seen.insert(&dependency.package)) {
                ways.push_back((next, way));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{depend, found, repository};

    #[test]
    fn a_cycle_is_named_with_each_of_its_crates() {
        let mut sources = repository();
        assert_eq!(check(&Manifest::below(&sources, "local")), []);
        depend(&mut sources, "local/policy", "dev-dependencies", "local");
        let expected = ["a cycle: local > local-policy > local"];
        assert_eq!(found(&check(&Manifest::below(&sources, "local"))), expected);
    }
}
