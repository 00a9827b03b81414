//! Passes Lambda's events to a handler and returns its responses. Only this module turns errors into
//! responses and logs requests.

use std::pin::Pin;
use std::process::ExitCode;

use http::header::{CACHE_CONTROL, STRICT_TRANSPORT_SECURITY, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, StatusCode};
use lambda_http::request::RequestContext;
use lambda_http::{RequestExt, service_fn};
use tracing::{error, info};

use satchel_runtime::telemetry::{Run, chain};
use satchel_runtime::{StartError, Wired, Wiring, start};

use super::{ApiError, ApiResult, Gate, Request, Response, no_store};

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
        wiring.complete()?;
        let (gate, handle) = (&gate?, &handle);
        lambda_http::run(service_fn(|request: lambda_http::Request| async move {
            let (route, request_id) =
                (route(&request), request.lambda_context_ref().map(|context| context.request_id.clone()));
            let request_id = request_id.unwrap_or_default();
            let run = Run::begin(&request_id);
            let result = match gate.admit(request) {
                Ok(request) => handle(request).await,
                Err(refusal) => Err(refusal),
            };
            let response = answer(result, &route, &request_id, &run);
            Ok::<_, std::convert::Infallible>(if gate.is_https() { only_https(response) } else { response })
        }))
        .await
    })
}

/// Builds the response for a handler's `result`.
///
/// Caches must not store it, unless it is a success for which the handler has set `Cache-Control`. This
/// applies to every route, with a token or without. Browsers must not guess another content type.
#[must_use]
pub fn finish(result: ApiResult, request_id: &str) -> Response {
    let response = result.unwrap_or_else(|refusal| refusal.into_response(request_id));
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    let may_be_stored = !failed && response.headers().contains_key(CACHE_CONTROL);
    let mut response = if may_be_stored { response } else { no_store(response) };
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if status == StatusCode::UNAUTHORIZED {
        // RFC 9110, section 15.5.2, also for pages.
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(r#"Bearer realm="api""#));
    }
    response
}

/// Tells browsers to use only HTTPS for this host, for two years (RFC 6797). Over HTTP, the header is not allowed.
fn only_https(mut response: Response) -> Response {
    let policy = HeaderValue::from_static("max-age=63072000");
    response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, policy);
    response
}

fn answer(result: ApiResult, route: &str, request_id: &str, run: &Run) -> Response {
    let cause = match &result {
        Err(ApiError::Internal(cause)) => Some(chain(cause.as_ref())),
        _ => None,
    };
    let response = finish(result, request_id);
    let (status, outcome) = (response.status().as_u16(), outcome(response.status()));
    let (duration_ms, cold_start, caller_id) = (run.milliseconds(), run.is_cold(), run.caller_id());
    match cause {
        Some(cause) => {
            error!(route, outcome, status, duration_ms, cold_start, caller_id, cause, "request failed");
        }
        None => info!(route, outcome, status, duration_ms, cold_start, caller_id, "request"),
    }
    response
}

/// How a request ended, in a word.
fn outcome(status: StatusCode) -> &'static str {
    match status {
        StatusCode::SERVICE_UNAVAILABLE => "busy",
        status if status.is_server_error() => "failed",
        status if status.is_client_error() => "refused",
        _ => "done",
    }
}

/// The route as in the template. Never the path, which may contain a token.
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
    use satchel_model::Refusal;

    fn cache_control(result: ApiResult) -> String {
        let response = finish(result, "r");
        let values: Vec<_> = response.headers().get_all(CACHE_CONTROL).iter().collect();
        values.iter().map(|value| value.to_str().unwrap()).collect::<Vec<_>>().join("; ")
    }

    fn public(mut response: Response) -> Response {
        response.headers_mut().insert(CACHE_CONTROL, "public, max-age=300".parse().unwrap());
        response
    }

    #[test]
    fn only_a_success_with_its_own_cache_control_may_be_stored() {
        assert_eq!(cache_control(ok(&json!({}))), "no-store");
        assert_eq!(cache_control(crate::no_content()), "no-store");
        assert_eq!(cache_control(crate::found("https://example.com/")), "no-store");
        let page = crate::Page { title: String::new(), body: String::new() };
        assert_eq!(cache_control(Ok(html(StatusCode::OK, &page, "/pages.css"))), "no-store");
        assert_eq!(cache_control(ok(&json!({})).map(public)), "public, max-age=300");
    }

    #[test]
    fn no_error_may_be_stored_even_with_its_own_cache_control() {
        for status in [400, 401, 403, 404, 409, 415, 422, 429, 500, 503] {
            let response = json(StatusCode::from_u16(status).unwrap(), &json!({}));
            assert_eq!(cache_control(Ok(public(response))), "no-store", "{status}");
        }
        for refusal in
            [ApiError::not_found(), Refusal::Throttled { seconds: 1 }.into(), ApiError::internal("a cause")]
        {
            assert_eq!(cache_control(Err(refusal)), "no-store");
        }
    }
}
