//! Lambda's own API, as far as functions use it: `Invoke`, asynchronously or not.
//!
//! <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>

use std::future::pending;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use bytes::Bytes;
use local_calls::{Begun, Calls, Fault, Service};
use local_common::Credentials;
use local_lambda::{Invoker, Outcome};
use local_policy::lambda_needs;
use serde_json::json;

#[derive(Clone)]
struct Endpoint {
    invoker: Invoker,
    calls: Calls,
}

/// The API of Lambda, which invokes functions by `invoker`.
pub(super) fn router(invoker: Invoker, calls: Calls) -> Router {
    Router::new()
        .route("/2015-03-31/functions/{function}/invocations", post(invoke))
        .with_state(Endpoint { invoker, calls })
}

async fn invoke(
    State(endpoint): State<Endpoint>,
    Path(function): Path<String>,
    headers: HeaderMap,
    event: Bytes,
) -> Response {
    let known = Credentials::access_key_of(&headers).and_then(|key| Some((key, Credentials::signer(key)?)));
    let Some((access_key, signer)) = known else {
        return error(StatusCode::FORBIDDEN, "The security token included in the request is invalid.");
    };
    // A function may be named by its ARN, too.
    let name = function.rsplit(':').next().unwrap_or_default().to_owned();
    match endpoint.calls.begin(access_key, Service::Lambda, "Invoke").await {
        Begun::Never => pending().await,
        Begun::Answer(Fault::Throttling) => error(StatusCode::TOO_MANY_REQUESTS, "Rate exceeded"),
        Begun::Answer(_) => error(StatusCode::INTERNAL_SERVER_ERROR, "An error occurred on the server side."),
        Begun::Proceed(permit) => {
            let needs = |region: &str| lambda_needs(region, &name);
            let answer = match endpoint.calls.permissions().check(&signer.function, needs) {
                Err(denied) => error(StatusCode::FORBIDDEN, &denied.to_string()),
                Ok(()) => endpoint.carry_out(&name, &headers, event).await,
            };
            if permit.finish() {
                // An injected fault has closed the connection, so there must be no answer.
                return pending().await;
            }
            answer
        }
    }
}

impl Endpoint {
    async fn carry_out(&self, function: &str, headers: &HeaderMap, event: Bytes) -> Response {
        if serde_json::from_slice::<serde::de::IgnoredAny>(&event).is_err() {
            return error(StatusCode::BAD_REQUEST, "Could not parse request body into json.");
        }
        let kind = headers.get("x-amz-invocation-type").and_then(|kind| kind.to_str().ok());
        if kind == Some("Event") {
            self.invoker.send(function, event);
            return StatusCode::ACCEPTED.into_response();
        }
        match self.invoker.invoke(function, event).await {
            Err(unknown) => error(StatusCode::NOT_FOUND, &unknown.to_string()),
            Ok(invocation) => {
                let mut response = self.invoker.payload(function, &invocation).into_response();
                if !matches!(invocation.outcome, Outcome::Answered(_)) {
                    let unhandled = HeaderValue::from_static("Unhandled");
                    response.headers_mut().insert("x-amz-function-error", unhandled);
                }
                response
            }
        }
    }
}

fn error(status: StatusCode, message: &str) -> Response {
    (status, axum::Json(json!({"Message": message}))).into_response()
}
