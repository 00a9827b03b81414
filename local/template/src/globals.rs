//! The `Globals` section: properties that all functions, or the HTTP API, have in common.
//!
//! <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html>

use super::error::{Checked, Problem};
use super::node::{Kind, Node};

/// The properties that SAM allows in `Globals.Function` and that the local stack supports.
const FUNCTION: [&str; 14] = [
    "Architectures",
    "CodeUri",
    "Description",
    "Environment",
    "EphemeralStorage",
    "EventInvokeConfig",
    "Handler",
    "LoggingConfig",
    "MemorySize",
    "ReservedConcurrentExecutions",
    "Runtime",
    "Tags",
    "Timeout",
    "Tracing",
];

const HTTP_API: [&str; 6] = [
    "AccessLogSettings",
    "CorsConfiguration",
    "DefaultRouteSettings",
    "DisableExecuteApiEndpoint",
    "FailOnWarnings",
    "Tags",
];

/// Refuses properties that SAM does not allow or that the local stack does not support.
pub(super) fn check(globals: &Node) -> Checked<()> {
    for section in globals.entries("Globals")? {
        let allowed: &[&str] = match section.key.as_str() {
            "Function" => &FUNCTION,
            "HttpApi" => &HTTP_API,
            other => {
                let message = format!("`Globals.{other}` is not supported by the local stack");
                return Err(Problem::at(section.line, message));
            }
        };
        for property in section.value.entries("a section of Globals")? {
            if !allowed.contains(&property.key.as_str()) {
                let message = format!("`Globals.{}.{}` is not supported", section.key, property.key);
                return Err(Problem::at(property.line, message));
            }
        }
    }
    Ok(())
}

/// Merges the globals for resources of type `kind` into `properties`.
pub(super) fn merged(kind: &str, globals: &Node, properties: Node) -> Node {
    let section = match kind {
        "AWS::Serverless::Function" => globals.get("Function"),
        "AWS::Serverless::HttpApi" => globals.get("HttpApi"),
        _ => None,
    };
    match section {
        Some(section) => merge(section, properties),
        None => properties,
    }
}

/// Merges two values as SAM does: mappings by key, lists by appending the local one to the global one. Other local
/// values replace the global ones.
fn merge(global: &Node, local: Node) -> Node {
    match (&global.kind, local.kind) {
        (Kind::Map(base), Kind::Map(own)) => {
            let mut entries = base.clone();
            for entry in own {
                match entries.iter_mut().find(|known| known.key == entry.key) {
                    Some(known) => {
                        known.line = entry.line;
                        known.value = merge(&known.value.clone(), entry.value);
                    }
                    None => entries.push(entry),
                }
            }
            Node { line: local.line, kind: Kind::Map(entries) }
        }
        (Kind::List(base), Kind::List(own)) => {
            Node { line: local.line, kind: Kind::List(base.iter().cloned().chain(own).collect()) }
        }
        (_, kind) => Node { line: local.line, kind },
    }
}
