//! Compares one response with what the contract says of it.

use serde_json::Value;
use xtask::contract::document::reference;

use super::operations::{Operation, escaped};
use super::{Contract, gateway};
use crate::helpers::Answer;

/// Headers that a function sends whenever they are documented. The contract cannot require them, because API Gateway's own
/// responses with the same status do not have them.
const ALWAYS: [&str; 3] = ["Cache-Control", "Location", "WWW-Authenticate"];

/// A response, and the request that it answers.
pub struct Response<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub answer: &'a Answer,
}

impl Contract {
    /// The id of the operation that documents the response; none if API Gateway has answered for no operation.
    ///
    /// # Errors
    /// What the contract says instead.
    pub fn check(&self, response: &Response<'_>) -> Result<Option<String>, String> {
        let status = response.answer.status;
        if gateway::is_preflight(response) {
            return Ok(None);
        }
        if response.method == "HEAD" && !response.answer.bytes.is_empty() {
            return Err("HEAD is answered without a body".to_owned());
        }
        let is_own = gateway::is_own(response);
        let Some(operation) = self.operations.find(response.method, response.path) else {
            let is_unknown = is_own || (response.method == "HEAD" && status == 404);
            return if is_unknown { Ok(None) } else { Err("there is no such operation".to_owned()) };
        };
        let pointer = self.resolved(&format!("{}/responses/{status}", operation.pointer));
        let documented = self.document.root().pointer(&pointer);
        match documented {
            _ if is_own => Ok(documented.map(|_| operation.id.clone())),
            None => Err(format!("{operation} has no status {status}")),
            Some(documented) => self.check_parts(response, operation, &pointer, documented),
        }
    }

    fn check_parts(
        &self,
        response: &Response<'_>,
        operation: &Operation,
        pointer: &str,
        documented: &Value,
    ) -> Result<Option<String>, String> {
        let status = response.answer.status;
        let checked = self
            .check_headers(response.answer, pointer, &documented["headers"])
            .and_then(|()| self.check_body(response, pointer, &documented["content"]));
        checked
            .map(|()| Some(operation.id.clone()))
            .map_err(|what| format!("{operation} with {status} {what}"))
    }

    fn check_headers(&self, answer: &Answer, pointer: &str, documented: &Value) -> Result<(), String> {
        for name in documented.as_object().into_iter().flat_map(serde_json::Map::keys) {
            let pointer = self.resolved(&format!("{pointer}/headers/{}", escaped(name)));
            let header = self.document.root().pointer(&pointer).unwrap_or(&Value::Null);
            let Some(value) = answer.headers.get(name) else {
                if header["required"] == true || ALWAYS.contains(&name.as_str()) {
                    return Err(format!("has the header {name}"));
                }
                continue;
            };
            let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
            let is_number = header["schema"]["type"] == "integer";
            let value =
                if is_number { text.parse().unwrap_or(Value::String(text)) } else { Value::String(text) };
            self.schemas
                .check(&format!("{pointer}/schema"), &value)
                .map_err(|error| format!("has another header {name}: {error}"))?;
        }
        Ok(())
    }

    fn check_body(&self, response: &Response<'_>, pointer: &str, documented: &Value) -> Result<(), String> {
        let answer = response.answer;
        let Some(content) = documented.as_object() else {
            return if answer.bytes.is_empty() { Ok(()) } else { Err("has no body".to_owned()) };
        };
        if response.method == "HEAD" {
            return Ok(());
        }
        let media_type = answer.header("content-type").split(';').next().unwrap_or_default().trim();
        if !content.contains_key(media_type) {
            let types: Vec<_> = content.keys().map(String::as_str).collect();
            return Err(format!("has a body of type {}, not `{media_type}`", types.join(" or ")));
        }
        let body = if media_type == "application/json" {
            serde_json::from_slice(&answer.bytes).map_err(|error| format!("has JSON: {error}"))?
        } else {
            Value::String(answer.text())
        };
        let pointer = format!("{pointer}/content/{}/schema", escaped(media_type));
        self.schemas.check(&pointer, &body).map_err(|error| format!("has another body: {error}"))
    }

    /// The pointer that references at `pointer` lead to.
    fn resolved(&self, pointer: &str) -> String {
        let mut pointer = pointer.to_owned();
        while let Some(target) = self.document.root().pointer(&pointer).and_then(reference) {
            target[1..].clone_into(&mut pointer);
        }
        pointer
    }
}
