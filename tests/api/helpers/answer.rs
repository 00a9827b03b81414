//! A response, read completely.

use reqwest::header::HeaderMap;
use serde_json::Value;

use super::assert_documented;

/// Status, headers and body of a response.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    /// Sends a request. Fails unless `openapi.yaml` documents the response, if it is one of the API.
    pub async fn of(request: reqwest::RequestBuilder) -> Self {
        let (client, request) = request.build_split();
        let request = request.expect("a valid request");
        let (method, url) = (request.method().clone(), request.url().clone());
        let answer = Self::received(client.execute(request).await.expect("the stack answers")).await;
        assert_documented(&method, &url, &answer);
        answer
    }

    /// Reads a response.
    pub async fn received(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, bytes: response.bytes().await.expect("a whole body").to_vec() }
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// A header, or an empty text if it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Status and JSON body.
    pub fn outcome(&self) -> (u16, Value) {
        (self.status, self.json())
    }

    /// Fails unless the response has this status, exactly this JSON, and the matching headers.
    #[track_caller]
    pub fn assert(&self, status: u16, body: &Value) {
        assert_eq!((self.status, &self.text().parse().unwrap_or(Value::Null)), (status, body));
        assert_eq!(self.header("content-type"), "application/json");
        let challenge = if status == 401 { r#"Bearer realm="api""# } else { "" };
        assert_eq!(self.header("www-authenticate"), challenge);
    }
}
