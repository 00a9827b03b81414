//! The target of a request: Host, path and query.

use std::collections::BTreeMap;

use http::header::HOST;
use http::{HeaderMap, Uri};
use percent_encoding::percent_decode_str;
use url::Url;

use super::answers::Answer;
use super::front::FrontDoor;

/// The parsed Host and URI of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// The Host header, with its port.
    pub(super) host: String,
    /// The percent-decoded path after [`FrontDoor::path`]. A real HTTP API has been observed to cut it off at a decoded
    /// `?` (<https://github.com/middleapi/standard-server/pull/93>), which this emulator does not do.
    pub(super) path: String,
    /// The decoded segments of the path. A segment can contain a `/`, which was sent as `%2F`.
    pub(super) segments: Vec<String>,
    /// The query as sent, without `?`.
    pub(super) query: String,
    /// The decoded parameters of the query. Values of the same name are joined by commas.
    pub(super) parameters: BTreeMap<String, String>,
}

impl Target {
    /// Parses the target of a request.
    ///
    /// # Errors
    /// [`Answer::BadRequest`] if the Host is missing, repeated, not a valid host or different from the one in the URI,
    /// or if the path or query has an invalid percent-encoding or is not UTF-8.
    pub(super) fn read(uri: &Uri, headers: &HeaderMap, front_door: &FrontDoor) -> Result<Self, Answer> {
        let host = host(headers).ok_or(Answer::BadRequest)?;
        if uri.authority().is_some_and(|authority| authority.as_str() != host) || !uri.path().starts_with('/')
        {
            return Err(Answer::BadRequest);
        }
        let raw = front_door.path(uri.path());
        let path = decode(raw).ok_or(Answer::BadRequest)?;
        let segments = raw[1..].split('/').map(decode).collect::<Option<_>>().ok_or(Answer::BadRequest)?;
        let query = uri.query().unwrap_or_default().to_owned();
        let parameters = parameters(&query).ok_or(Answer::BadRequest)?;
        Ok(Self { host, path, segments, query, parameters })
    }

    /// The host without its port.
    pub(super) fn domain(&self) -> &str {
        match self.host.rsplit_once(':') {
            Some((domain, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => domain,
            _ => &self.host,
        }
    }
}

fn host(headers: &HeaderMap) -> Option<String> {
    let mut values = headers.get_all(HOST).iter();
    let (Some(only), None) = (values.next(), values.next()) else { return None };
    let text = only.to_str().ok()?;
    // The host must be valid in a URL, because lambda_http builds one of it and panics if that fails.
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    let url = Url::parse(&format!("http://{text}/")).ok()?;
    (url.has_host() && !text.ends_with(':') && text.bytes().all(legal)).then(|| text.to_owned())
}

/// Percent-decodes `text`. `None` if an encoding is invalid or the result is not UTF-8.
fn decode(text: &str) -> Option<String> {
    let invalid = text.match_indices('%').any(|(at, _)| {
        let digits = text.as_bytes().get(at + 1..at + 3);
        !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    });
    if invalid {
        return None;
    }
    percent_decode_str(text).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

fn parameters(query: &str) -> Option<BTreeMap<String, String>> {
    let mut parameters = BTreeMap::<String, String>::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = decode(&value.replace('+', " "))?;
        parameters
            .entry(decode(&name.replace('+', " "))?)
            .and_modify(|values| {
                values.push(',');
                values.push_str(&value);
            })
            .or_insert(value);
    }
    Some(parameters)
}
