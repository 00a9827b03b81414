//! The CloudFront distribution in front of the API: its configuration, which an update can change while requests are
//! served, and its cache of errors.
//!
//! With the cache policy `CachingDisabled`, only errors are cached. The cache key contains neither the query nor
//! headers, so an error for one caller is also the response to all others.
//!
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html>

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use http_body_util::BodyExt as _;

use local_deployment::{Front, ResponseHeader};

/// The error statuses that CloudFront caches.
const CACHEABLE: [u16; 10] = [400, 403, 404, 405, 414, 500, 501, 502, 503, 504];

/// The distribution. Clones share it.
#[derive(Clone, Default)]
pub struct Distribution {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// The current configuration and, during an update, the next one, which some edge locations already have.
    configurations: Vec<Option<Front>>,
    /// The number of requests, which edge locations serve in turn.
    requests: usize,
    errors: HashMap<Key, CachedError>,
}

/// The key under which an error is cached.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    method: Method,
    path: String,
}

struct CachedError {
    until: Instant,
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Distribution {
    /// Begins an update: requests alternate between the current and the next configuration until [`Self::settle`].
    pub fn change_to(&self, front: Option<Front>) {
        self.state().configurations.push(front);
    }

    /// Ends the update: all requests get the next configuration.
    pub fn settle(&self) {
        let configurations = &mut self.state().configurations;
        configurations.drain(..configurations.len().saturating_sub(1));
    }

    /// The configuration for the next request.
    pub(super) fn configuration(&self) -> Option<Front> {
        let mut state = self.state();
        state.requests += 1;
        let turn = state.requests.checked_rem(state.configurations.len())?;
        state.configurations[turn].clone()
    }

    /// The cached error for `key`, if there is one.
    pub(super) fn cached(&self, key: &Key) -> Option<Response> {
        let mut state = self.state();
        let now = Instant::now();
        state.errors.retain(|_, error| error.until > now);
        let error = state.errors.get(key)?;
        let mut response = Response::new(Body::from(error.body.clone()));
        *response.status_mut() = error.status;
        *response.headers_mut() = error.headers.clone();
        response.headers_mut().insert("x-cache", HeaderValue::from_static("Error from cloudfront"));
        Some(response)
    }

    /// Caches `response` under `key` if it is an error that `front` caches. Returns the response.
    pub(super) async fn cache(&self, front: &Front, key: Key, response: Response) -> Response {
        let status = response.status();
        let seconds =
            front.error_caching.get(&status.as_u16()).copied().unwrap_or(Front::DEFAULT_ERROR_CACHING);
        if seconds == 0 || !CACHEABLE.contains(&status.as_u16()) {
            return response;
        }
        let (parts, body) = response.into_parts();
        // The body cannot fail, because it is already in memory.
        let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let until = Instant::now() + Duration::from_secs(seconds.into());
        let error = CachedError { until, status, headers: parts.headers.clone(), body: body.clone() };
        self.state().errors.insert(key, error);
        Response::from_parts(parts, Body::from(body))
    }

    /// Adds the headers of the response headers policy.
    pub(super) fn add_headers(front: Option<&Front>, response: &mut Response) {
        for ResponseHeader { name, value, overrides } in
            front.into_iter().flat_map(|front| &front.response_headers)
        {
            let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) else {
                continue;
            };
            if *overrides || !response.headers().contains_key(&name) {
                response.headers_mut().insert(name, value);
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Key {
    /// The cache key of a request for `path`, if CloudFront caches responses to its method.
    pub fn of(parts: &Parts, path: &str) -> Option<Self> {
        let is_cacheable = [Method::GET, Method::HEAD].contains(&parts.method);
        is_cacheable.then(|| Self { method: parts.method.clone(), path: path.to_owned() })
    }
}
