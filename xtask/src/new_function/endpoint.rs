//! What is asked for: name, method and path of an endpoint.

use crate::names::{logical_id, snake};
use crate::sources::Sources;
use crate::template::{Template, normalised};

/// The id that stands for a path parameter in events and tests.
const EXAMPLE: &str = "019ce36f-2530-7000-8000-000000000003";

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// An endpoint that is not there yet.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Such as `list-file-versions`.
    pub name: String,
    /// Such as `GET`.
    pub method: String,
    /// Such as `/api/files/{id}/versions`.
    pub path: String,
}

impl Endpoint {
    /// Reads name, method and path.
    ///
    /// # Errors
    /// What is malformed, and the form that it must have.
    pub fn new(name: &str, method: &str, path: &str) -> Result<Self, String> {
        let is_word = |word: &str| {
            word.starts_with(|first: char| first.is_ascii_lowercase())
                && word.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
        };
        if !name.split('-').all(is_word) || !name.contains('-') {
            return Err(format!("`{name}` is no name: write a verb and a noun, as in list-file-versions"));
        }
        if !METHODS.contains(&method) {
            return Err(format!("`{method}` is no method: write one of {}", METHODS.join(", ")));
        }
        let is_literal = |segment: &str| {
            segment.chars().all(|letter| letter.is_ascii_alphanumeric() || "-._~".contains(letter))
        };
        let is_name = |name: &str| {
            !name.is_empty() && name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_')
        };
        let is_segment = |segment: &str| {
            let parameter = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
            !segment.is_empty() && parameter.map_or_else(|| is_literal(segment), is_name)
        };
        let segments = path.strip_prefix('/').map(|rest| rest.split('/').collect::<Vec<_>>());
        if !segments.is_some_and(|segments| segments.into_iter().all(is_segment)) {
            return Err(format!(
                "`{path}` is no path: write it without a trailing slash, as in /api/files/{{id}}/versions"
            ));
        }
        Ok(Self { name: name.to_owned(), method: method.to_owned(), path: path.to_owned() })
    }

    /// # Errors
    /// What exists already.
    pub fn check(&self, sources: &Sources, template: &Template) -> Result<(), String> {
        let folder = format!("functions/{}", self.name);
        let files = [format!("events/{}.json", self.name), format!("tests/api/{}.rs", self.module())];
        let is_taken = sources.below(&folder).next().is_some() || template.function(&self.name).is_some();
        if is_taken {
            return Err(format!("{folder} exists already: choose another name"));
        }
        if let Some(file) = files.iter().find(|file| sources.get(file).is_some()) {
            return Err(format!("{file} exists already: choose another name"));
        }
        let route = self.route();
        let same = template.routes().find(|(_, known)| normalised(&known.key()) == normalised(&route));
        same.map_or(Ok(()), |(function, _)| Err(format!("`{route}` is a route of {} already", function.name)))
    }

    /// Such as `GET /api/files/{id}/versions`.
    #[must_use]
    pub fn route(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The name in Rust.
    #[must_use]
    pub fn module(&self) -> String {
        snake(&self.name)
    }

    /// The names of the path parameters, in their order.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        self.path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
    }

    /// The path with an id for each parameter.
    #[must_use]
    pub fn example(&self) -> String {
        let segments = self.path.split('/');
        let ids = segments.map(|segment| if segment.starts_with('{') { EXAMPLE } else { segment });
        ids.collect::<Vec<_>>().join("/")
    }

    /// The value of each parameter in [`example`](Self::example).
    #[must_use]
    pub fn example_value(&self) -> &'static str {
        EXAMPLE
    }

    /// `text` with the values of this endpoint.
    #[must_use]
    pub fn fill(&self, text: &str) -> String {
        text.replace("{{name}}", &self.name)
            .replace("{{module}}", &self.module())
            .replace("{{id}}", &logical_id(&self.name))
            .replace("{{route}}", &self.route())
            .replace("{{method}}", &self.method)
            .replace("{{verb}}", &self.method.to_lowercase())
            .replace("{{path}}", &self.path)
            .replace("{{example}}", &self.example())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_malformed_is_refused_with_the_form_that_it_must_have() {
        let path = "/api/files/{id}/versions";
        assert!(Endpoint::new("list-file-versions", "GET", path).is_ok());
        for name in ["", "list", "List-files", "list_files", "list--files", "list-", "1-file", "../a-b"] {
            let error = Endpoint::new(name, "GET", path).unwrap_err();
            assert_eq!(
                error,
                format!("`{name}` is no name: write a verb and a noun, as in list-file-versions")
            );
        }
        for method in ["get", "HEAD", "ANY"] {
            let error = Endpoint::new("list-files", method, path).unwrap_err();
            assert!(error.ends_with("write one of GET, POST, PUT, PATCH, DELETE"), "{error}");
        }
        for path in
            ["", "/", "api/files", "/api/files/", "/api//a", "/api/{}", "/api/{id+}", "/a/{id", "/a b"]
        {
            let error = Endpoint::new("list-files", "GET", path).unwrap_err();
            assert!(error.contains("is no path: write it without a trailing slash"), "{error}");
        }
    }

    #[test]
    fn an_example_has_an_id_for_each_parameter() {
        let endpoint = Endpoint::new("get-part", "GET", "/a/{id}/b/{part_id}").unwrap();
        assert_eq!(endpoint.parameters().collect::<Vec<_>>(), ["id", "part_id"]);
        assert_eq!(endpoint.example(), format!("/a/{EXAMPLE}/b/{EXAMPLE}"));
    }
}
