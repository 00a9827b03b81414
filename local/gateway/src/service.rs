//! The HTTP service: passes requests to functions, and returns their responses.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use bytes::Bytes;
use http::header::ORIGIN;
use http::request::Parts;
use http::{HeaderName, HeaderValue};
use http_body_util::{BodyExt, Limited};
use local_common::{StackIdentity, clock};
use local_deployment::{Cors, Deployment, Front};
use local_lambda::{Invoker, Outcome};

use super::answers::Answer;
use super::distribution::{Distribution, Key};
use super::event;
use super::front::FrontDoor;
use super::routing::{Matched, Routes};
use super::target::Target;
use super::{cors, limits, response};

const REQUEST_ID: HeaderName = HeaderName::from_static("apigw-requestid");

/// Settings that are not in the template, or that tests change.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The effects of a CloudFront function in front of the API.
    pub front_door: FrontDoor,
    /// The id of the API in events.
    pub api_id: String,
    /// How long a function may take before the caller gets a 503. The function is not stopped then.
    pub integration_timeout: Duration,
}

impl Default for Settings {
    /// AWS's limits, with no CloudFront function.
    fn default() -> Self {
        Self {
            front_door: FrontDoor::default(),
            api_id: StackIdentity::default().api_id,
            integration_timeout: limits::INTEGRATION,
        }
    }
}

struct Gateway {
    routes: Routes,
    cors: Option<Cors>,
    distribution: Distribution,
    invoker: Invoker,
    settings: Settings,
}

/// The HTTP API of `deployment`, as the fallback of a router.
///
/// Serve it with `into_make_service_with_connect_info::<SocketAddr>()`, which provides the caller's address. Otherwise
/// all callers have the address 127.0.0.1. `distribution` has the current configuration of the CloudFront distribution.
pub fn router(
    deployment: &Deployment,
    distribution: Distribution,
    invoker: Invoker,
    settings: Settings,
) -> Router {
    let gateway = Gateway {
        routes: Routes::new(&deployment.routes),
        cors: deployment.cors.clone(),
        distribution,
        invoker,
        settings,
    };
    Router::new().fallback(serve).with_state(Arc::new(gateway))
}

async fn serve(State(gateway): State<Arc<Gateway>>, request: Request) -> Response {
    let id = request_id();
    let (parts, body) = request.into_parts();
    let mut response = match cors::preflight(gateway.cors.as_ref(), &parts.method, &parts.headers) {
        Some(response) => response,
        None => gateway.answer_at_edge(&id, parts, body).await,
    };
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

impl Gateway {
    /// Returns a cached error, or the response of API Gateway.
    async fn answer_at_edge(&self, id: &str, parts: Parts, body: Body) -> Response {
        let path = self.settings.front_door.path(parts.uri.path());
        let (front, key) = (self.distribution.configuration(), Key::of(&parts, path));
        let mut response = match key.as_ref().and_then(|key| self.distribution.cached(key)) {
            Some(error) => error,
            None => self.answer_at_origin(id, parts, body, front.as_ref(), key).await,
        };
        Distribution::add_headers(front.as_ref(), &mut response);
        response
    }

    /// The response of API Gateway, which is cached under `key` if it is an error.
    async fn answer_at_origin(
        &self,
        id: &str,
        parts: Parts,
        body: Body,
        front: Option<&Front>,
        key: Option<Key>,
    ) -> Response {
        let answered = self.answer(id, parts, body, front).await;
        let response = answered.unwrap_or_else(Answer::response);
        match (front, key) {
            (Some(front), Some(key)) => self.distribution.cache(front, key, response).await,
            _ => response,
        }
    }

    async fn answer(
        &self,
        id: &str,
        mut parts: Parts,
        body: Body,
        front: Option<&Front>,
    ) -> Result<Response, Answer> {
        let front_door = &self.settings.front_door;
        if let Some(refusal) = front_door.refusal(&parts.headers) {
            // If the body were not read, a caller that is still sending would lose the response.
            _ = collect(body).await;
            return Ok(refusal);
        }
        let (target, matched) = match route(&self.routes, front_door, &parts) {
            Ok(routed) => routed,
            Err(refusal) => {
                _ = collect(body).await;
                return Err(refusal);
            }
        };
        let function = matched.route.function.clone();
        let body = collect(body).await?;
        let peer = peer(&parts);
        front_door.set_headers(&mut parts.headers, peer, front);
        let event = event::payload(&event::Request {
            id,
            api: &self.settings.api_id,
            method: parts.method.as_str(),
            version: parts.version,
            target: &target,
            matched: &matched,
            headers: &parts.headers,
            peer,
            body: &body,
            received: clock::now(),
        });
        let event = event.map_err(|_| Answer::InternalServerError)?;
        // Lambda refuses the event, and API Gateway passes the error on.
        if event.len() > limits::PAYLOAD {
            return Err(Answer::TooLarge);
        }
        let mut response = self.invoke(function, event).await?;
        cors::apply(self.cors.as_ref(), parts.headers.get(ORIGIN), response.headers_mut());
        Ok(response)
    }

    /// Invokes a function in its own task. So the function continues after the caller has disconnected or got a 503. The
    /// time limit begins when the function's binary is built.
    async fn invoke(&self, function: String, event: Bytes) -> Result<Response, Answer> {
        self.invoker.built(&function).await;
        let invoker = self.invoker.clone();
        let invocation = tokio::spawn(async move { invoker.invoke(&function, event).await });
        let finished = tokio::time::timeout(self.settings.integration_timeout, invocation).await;
        let finished = finished.map_err(|_| Answer::ServiceUnavailable)?;
        match finished.map(|invocation| invocation.map(|invocation| invocation.outcome)) {
            Ok(Ok(Outcome::Answered(answer))) => {
                response::read(&answer).map_err(|_| Answer::InternalServerError)
            }
            Ok(
                Ok(Outcome::Failed(_) | Outcome::TimedOut | Outcome::OutOfMemory | Outcome::Crashed) | Err(_),
            )
            | Err(_) => Err(Answer::InternalServerError),
        }
    }
}

/// Checks and routes a request before its body is read.
fn route<'r>(
    routes: &'r Routes,
    front_door: &FrontDoor,
    parts: &Parts,
) -> Result<(Target, Matched<'r>), Answer> {
    if !limits::headers_fit(&parts.method, &parts.uri, &parts.headers) {
        return Err(Answer::HeadersTooLarge);
    }
    let target = Target::read(&parts.uri, &parts.headers, front_door)?;
    let matched = routes.find(parts.method.as_str(), &target.segments).ok_or(Answer::NotFound)?;
    Ok((target, matched))
}

async fn collect(body: Body) -> Result<Bytes, Answer> {
    match Limited::new(body, limits::BODY).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => Err(Answer::TooLarge),
        Err(_) => Err(Answer::BadRequest),
    }
}

fn peer(parts: &Parts) -> IpAddr {
    let info = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    info.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |ConnectInfo(address)| address.ip())
}

/// An id of sixteen characters, as in API Gateway: `JKJaXmPLvHcESHA=`.
fn request_id() -> String {
    URL_SAFE.encode(&uuid::Uuid::now_v7().as_bytes()[5..])
}
