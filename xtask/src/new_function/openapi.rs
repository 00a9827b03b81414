//! The operation of a new endpoint in `openapi.yaml`, once that file exists.

use super::{Endpoint, insert};
use crate::template::normalised;
use crate::yaml::{self, Node};

/// The description with one more operation: below its path if another method has it, else below the path that comes
/// before it in the alphabet.
///
/// # Errors
/// If the description has no paths.
pub(super) fn with_operation(text: &str, endpoint: &Endpoint) -> Result<String, String> {
    let root = yaml::parse(text).map_err(|(line, what)| format!("openapi.yaml:{line}: {what}"))?;
    let paths = root.get("paths").map(Node::entries).unwrap_or_default();
    let operation = endpoint.fill(include_str!("files/operation.yaml.txt"));
    let wanted = normalised(&endpoint.path);
    if let Some((_, line, _)) = paths.iter().find(|(path, ..)| normalised(path) == wanted) {
        return Ok(insert::behind(text, *line, &operation));
    }
    let before = paths.iter().filter(|(path, ..)| *path < endpoint.path).max_by_key(|(path, ..)| path);
    let (_, line, _) = before.or(paths.last()).ok_or("openapi.yaml has no paths")?;
    Ok(insert::behind(text, *line, &format!("  {}:\n{operation}", endpoint.path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "paths:\n  /api/notes:\n    get: {}\n  /api/others:\n    get: {}\ncomponents: {}\n";

    fn keys(method: &str, path: &str) -> Vec<String> {
        let endpoint = Endpoint::new("do-it", method, path).unwrap();
        let root = yaml::parse(&with_operation(TEXT, &endpoint).unwrap()).unwrap();
        let paths = root.get("paths").unwrap().entries().iter();
        let methods = |item: &Node| {
            item.entries().iter().map(|(method, ..)| method.as_str()).collect::<Vec<_>>().join(" ")
        };
        paths.map(|(path, _, item)| format!("{path}: {}", methods(item))).collect()
    }

    #[test]
    fn an_operation_is_added_to_its_path() {
        assert_eq!(keys("POST", "/api/notes"), ["/api/notes: get post", "/api/others: get"]);
    }

    #[test]
    fn a_path_is_added_in_order() {
        let expected = ["/api/notes: get", "/api/notes/{id}: put", "/api/others: get"];
        assert_eq!(keys("PUT", "/api/notes/{id}"), expected);
        let expected = ["/api/notes: get", "/api/others: get", "/health: get"];
        assert_eq!(keys("GET", "/health"), expected);
    }
}
