//! What `template.yaml` says of the functions: folders, settings and routes, each with its line.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::problem::Problem;
use crate::sources::Sources;
use crate::yaml::{self, Node};

/// The path of the template.
pub const TEMPLATE: &str = "template.yaml";

/// The part of the template that the checks compare.
#[derive(Debug, Clone, Default)]
pub struct Template {
    /// The settings that every function gets.
    pub globals: Vec<Setting>,
    /// In the order of the template.
    pub functions: Vec<Function>,
}

/// One `AWS::Serverless::Function`.
#[derive(Debug, Clone)]
pub struct Function {
    /// The logical id, such as `GetFileFunction`.
    pub id: String,
    /// Where the stanza starts.
    pub line: usize,
    /// The folder in `functions/` that `CodeUri` names; empty if it names none.
    pub name: String,
    /// The line of `CodeUri`.
    pub code_line: usize,
    /// The function's own settings.
    pub settings: Vec<Setting>,
    /// Its `HttpApi` events.
    pub routes: Vec<Route>,
    /// The statements of its policies.
    pub statements: Vec<Statement>,
}

/// One statement of a function's policies.
#[derive(Debug, Clone)]
pub struct Statement {
    /// Where it starts.
    pub line: usize,
    /// Such as `dynamodb:GetItem`.
    pub actions: Vec<String>,
    /// Null if it has none.
    pub condition: Json,
}

/// One variable of an environment.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Such as `TABLE_NAME`.
    pub name: String,
    /// The value, if it is written in the template and not computed.
    pub value: Option<String>,
    /// Where it is.
    pub line: usize,
}

/// One route of the HTTP API.
#[derive(Debug, Clone)]
pub struct Route {
    /// Such as `GET`.
    pub method: String,
    /// Such as `/api/files/{id}`.
    pub path: String,
    /// Where it is.
    pub line: usize,
}

impl Route {
    /// Such as `GET /api/files/{id}`.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

impl Template {
    /// Reads the template.
    ///
    /// # Errors
    /// If it is missing or is not YAML.
    pub fn read(sources: &Sources) -> Result<Self, Problem> {
        let text = sources
            .get(TEMPLATE)
            .ok_or_else(|| Problem::new(TEMPLATE, 0, "the file is missing", "Restore it."))?;
        let root = yaml::parse(text)
            .map_err(|(line, what)| Problem::new(TEMPLATE, line, what, "Correct the YAML."))?;
        let globals = settings(root.at(&["Globals", "Function"]));
        let resources = root.get("Resources").map(Node::entries).unwrap_or_default();
        let functions = resources.iter().filter(|(.., node)| is_function(node));
        Ok(Self { globals, functions: functions.map(|(id, line, node)| function(id, *line, node)).collect() })
    }

    /// The function whose code is in `functions/<name>`.
    #[must_use]
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.name == name)
    }

    /// Every route with its function.
    pub fn routes(&self) -> impl Iterator<Item = (&Function, &Route)> {
        self.functions.iter().flat_map(|function| function.routes.iter().map(move |route| (function, route)))
    }

    /// Every route as [`normalised`] text.
    #[must_use]
    pub fn keys(&self) -> BTreeSet<String> {
        self.routes().map(|(_, route)| normalised(&route.key())).collect()
    }
}

/// A route without the names of its parameters and without a trailing slash: two routes with the same result are the
/// same route of API Gateway.
#[must_use]
pub fn normalised(route: &str) -> String {
    let named = route.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment });
    named.collect::<Vec<_>>().join("/").trim_end_matches('/').to_owned()
}

fn is_function(node: &Node) -> bool {
    node.get("Type").and_then(Node::text) == Some("AWS::Serverless::Function")
}

fn function(id: &str, line: usize, node: &Node) -> Function {
    let properties = node.get("Properties");
    let code = properties.and_then(|properties| properties.get("CodeUri"));
    let uri = code.and_then(Node::text).unwrap_or_default();
    let name = uri.strip_prefix("functions/").unwrap_or_default().trim_end_matches('/');
    let events =
        properties.and_then(|properties| properties.get("Events")).map(Node::entries).unwrap_or_default();
    let routes = events.iter().filter_map(|(_, line, event)| {
        let of = |key| event.at(&["Properties", key]).and_then(Node::text).map(str::to_owned);
        (event.get("Type").and_then(Node::text) == Some("HttpApi"))
            .then(|| Some(Route { method: of("Method")?, path: of("Path")?, line: *line }))?
    });
    Function {
        id: id.to_owned(),
        line,
        name: name.to_owned(),
        code_line: code.map_or(line, |code| code.line),
        settings: settings(properties),
        routes: routes.collect(),
        statements: properties.and_then(|of| of.get("Policies")).map(statements).unwrap_or_default(),
    }
}

fn statements(policies: &Node) -> Vec<Statement> {
    let documents = policies.items().iter().filter_map(|document| document.get("Statement"));
    let statement = |node: &Node| {
        let texts = |node: &Node| match node.text() {
            Some(text) => vec![text.to_owned()],
            None => node.items().iter().filter_map(Node::text).map(str::to_owned).collect(),
        };
        Statement {
            line: node.line,
            actions: node.get("Action").map(texts).unwrap_or_default(),
            condition: node.get("Condition").map(Node::to_json).unwrap_or_default(),
        }
    };
    documents.flat_map(Node::items).map(statement).collect()
}

fn settings(properties: Option<&Node>) -> Vec<Setting> {
    let variables = properties.and_then(|properties| properties.at(&["Environment", "Variables"]));
    let entries = variables.map(Node::entries).unwrap_or_default().iter();
    let value = |node: &Node| node.text().filter(|_| !node.tagged).map(str::to_owned);
    entries
        .map(|(name, line, node)| Setting { name: name.clone(), value: value(node), line: *line })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn a_function_has_folder_settings_and_routes() {
        let template = Template::read(&fixture::repository()).unwrap();
        let function = template.function("get-note").unwrap();
        assert_eq!(function.id, "GetNoteFunction");
        assert_eq!(function.routes[0].key(), "GET /api/notes/{id}");
        let names: Vec<_> = function.settings.iter().map(|setting| setting.name.as_str()).collect();
        assert_eq!(names, ["NOTE_SECONDS"]);
        let globals: Vec<_> = template.globals.iter().map(|setting| setting.name.as_str()).collect();
        assert_eq!(globals, ["TABLE_NAME", "ORIGIN_SECRETS"]);
    }

    #[test]
    fn names_of_parameters_and_a_trailing_slash_make_no_difference() {
        assert_eq!(normalised("GET /a/{id}/"), normalised("GET /a/{other}"));
        assert_ne!(normalised("GET /a/{id}"), normalised("GET /a/id"));
    }
}
