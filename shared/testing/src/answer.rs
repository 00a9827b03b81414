//! A handler's response, as a caller reads it.

use http::HeaderMap;
use lambda_http::Body;
use serde_json::Value;

use satchel_http::{ApiResult, finish};

/// The status, headers and body of a response.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    /// JSON, or a text, or null if the body is empty.
    ///
    /// A signed URL is reduced to its path, after `signed:`, because its host is the test's and its signature
    /// differs from run to run.
    pub body: Value,
    /// The complete signed URLs of the body, in order.
    pub urls: Vec<String>,
}

impl Answer {
    /// The response to `result`; the id of the request is `request-1`.
    #[must_use]
    pub(crate) fn of(result: ApiResult) -> Self {
        let (head, body) = finish(result, "request-1").into_parts();
        let body = match body {
            Body::Text(text) => serde_json::from_str(&text).unwrap_or(Value::String(text)),
            _ => Value::Null,
        };
        let mut urls = Vec::new();
        let body = unsigned(body, &mut urls);
        Self { status: head.status.as_u16(), headers: head.headers, body, urls }
    }

    /// The status and the body.
    #[must_use]
    pub fn outcome(&self) -> (u16, Value) {
        (self.status, self.body.clone())
    }

    /// A header, or an empty text; a signed URL is reduced as in the body.
    #[must_use]
    pub fn header(&self, name: &str) -> String {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        path_of_signed(value).unwrap_or_else(|| value.to_owned())
    }
}

fn unsigned(value: Value, urls: &mut Vec<String>) -> Value {
    match value {
        Value::String(text) => match path_of_signed(&text) {
            Some(path) => {
                urls.push(text);
                path.into()
            }
            None => text.into(),
        },
        Value::Array(values) => values.into_iter().map(|value| unsigned(value, urls)).collect(),
        Value::Object(fields) => {
            fields.into_iter().map(|(name, value)| (name, unsigned(value, urls))).collect()
        }
        other => other,
    }
}

fn path_of_signed(text: &str) -> Option<String> {
    let (address, query) = text.strip_prefix("http://")?.split_once('?')?;
    let (_host, path) = address.split_once('/')?;
    query.contains("X-Amz-Signature=").then(|| format!("signed:/{path}"))
}
