//! The event of a new endpoint: a captured event of another one, with the new route.
//!
//! Edited line by line, so that the file looks like the others.

use super::Endpoint;
use crate::sources::Sources;

/// The body of a request whose method has one.
const BODY: &str = "{}";

/// The event of `endpoint`.
///
/// # Errors
/// If no event of the repository can be the model.
pub(super) fn of(sources: &Sources, endpoint: &Endpoint) -> Result<String, String> {
    let events = sources.with_ending("events", ".json");
    let mut models = events.filter(|(_, text)| is_model(text));
    let (_, model) = models.next().ok_or("no file in events/ is a GET request with a token")?;
    Ok(derived(model, endpoint))
}

/// Whether an event is a GET of a signed-in caller with path parameters and without a query: each line that differs is
/// there, and no other.
fn is_model(text: &str) -> bool {
    let has = |part: &str| text.contains(part);
    has("\"method\": \"GET\"")
        && has("Bearer ACCESS_TOKEN")
        && has("\"pathParameters\"")
        && has("\"rawQueryString\": \"\"")
}

fn derived(model: &str, endpoint: &Endpoint) -> String {
    let (route, path) = (endpoint.route(), endpoint.example());
    let mut lines = Vec::new();
    let mut rest = model.lines();
    while let Some(line) = rest.next() {
        let text = line.trim_start();
        let indent = &line[..line.len() - text.len()];
        let key = text.split('"').nth(1).unwrap_or_default();
        let value = |value: &str| {
            let comma = if text.ends_with(',') { "," } else { "" };
            format!("{indent}\"{key}\": \"{value}\"{comma}")
        };
        match key {
            "routeKey" => lines.push(value(&route)),
            "rawPath" | "path" => lines.push(value(&path)),
            "method" => lines.push(value(&endpoint.method)),
            "content-length" if has_body(endpoint) => {
                lines.push(value(&BODY.len().to_string()));
                lines.push(format!("{indent}\"content-type\": \"application/json\","));
            }
            "pathParameters" => {
                rest.by_ref().find(|line| line.trim_start().starts_with('}'));
                lines.extend(parameters(endpoint));
                lines.extend(has_body(endpoint).then(|| format!("{indent}\"body\": \"{BODY}\",")));
            }
            _ => lines.push(line.to_owned()),
        }
    }
    lines.join("\n") + "\n"
}

fn has_body(endpoint: &Endpoint) -> bool {
    ["POST", "PUT", "PATCH"].contains(&endpoint.method.as_str())
}

fn parameters(endpoint: &Endpoint) -> Vec<String> {
    let value = endpoint.example_value();
    let entries: Vec<_> = endpoint.parameters().map(|name| format!("    \"{name}\": \"{value}\"")).collect();
    if entries.is_empty() {
        return Vec::new();
    }
    vec!["  \"pathParameters\": {".to_owned(), entries.join(",\n"), "  },".to_owned()]
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// A captured event, shortened.
    pub const GET: &str = r#"{
  "routeKey": "GET /api/notes/{id}",
  "rawPath": "/api/notes/1",
  "rawQueryString": "",
  "headers": {
    "authorization": "Bearer ACCESS_TOKEN",
    "content-length": "0",
    "host": "a.example"
  },
  "requestContext": {
    "http": {
      "method": "GET",
      "path": "/api/notes/1"
    },
    "routeKey": "GET /api/notes/{id}"
  },
  "pathParameters": {
    "id": "1"
  },
  "isBase64Encoded": false
}
"#;

    fn event(method: &str, path: &str) -> Value {
        let endpoint = Endpoint::new("do-it", method, path).unwrap();
        serde_json::from_str(&derived(GET, &endpoint)).unwrap()
    }

    #[test]
    fn a_request_without_a_body_keeps_all_but_its_route() {
        let id = "019ce36f-2530-7000-8000-000000000003";
        let expected = json!({
            "routeKey": "DELETE /api/a/{id}/{part}",
            "rawPath": format!("/api/a/{id}/{id}"),
            "rawQueryString": "",
            "headers": {
                "authorization": "Bearer ACCESS_TOKEN", "content-length": "0", "host": "a.example",
            },
            "requestContext": {
                "http": {"method": "DELETE", "path": format!("/api/a/{id}/{id}")},
                "routeKey": "DELETE /api/a/{id}/{part}",
            },
            "pathParameters": {"id": id, "part": id},
            "isBase64Encoded": false,
        });
        assert_eq!(event("DELETE", "/api/a/{id}/{part}"), expected);
    }

    #[test]
    fn a_request_with_a_body_has_its_type_and_length() {
        let event = event("POST", "/api/a");
        assert_eq!((&event["body"], &event["headers"]["content-length"]), (&json!("{}"), &json!("2")));
        assert_eq!(event["headers"]["content-type"], "application/json");
        assert_eq!(event["pathParameters"], Value::Null);
    }

    #[test]
    fn an_event_of_another_kind_is_no_model() {
        assert!(is_model(GET));
        assert!(!is_model(&GET.replace("ACCESS_TOKEN", "")));
        assert!(!is_model(&GET.replace("\"rawQueryString\": \"\"", "\"rawQueryString\": \"a=1\"")));
    }
}
