//! Requests to a deployment, as a client of the API sends them.

use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

use crate::failure::{Failure, doing};

/// A client of one deployment. It follows no redirect by itself.
#[derive(Debug, Clone)]
pub struct Api {
    pub base: String,
    http: Client,
    token: Option<String>,
}

/// A response.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    pub version: reqwest::Version,
}

impl Api {
    /// A client for `base`, such as `https://files.example.org`.
    ///
    /// # Errors
    /// If this machine has no certificates.
    pub fn new(base: &str) -> Result<Self, Failure> {
        let http = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_mins(1))
            .user_agent(concat!("satchel-smoke/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(doing("prepare requests"))?;
        Ok(Self { base: base.trim_end_matches('/').to_owned(), http, token: None })
    }

    /// The same client, signed in.
    pub fn signed_in(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The absolute URL of a path. The path of an absolute URL is used at this deployment, whatever its host.
    pub fn url(&self, path: &str) -> String {
        let path =
            path.split_once("://").map_or(path, |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
        format!("{}{path}", self.base)
    }

    /// A request to a path.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, self.url(path));
        match &self.token {
            Some(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        }
    }

    /// A request to another host, such as a signed URL of S3.
    pub fn elsewhere(&self, method: Method, url: &str) -> RequestBuilder {
        self.http.request(method, url)
    }

    /// GET, asking for JSON.
    ///
    /// # Errors
    /// If there is no response.
    pub async fn get(&self, path: &str) -> Result<Answer, Failure> {
        send(self.request(Method::GET, path).header(ACCEPT, "application/json")).await
    }

    /// A request with a JSON body.
    ///
    /// # Errors
    /// If there is no response.
    pub async fn json(&self, method: Method, path: &str, body: &Value) -> Result<Answer, Failure> {
        send(self.request(method, path).json(body)).await
    }

    /// DELETE.
    ///
    /// # Errors
    /// If there is no response.
    pub async fn delete(&self, path: &str) -> Result<Answer, Failure> {
        send(self.request(Method::DELETE, path)).await
    }
}

/// Sends a request. A 503 or 429 of API Gateway, which clients have to repeat, is repeated twice.
///
/// # Errors
/// If there is no response.
pub async fn send(mut request: RequestBuilder) -> Result<Answer, Failure> {
    for seconds in [1, 2] {
        let Some(again) = request.try_clone() else { break };
        let answer = once(request).await?;
        if !matches!(answer.status, 429 | 503) {
            return Ok(answer);
        }
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        request = again;
    }
    once(request).await
}

/// Sends a request once.
///
/// # Errors
/// If there is no response.
pub async fn once(request: RequestBuilder) -> Result<Answer, Failure> {
    let response = request.send().await.map_err(doing("send a request"))?;
    let (status, headers, version) =
        (response.status().as_u16(), response.headers().clone(), response.version());
    let body = response.bytes().await.map_err(doing("read a response"))?.to_vec();
    Ok(Answer { status, headers, body, version })
}

impl Answer {
    /// The body as JSON; null if it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// A header, or "".
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Whether it came through CloudFront.
    pub fn is_from_cloudfront(&self) -> bool {
        self.headers.contains_key("x-amz-cf-id") || self.header("via").contains("CloudFront")
    }

    /// Status and the beginning of the body, for reports.
    pub fn summary(&self) -> String {
        let text: String = String::from_utf8_lossy(&self.body).chars().take(200).collect();
        format!("{} {text}", self.status)
    }

    /// Makes another status than `expected` an error.
    ///
    /// # Errors
    /// The response's summary.
    pub fn expect(self, expected: u16) -> Result<Self, String> {
        if self.status == expected {
            Ok(self)
        } else {
            Err(format!("expected {expected}, got {}", self.summary()))
        }
    }
}
