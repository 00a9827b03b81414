//! One URL for all services: passes each request on to the service that its signature names.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use http::uri::{PathAndQuery, Scheme};
use http::{HeaderMap, StatusCode, Uri, header};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use local_lambda::Endpoints;

/// The name of S3 in signatures of version 4. A request without the header of a signature is for S3: one to a signed URL, or the
/// question of a browser before it.
const S3: &str = "s3";

#[derive(Clone)]
struct Entrance {
    /// The authorities of the services, by their names in signatures.
    services: BTreeMap<&'static str, String>,
    client: Client<HttpConnector, Body>,
}

/// Serves what is at `endpoints`.
pub(in crate::stack) fn router(endpoints: &Endpoints) -> Router {
    let Endpoints { dynamodb, s3, ses, secrets_manager, systems_manager, lambda } = endpoints;
    let urls = [
        ("dynamodb", dynamodb),
        (S3, s3),
        ("ses", ses),
        ("secretsmanager", secrets_manager),
        ("ssm", systems_manager),
        ("lambda", lambda),
    ];
    let authority = |url: &str| url.trim_start_matches("http://").to_owned();
    let services = urls.into_iter().map(|(name, url)| (name, authority(url))).collect();
    let client = Client::builder(TokioExecutor::new()).build_http();
    Router::new().fallback(pass_on).with_state(Entrance { services, client })
}

/// Passes a request on as it is. Even `Host` stays, because it is signed.
async fn pass_on(State(entrance): State<Entrance>, mut request: Request) -> Response {
    let name = service(request.headers()).unwrap_or(S3);
    let Some(authority) = entrance.services.get(name) else {
        let message = format!("the local stack has no service {name:?} for containers\n");
        return (StatusCode::NOT_FOUND, message).into_response();
    };
    let path = request.uri().path_and_query().cloned().unwrap_or(PathAndQuery::from_static("/"));
    let uri = Uri::builder().scheme(Scheme::HTTP).authority(authority.as_str()).path_and_query(path).build();
    let Ok(uri) = uri else { return StatusCode::BAD_REQUEST.into_response() };
    *request.uri_mut() = uri;
    // The server here has answered that already.
    request.headers_mut().remove(header::EXPECT);
    match entrance.client.request(request).await {
        Ok(response) => response.map(Body::new),
        Err(error) => {
            let message = format!("the local stack did not answer: {error}\n");
            (StatusCode::BAD_GATEWAY, message).into_response()
        }
    }
}

/// The service in the `Authorization` header: `Credential=<key>/<date>/<region>/<service>/aws4_request`.
fn service(headers: &HeaderMap) -> Option<&str> {
    let authorization = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (_, credential) = authorization.split_once("Credential=")?;
    let (scope, _) = credential.split_once("/aws4_request")?;
    scope.rsplit('/').next()
}
