//! A local server that stands in for DynamoDB, S3, SES and Secrets Manager, with canned responses.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{Method, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use tokio::net::TcpListener;

use satchel_http::{ApiResult, Request};
use satchel_model::clock::Clock;
use satchel_model::random::Random;
use satchel_runtime::{Wired, Wiring};

use crate::records::NOW;
use crate::replies::{COUNT, Reply, denied};
use crate::settings::setting;
use crate::{Answer, Call, Event};

/// AWS services with a few canned responses; every other call is refused.
pub struct CannedAws {
    endpoint: String,
    calls: Arc<Mutex<Vec<Call>>>,
    now: Timestamp,
    random: u8,
    settings: Vec<(&'static str, &'static str)>,
}

impl CannedAws {
    /// Starts services that answer each call with the first of `replies` that matches it.
    ///
    /// For functions that use these services, the time is [`NOW`] and every random byte is 7.
    pub async fn answering(replies: impl Into<Vec<Reply>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let endpoint = format!("http://{}", listener.local_addr().expect("a bound address"));
        let calls = Arc::<Mutex<Vec<Call>>>::default();
        let replies = Arc::new(Mutex::new(replies.into()));
        tokio::spawn(serve(listener, replies, Arc::clone(&calls)));
        Self { endpoint, calls, now: NOW, random: 7, settings: Vec::new() }
    }

    /// Sets another time.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Self {
        Self { now, ..self }
    }

    /// Sets another value for every random byte.
    #[must_use]
    pub fn with_random(self, random: u8) -> Self {
        Self { random, ..self }
    }

    /// Sets another value for a setting.
    #[must_use]
    pub fn with_setting(mut self, name: &'static str, value: &'static str) -> Self {
        self.settings.push((name, value));
        self
    }

    /// The wiring of a function that calls these services.
    #[must_use]
    pub fn wiring(&self) -> Wiring {
        let (endpoint, settings) = (self.endpoint.clone(), self.settings.clone());
        let lookup = move |name: &str| {
            let changed = settings.iter().find(|(changed, _)| *changed == name);
            Some(changed.map_or_else(|| setting(name, &endpoint), |(_, value)| value).to_owned())
        };
        Wiring::new(lookup, Clock::Fixed(self.now), Random::Fixed(self.random))
    }

    /// Constructs the services of a function, with these AWS services.
    ///
    /// # Panics
    /// If the function does not start.
    #[must_use]
    pub fn app<App: Wired>(&self) -> &'static App {
        let app = App::wired(&self.wiring());
        Box::leak(Box::new(app.unwrap_or_else(|error| panic!("the function starts: {error}"))))
    }

    /// Sends `event` to a function's handler, which uses these services, and returns its response.
    pub async fn ask<App: Wired + 'static, Response: Future<Output = ApiResult>>(
        &self,
        handle: impl Fn(&'static App, Request) -> Response,
        event: Event,
    ) -> Answer {
        // Boxed: the future of a handler with AWS calls in parallel is large, and the tests' futures hold it.
        Answer::of(Box::pin(handle(self.app(), event.request())).await)
    }

    /// All calls so far.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The operations that were called, without those in `except`, in order.
    #[must_use]
    pub fn steps(&self, except: &[&str]) -> Vec<String> {
        let operations = self.calls().into_iter().map(|call| call.operation);
        operations.filter(|operation| !except.contains(&operation.as_str())).collect()
    }

    /// The operations that were called, in alphabetical order, because some run in parallel.
    #[must_use]
    pub fn operations(&self) -> Vec<String> {
        let mut operations: Vec<_> = self.calls().into_iter().map(|call| call.operation).collect();
        operations.sort();
        operations
    }

    /// All calls of `operation`, in order.
    #[must_use]
    pub fn calls_of(&self, operation: &str) -> Vec<Call> {
        self.calls().into_iter().filter(|call| call.operation == operation).collect()
    }

    /// The only call of `operation`, not counting calls that only count attempts.
    #[must_use]
    pub fn call(&self, operation: &str) -> Call {
        let only_counts = |call: &Call| {
            let said = String::from_utf8_lossy(&call.body);
            said.contains(COUNT) && !said.contains(r#""Put""#)
        };
        let is_meant = |call: &Call| call.operation == operation && !only_counts(call);
        let mut calls: Vec<_> = self.calls().into_iter().filter(is_meant).collect();
        assert_eq!(calls.len(), 1, "{operation}: {calls:?}");
        calls.swap_remove(0)
    }
}

async fn serve(listener: TcpListener, replies: Arc<Mutex<Vec<Reply>>>, calls: Arc<Mutex<Vec<Call>>>) {
    while let Ok((connection, _)) = listener.accept().await {
        let (replies, calls) = (Arc::clone(&replies), Arc::clone(&calls));
        let service = service_fn(move |request| answer(request, Arc::clone(&replies), Arc::clone(&calls)));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(connection), service));
    }
}

async fn answer(
    request: http::Request<Incoming>,
    replies: Arc<Mutex<Vec<Reply>>>,
    calls: Arc<Mutex<Vec<Call>>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let path = head.uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let operation = operation(&head, &body);
    let said = format!("{path}\n{}", String::from_utf8_lossy(&body));
    let reply = reply_to(&replies, &operation, &said);
    calls.lock().unwrap_or_else(PoisonError::into_inner).push(Call { operation, path, body });
    let reply = reply.unwrap_or_else(|| denied("a call that no test expects"));
    let mut response = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    Ok(response.body(Full::new(reply.body)).expect("a canned response is valid"))
}

fn reply_to(replies: &Mutex<Vec<Reply>>, operation: &str, said: &str) -> Option<Reply> {
    let mut replies = replies.lock().unwrap_or_else(PoisonError::into_inner);
    let place = replies.iter().position(|reply| reply.is_for(operation, said))?;
    Some(if replies[place].once { replies.remove(place) } else { replies[place].clone() })
}

/// Finds the operation of a request: by target in the JSON protocols, by action in the query protocol, by
/// method and query in S3's.
fn operation(head: &http::request::Parts, body: &[u8]) -> String {
    if let Some(target) = head.headers.get("x-amz-target").and_then(|value| value.to_str().ok()) {
        return target.rsplit('.').next().unwrap_or_default().to_owned();
    }
    let body = String::from_utf8_lossy(body);
    if let Some(rest) = body.strip_prefix("Action=") {
        return rest.split('&').next().unwrap_or_default().to_owned();
    }
    let query = head.uri.query().unwrap_or_default();
    let asks_for =
        |name: &str| query.split('&').any(|pair| pair.split('=').next().is_some_and(|key| key == name));
    let operation = match (&head.method, asks_for("uploads"), asks_for("uploadId")) {
        (&Method::POST, true, _) => "CreateMultipartUpload",
        (&Method::POST, ..) => "CompleteMultipartUpload",
        (&Method::DELETE, _, true) => "AbortMultipartUpload",
        (&Method::DELETE, ..) => "DeleteObject",
        (&Method::PUT, ..) => "PutObject",
        (&Method::HEAD, ..) => "HeadObject",
        (_, true, _) => "ListMultipartUploads",
        (_, _, true) => "ListParts",
        _ if asks_for("list-type") => "ListObjectsV2",
        _ => "GetObject",
    };
    operation.to_owned()
}
