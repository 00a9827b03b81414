//! The resources of a template, by type.

use super::document::{Document, Resource};
use super::error::{Checked, Problem};
use super::scope::Scope;
use super::types::{IGNORED, SUPPORTED, is_custom};

/// Refuses resources of unsupported types.
pub(super) fn check_types(document: &Document) -> Checked<()> {
    for resource in &document.resources {
        let kind = resource.kind.as_str();
        if !SUPPORTED.contains(&kind) && !IGNORED.contains(&kind) && !is_custom(kind) {
            let message = format!("{}: the type `{kind}` is not supported by the local stack", resource.id);
            return Err(Problem::at(resource.line, message));
        }
    }
    Ok(())
}

/// The resources of one type that exist in this stack.
pub(super) fn of_type<'a>(scope: &Scope<'a>, kind: &str) -> Checked<Vec<&'a Resource>> {
    let mut found = Vec::new();
    for resource in scope.document.resources.iter().filter(|resource| resource.kind == kind) {
        if scope.exists(resource)? {
            found.push(resource);
        }
    }
    Ok(found)
}
