//! Where a request goes: Host, path and query, refused when they cannot be read.

use std::collections::BTreeMap;

use http::header::HOST;
use http::{HeaderMap, Uri};
use percent_encoding::percent_decode_str;
use url::Url;

use super::answers::Answer;
use super::front::FrontDoor;

/// The readable parts of a request's Host and URI.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// Host as it was sent, with its port.
    pub(super) host: String,
    /// Percent-decoded, as the front door leaves it. A real HTTP API is seen to cut it
    /// at a decoded `?` as well (<https://github.com/middleapi/standard-server/pull/93>), which is not done here.
    pub(super) path: String,
    /// The decoded segments of the path. A segment may have a `/` of its own in it, sent as `%2F`.
    pub(super) segments: Vec<String>,
    /// As it was sent, without `?`.
    pub(super) query: String,
    /// Decoded; values of one name are joined by commas.
    pub(super) parameters: BTreeMap<String, String>,
}

impl Target {
    /// Reads a request's target.
    ///
    /// # Errors
    /// [`Answer::BadRequest`] for a missing or repeated Host or one that is no host, for a URI that names another
    /// one, and for a path or query with a broken percent-encoding or one that is not UTF-8.
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
    // Whatever would not be the host of a URL: functions build one of it, and lambda_http panics if it cannot.
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    let url = Url::parse(&format!("http://{text}/")).ok()?;
    (url.has_host() && !text.ends_with(':') && text.bytes().all(legal)).then(|| text.to_owned())
}

/// Percent-decodes, unless an encoding is broken or the result is not UTF-8.
fn decode(text: &str) -> Option<String> {
    let broken = text.match_indices('%').any(|(at, _)| {
        let digits = text.as_bytes().get(at + 1..at + 3);
        !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    });
    if broken {
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
