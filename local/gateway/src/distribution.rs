//! The CloudFront distribution in front of the API: its configuration, which an update may change during requests, and
//! the errors that it caches.
//!
//! The template's cache policy, `CachingDisabled`, caches nothing else, and its key has neither query nor headers: an
//! error that one caller got answers every other caller.
//!
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html>

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use http_body_util::BodyExt as _;

use local_deployment::Front;

/// The error statuses that CloudFront caches.
const KEPT: [u16; 10] = [400, 403, 404, 405, 414, 500, 501, 502, 503, 504];

/// The distribution. Clones share it.
#[derive(Clone, Default)]
pub struct Distribution {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// The configuration and, while an update makes another of it, that one too: some edge locations have it already.
    configurations: Vec<Option<Front>>,
    /// How many requests have come: edge locations take turns.
    requests: usize,
    errors: HashMap<Key, KeptError>,
}

/// The key under which an error is cached.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    method: Method,
    path: String,
}

struct KeptError {
    until: Instant,
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Distribution {
    /// Lets requests alternate between the current and the next configuration until [`Self::settle`].
    pub fn change_to(&self, front: Option<Front>) {
        self.state().configurations.push(front);
    }

    /// Ends the update: every request meets the next configuration.
    pub fn settle(&self) {
        let configurations = &mut self.state().configurations;
        configurations.drain(..configurations.len().saturating_sub(1));
    }

    /// The configuration that the next request meets.
    pub(super) fn configuration(&self) -> Option<Front> {
        let mut state = self.state();
        state.requests += 1;
        let turn = state.requests.checked_rem(state.configurations.len())?;
        state.configurations[turn].clone()
    }

    /// The cached error for `key`, if there is one.
    pub(super) fn kept(&self, key: &Key) -> Option<Response> {
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

    /// Caches `response` under `key` if it is an error that `front` caches; passes it on in any case.
    pub(super) async fn keep(&self, front: &Front, key: Key, response: Response) -> Response {
        let status = response.status();
        let seconds =
            front.error_caching.get(&status.as_u16()).copied().unwrap_or(Front::DEFAULT_ERROR_CACHING);
        if seconds == 0 || !KEPT.contains(&status.as_u16()) {
            return response;
        }
        let (parts, body) = response.into_parts();
        // A function's response is already complete in memory.
        let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let until = Instant::now() + Duration::from_secs(seconds.into());
        let error = KeptError { until, status, headers: parts.headers.clone(), body: body.clone() };
        self.state().errors.insert(key, error);
        Response::from_parts(parts, Body::from(body))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Key {
    /// The key of a request for `path`, if CloudFront caches responses to its method.
    pub fn of(parts: &Parts, path: &str) -> Option<Self> {
        let is_kept = [Method::GET, Method::HEAD].contains(&parts.method);
        is_kept.then(|| Self { method: parts.method.clone(), path: path.to_owned() })
    }
}
