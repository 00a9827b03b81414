//! The HTTP endpoint of Parameter Store, in the protocol JSON 1.1.

use std::future::pending;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use http::{HeaderMap, StatusCode, header};
use local_calls::{Begun, Calls, Fault, Service};
use local_common::{Credentials, Signer};
use local_policy::parameter_needs;
use serde_json::{Value, json};

use super::operations::{self, Refusal};
use super::store::Parameters;

/// The Parameter Store of a stack in `region`.
pub fn router(parameters: Parameters, calls: Calls, region: &str) -> Router {
    let region = region.to_owned();
    Router::new().route("/", post(respond)).with_state(Endpoint { parameters, calls, region })
}

#[derive(Clone)]
struct Endpoint {
    parameters: Parameters,
    calls: Calls,
    region: String,
}

async fn respond(State(endpoint): State<Endpoint>, headers: HeaderMap, body: Bytes) -> Response {
    let known = Credentials::access_key_of(&headers).and_then(|key| Some((key, Credentials::signer(key)?)));
    let Some((access_key, signer)) = known else {
        let message = "The security token included in the request is invalid.";
        return error(StatusCode::BAD_REQUEST, "UnrecognizedClientException", message);
    };
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let operation = target.rsplit_once('.').map_or(target, |(_, operation)| operation);
    match endpoint.calls.begin(access_key, Service::SystemsManager, operation).await {
        Begun::Never => pending().await,
        Begun::Answer(fault) => injected(fault),
        Begun::Proceed(permit) => {
            let outcome = endpoint.carry_out(&signer, operation, &body);
            if permit.finish() {
                // An injected fault has closed the connection, so there must be no answer.
                return pending().await;
            }
            outcome.map_or_else(|refusal| refused(&refusal), |value| answer(StatusCode::OK, &value))
        }
    }
}

impl Endpoint {
    fn carry_out(&self, signer: &Signer, operation: &str, body: &[u8]) -> Result<Value, Refusal> {
        let name = operations::requested_name(body);
        let needs = |region: &str| parameter_needs(region, operation, name.as_deref());
        let judged = self.calls.permissions().check(&signer.function, needs);
        judged
            .map_err(|denied| Refusal { exception: "AccessDeniedException", message: denied.to_string() })?;
        operations::carry_out(&self.parameters, operation, body, &self.region)
    }
}

fn injected(fault: Fault) -> Response {
    match fault {
        Fault::Throttling => error(StatusCode::BAD_REQUEST, "ThrottlingException", "Rate exceeded"),
        Fault::Exception(name) => error(StatusCode::BAD_REQUEST, name, "An injected fault."),
        _ => error(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalServerError",
            "An error occurred on the server side.",
        ),
    }
}

fn refused(Refusal { exception, message }: &Refusal) -> Response {
    let internal = *exception == "InternalServerError";
    let status = if internal { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::BAD_REQUEST };
    error(status, exception, message)
}

fn error(status: StatusCode, exception: &str, message: &str) -> Response {
    answer(status, &json!({"__type": exception, "message": message}))
}

fn answer(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/x-amz-json-1.1")], body.to_string()).into_response()
}
