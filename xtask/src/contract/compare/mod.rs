//! `cargo xtask contract compare`: what a new version of the contract breaks for the clients of an old one.

mod operations;
mod schemas;
#[cfg(test)]
mod tests;

use super::Document;
use super::history::History;

/// Compares the current contract with its history. The first list is for people: what was compared. The second has the
/// breaking changes that the version does not announce.
#[must_use]
pub fn check(history: Option<&History>, document: &Document) -> (Vec<String>, Vec<String>) {
    let Some(history) = history else {
        return (vec!["git has no earlier contract: nothing to compare with".to_owned()], Vec::new());
    };
    let current = &history.current;
    let mut compared = vec![describe(&current.hash, &current.document)];
    let mut broken = unannounced(&current.document, document);
    if let Some(former) = &history.former {
        compared.push(describe(&former.hash, &former.document));
        broken.extend(unannounced(&former.document, &current.document));
    }
    if history.is_shallow {
        let hint = "`git fetch --unshallow` gets it";
        compared.push(format!("history is missing, so earlier versions may not have been compared: {hint}"));
    }
    (compared, broken)
}

fn describe(hash: &str, document: &Document) -> String {
    format!("compared with version {} of commit {}", document.version(), &hash[..hash.len().min(10)])
}

/// The breaking changes from `old` to `new`; none if the major version of `new` is higher.
fn unannounced(old: &Document, new: &Document) -> Vec<String> {
    let is_announced = match (major(old), major(new)) {
        (Some(old), Some(new)) => new > old,
        _ => return vec![format!("info.version is `{}`, and not such as 1.2.3", new.version())],
    };
    if is_announced { Vec::new() } else { breaking_changes(old, new) }
}

fn major(document: &Document) -> Option<u64> {
    let numbers: Option<Vec<u64>> = document.version().split('.').map(|part| part.parse().ok()).collect();
    numbers.filter(|numbers| numbers.len() == 3).map(|numbers| numbers[0])
}

/// Every change that can break a client of `old`, in the order of `old`.
#[must_use]
pub fn breaking_changes(old: &Document, new: &Document) -> Vec<String> {
    operations::compare(old, new)
}
