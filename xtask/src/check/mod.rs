//! The checks of `cargo xtask check`. Each compares the files of the repository with one rule.

mod crates;
mod cycles;
mod dependencies;
mod events;
mod functions;
mod openapi;
mod routes;
mod signals;
mod table_access;
mod terms;
mod tested;

pub use routes::{PAGE, row};

use crate::problem::Problem;
use crate::sources::Sources;
use crate::template::Template;

/// All problems of the repository, in the order of their files.
#[must_use]
pub fn all(sources: &Sources) -> Vec<Problem> {
    let mut problems = [
        dependencies::check(sources),
        terms::check(sources),
        crates::check(sources),
        signals::check(sources),
    ]
    .concat();
    match Template::read(sources) {
        Ok(template) => problems.extend(
            [
                functions::check(sources, &template),
                table_access::check(&template),
                events::check(sources, &template),
                tested::check(sources, &template),
                routes::check(sources, &template),
                openapi::check(sources, &template),
            ]
            .concat(),
        ),
        Err(problem) => problems.push(problem),
    }
    problems.sort();
    problems.dedup();
    problems
}
