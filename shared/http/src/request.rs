//! One request, as handlers see it.

use std::collections::BTreeSet;
use std::str::FromStr;

use http::{HeaderMap, Method};
use lambda_http::{Body, RequestExt};

use satchel_api::Input;
use satchel_model::{Bearer, Client, IdempotencyKey, Refusal, Viewer};

use super::ApiError;
use super::body::{self, Accepts};
use crate::bearer;

const MAX_IDEMPOTENCY_KEY_CHARS: usize = 255;

/// A request that [`Gate`](crate::Gate) has admitted.
pub struct Request {
    inner: lambda_http::Request,
    viewer: Viewer,
}

impl Request {
    pub(super) fn new(inner: lambda_http::Request, viewer: Viewer) -> Self {
        Self { inner, viewer }
    }

    #[must_use]
    pub fn method(&self) -> &Method {
        self.inner.method()
    }

    /// Parses a path parameter.
    ///
    /// # Errors
    /// 404 if it is not a valid `T`, because then nothing exists at this path.
    pub fn path<T: FromStr>(&self, name: &str) -> Result<T, Refusal> {
        let parameters = self.inner.path_parameters();
        parameters.first(name).and_then(|text| text.parse().ok()).ok_or(Refusal::NotFound)
    }

    /// The first value of a query parameter.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<String> {
        self.inner.query_string_parameters().first(name).map(ToOwned::to_owned)
    }

    /// The names of the query parameters.
    pub(super) fn query_names(&self) -> BTreeSet<String> {
        self.inner.query_string_parameters().iter().map(|(name, _)| name.to_owned()).collect()
    }

    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.inner.headers()
    }

    /// A header as text, if it exists and is valid text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers().get(name)?.to_str().ok()
    }

    /// Whether the client prefers HTML, as browsers do: `Accept` names `text/html`, and JSON with no higher
    /// quality.
    #[must_use]
    pub fn prefers_html(&self) -> bool {
        let accept = self.header("accept").unwrap_or_default();
        let html = quality(accept, "text/html");
        html > 0.0 && html >= quality(accept, "application/json")
    }

    /// Reads the access token of the Authorization header.
    ///
    /// # Errors
    /// 401 if there is no such header or it is malformed.
    pub fn bearer(&self) -> Result<Bearer, Refusal> {
        bearer::bearer(self.headers())
    }

    /// The program that signs in, and the viewer who uses it.
    #[must_use]
    pub fn client(&self) -> Client {
        Client { viewer: self.viewer.clone(), user_agent: self.header("user-agent").map(ToOwned::to_owned) }
    }

    /// Reads the `Idempotency-Key` header of this request, if it has one; `input` is its body.
    ///
    /// # Errors
    /// 400 unless the key is 1 to 255 visible ASCII characters.
    pub fn idempotency_key(&self, input: &Input) -> Result<Option<IdempotencyKey>, Refusal> {
        let Some(sent) = self.headers().get("idempotency-key") else { return Ok(None) };
        let key = sent.to_str().ok().filter(|key| {
            (1..=MAX_IDEMPOTENCY_KEY_CHARS).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic())
        });
        let words =
            format!("Use 1 to {MAX_IDEMPOTENCY_KEY_CHARS} visible ASCII characters, none of them a space.");
        let key = key.ok_or_else(|| Refusal::field("Idempotency-Key", &words))?.to_owned();
        let text = format!("{} {} {}", self.method(), self.path_text(), input.sha256());
        Ok(Some(IdempotencyKey { key, text }))
    }

    /// The path, without a trailing slash.
    #[must_use]
    pub fn path_text(&self) -> &str {
        self.inner.raw_http_path().trim_end_matches('/')
    }

    /// The client that sent the request, as reported by CloudFront.
    #[must_use]
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// Whether the body is a multipart form.
    #[must_use]
    pub fn is_multipart(&self) -> bool {
        self.header("content-type").is_some_and(|value| value.to_ascii_lowercase().starts_with("multipart/"))
    }

    /// Parses the fields of the body.
    ///
    /// # Errors
    /// 415 for a type that is not accepted or a compressed body; 400 for a body that cannot be parsed.
    pub async fn input(&self, accepts: Accepts) -> Result<Input, ApiError> {
        let body = self.body();
        let coding = self.header("content-encoding").unwrap_or_default().trim();
        if !(body.is_empty() || coding.is_empty() || coding.eq_ignore_ascii_case("identity")) {
            return Err(ApiError::UnsupportedCoding(coding.to_owned()));
        }
        body::read(self.header("content-type"), body, accepts).await
    }

    fn body(&self) -> &[u8] {
        match self.inner.body() {
            Body::Text(text) => text.as_bytes(),
            Body::Binary(bytes) => bytes,
            _ => &[],
        }
    }
}

/// The quality that an Accept header gives to a media type that it names (RFC 9110, section 12.5.1); 0 if it
/// does not name the type.
fn quality(accept: &str, media_type: &str) -> f32 {
    let qualities = accept.split(',').filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let is_named = parts.next()?.eq_ignore_ascii_case(media_type);
        let given = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
        is_named.then(|| given.map_or(1.0, |quality| quality.parse().unwrap_or(0.0)))
    });
    qualities.fold(0.0, f32::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quality_of_a_media_type_is_read_from_the_accept_header() {
        let chrome = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        for (accept, media_type, expected) in [
            (chrome, "text/html", 1.0),
            (chrome, "application/json", 0.0),
            ("application/json; q=0.5 , TEXT/HTML;level=1;q=0.25", "text/html", 0.25),
            ("*/*", "text/html", 0.0),
            ("text/html;q=x", "text/html", 0.0),
            ("", "text/html", 0.0),
        ] {
            assert!((quality(accept, media_type) - expected).abs() < f32::EPSILON, "{accept}");
        }
    }
}
