//! The operation of a new endpoint in `openapi.yaml`.

use super::{Endpoint, insert};
use crate::template::normalised;
use crate::yaml::{self, Node, Value};

/// The description with one more operation: below its path if another method has it, else below the path that comes
/// before it in the alphabet.
///
/// # Errors
/// If the description has no paths.
pub(super) fn with_operation(text: &str, endpoint: &Endpoint) -> Result<String, String> {
    let root = yaml::parse(text).map_err(|(line, what)| format!("openapi.yaml:{line}: {what}"))?;
    let paths = root.get("paths").map(Node::entries).unwrap_or_default();
    let wanted = normalised(&endpoint.path);
    let same = paths.iter().find(|(path, ..)| normalised(path) == wanted);
    let before = paths.iter().filter(|(path, ..)| *path < endpoint.path).max_by_key(|(path, ..)| path);
    let (_, line, neighbour) = same.or(before).or(paths.last()).ok_or("openapi.yaml has no paths")?;
    let operation = operation(endpoint, neighbour);
    let new = if same.is_some() { operation } else { format!("  {}:\n{operation}", endpoint.path) };
    Ok(insert::behind(text, *line, &new))
}

/// The operation, with the tag of a neighbouring path.
fn operation(endpoint: &Endpoint, neighbour: &Node) -> String {
    let tag = neighbour.entries().iter().find_map(|(.., operation)| {
        let Value::List(tags) = &operation.get("tags")?.value else { return None };
        tags.first()?.text()
    });
    let parameter = |name| {
        format!(
            "        - name: {name}\n          in: path\n          required: true\n          schema: {{type: string}}\n"
        )
    };
    let parameters: String = endpoint.parameters().map(parameter).collect();
    let heading = if parameters.is_empty() { "" } else { "      parameters:\n" };
    endpoint
        .fill(include_str!("files/operation.yaml.txt"))
        .replace("{{tag}}", tag.unwrap_or("Service"))
        .replace("{{parameters}}\n", &format!("{heading}{parameters}"))
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
    fn an_operation_has_parameters_and_the_tag_of_its_neighbour() {
        let text = "paths:\n  /api/notes:\n    get: {tags: [Files]}\n";
        let endpoint = Endpoint::new("do-it", "PUT", "/api/notes/{id}").unwrap();
        let root = yaml::parse(&with_operation(text, &endpoint).unwrap()).unwrap();
        let operation = root.at(&["paths", "/api/notes/{id}", "put"]).unwrap().to_json();
        assert_eq!(operation["tags"], serde_json::json!(["Files"]));
        assert_eq!(operation["parameters"][0]["name"], "id");
        assert_eq!(operation["operationId"], "do-it");
    }

    #[test]
    fn a_path_is_added_in_order() {
        let expected = ["/api/notes: get", "/api/notes/{id}: put", "/api/others: get"];
        assert_eq!(keys("PUT", "/api/notes/{id}"), expected);
        let expected = ["/api/notes: get", "/api/others: get", "/health: get"];
        assert_eq!(keys("GET", "/health"), expected);
    }
}
