//! The `Globals` section: properties that every function, or the HTTP API, starts from.
//!
//! <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html>

use super::error::{Checked, Problem};
use super::node::{Kind, Node};

/// What SAM lets `Globals.Function` hold, as far as the local stack knows the properties at all.
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

/// Refuses what SAM would refuse or what is not known here.
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

/// `properties` of a resource of type `kind` on top of the globals for it.
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

/// As SAM merges: mappings by key, lists one after the other (the global one first), anything else is replaced.
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
