//! From Lambda's event to a handler and back: the one place that turns errors into answers and logs requests.

use std::pin::Pin;
use std::process::ExitCode;
use std::time::Instant;

use http::HeaderValue;
use http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use lambda_http::request::RequestContext;
use lambda_http::{RequestExt, service_fn};
use tracing::{error, info};

use super::{ApiError, ApiResult, Gate, Request, Response, no_store};
use satchel_runtime::telemetry::chain;
use satchel_runtime::{StartError, Wired, Wiring, start};

/// Serves requests with `handle` until Lambda stops the process; the result is the process's exit code.
pub fn serve<App, Answer>(handle: impl Fn(&'static App, Request) -> Answer + Sync) -> ExitCode
where
    App: Wired + Sync + 'static,
    Answer: Future<Output = ApiResult> + Send,
{
    serve_handler(&|wiring| {
        let app: &'static App = Box::leak(Box::new(App::wired(wiring)?));
        let handle = &handle;
        Ok(Box::new(move |request| Box::pin(handle(app, request))))
    })
}

/// A handler with its services.
type Handler<'h> = Box<dyn Fn(Request) -> Pin<Box<dyn Future<Output = ApiResult> + Send + 'h>> + Sync + 'h>;

/// The part of [`serve`] that is the same for all functions. It is not generic, so that Lambda's runtime is compiled once
/// and not with each of the functions.
fn serve_handler<'h>(wire: &dyn Fn(&Wiring) -> Result<Handler<'h>, StartError>) -> ExitCode {
    start(async |wiring| {
        let gate = wiring.get::<Gate>();
        let handle = wire(&wiring)?;
        let (gate, handle) = (&gate?, &handle);
        lambda_http::run(service_fn(|request: lambda_http::Request| async move {
            let started = Instant::now();
            let (route, request_id) =
                (route(&request), request.lambda_context_ref().map(|context| context.request_id.clone()));
            let request_id = request_id.unwrap_or_default();
            let result = match gate.admit(request) {
                Ok(request) => handle(request).await,
                Err(refusal) => Err(refusal),
            };
            Ok::<_, std::convert::Infallible>(answer(result, &route, &request_id, started))
        }))
        .await
    })
}

/// The response for a handler's `result`. No cache may store it, unless it is a success whose handler says otherwise:
/// this holds for every route, with a token and without. No browser guesses another content type.
#[must_use]
pub fn finish(result: ApiResult, request_id: &str) -> Response {
    let response = result.unwrap_or_else(|refusal| refusal.into_response(request_id));
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    let is_kept = !failed && response.headers().contains_key(CACHE_CONTROL);
    let mut response = if is_kept { response } else { no_store(response) };
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn answer(result: ApiResult, route: &str, request_id: &str, started: Instant) -> Response {
    let cause = match &result {
        Err(ApiError::Internal(cause)) => Some(chain(cause.as_ref())),
        _ => None,
    };
    let response = finish(result, request_id);
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

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use serde_json::json;

    use super::*;
    use crate::{html, json, ok};

    fn kept(result: ApiResult) -> String {
        let response = finish(result, "r");
        let values: Vec<_> = response.headers().get_all(CACHE_CONTROL).iter().collect();
        values.iter().map(|value| value.to_str().unwrap()).collect::<Vec<_>>().join("; ")
    }

    fn public(mut response: Response) -> Response {
        response.headers_mut().insert(CACHE_CONTROL, "public, max-age=300".parse().unwrap());
        response
    }

    #[test]
    fn only_a_success_that_says_so_may_be_stored() {
        assert_eq!(kept(ok(&json!({}))), "no-store");
        assert_eq!(kept(crate::no_content()), "no-store");
        assert_eq!(kept(crate::found("https://example.com/")), "no-store");
        let page = crate::Page { title: String::new(), body: String::new() };
        assert_eq!(kept(Ok(html(StatusCode::OK, &page))), "no-store");
        assert_eq!(kept(ok(&json!({})).map(public)), "public, max-age=300");
    }

    #[test]
    fn no_error_may_be_stored_whatever_it_says() {
        for status in [400, 401, 403, 404, 409, 415, 422, 429, 500, 503] {
            let response = json(StatusCode::from_u16(status).unwrap(), &json!({}));
            assert_eq!(kept(Ok(public(response))), "no-store", "{status}");
        }
        for refusal in [ApiError::NotFound, ApiError::Throttled(1), ApiError::internal("a cause")] {
            assert_eq!(kept(Err(refusal)), "no-store");
        }
    }
}
