//! From Lambda's event to a handler and back: the one place that turns errors into answers and logs requests.

use std::time::Instant;

use lambda_http::request::RequestContext;
use lambda_http::{RequestExt, service_fn};
use tracing::{error, info};

use super::{ApiError, ApiResult, Gate, Request, Response};
use crate::config::Config;
use crate::telemetry::chain;

/// Serves requests with `handler` until Lambda stops the process.
///
/// # Errors
/// If the runtime API is gone.
pub async fn serve<F, Answer>(config: &Config, handler: F) -> Result<(), lambda_http::Error>
where
    F: Fn(Request) -> Answer + Sync,
    Answer: Future<Output = ApiResult> + Send,
{
    let gate = Gate::new(config);
    let (gate, handler) = (&gate, &handler);
    lambda_http::run(service_fn(async move |request: lambda_http::Request| {
        let started = Instant::now();
        let (route, request_id) =
            (route(&request), request.lambda_context_ref().map(|context| context.request_id.clone()));
        let request_id = request_id.unwrap_or_default();
        let result = match gate.admit(request) {
            Ok(request) => handler(request).await,
            Err(refusal) => Err(refusal),
        };
        Ok::<_, std::convert::Infallible>(answer(result, &route, &request_id, started))
    }))
    .await
}

fn answer(result: ApiResult, route: &str, request_id: &str, started: Instant) -> Response {
    let cause = match &result {
        Err(ApiError::Internal(cause)) => Some(chain(cause.as_ref())),
        _ => None,
    };
    let response = result.unwrap_or_else(|refusal| refusal.into_response(request_id));
    let status = response.status().as_u16();
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    match cause {
        Some(cause) => error!(route, status, duration_ms, request_id, cause, "request failed"),
        None => info!(route, status, duration_ms, request_id, "request"),
    }
    response
}

/// The route as the template has it: never the path, which may hold a token.
fn route(request: &lambda_http::Request) -> String {
    match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.route_key.clone().unwrap_or_default(),
        _ => String::new(),
    }
}
