//! `GET /health`: says that the service answers.

use satchel_runtime::app;

use satchel_http::{ApiResult, Request, ok};
use serde_json::json;

app! {
    /// What this function needs: nothing.
    pub struct App {}
}

/// `GET /health`: `{"status":"ok"}` from a function that could be started and configured.
///
/// # Errors
/// None.
#[expect(clippy::unused_async, reason = "every handler is awaited the same way")]
pub async fn handle(_app: &'static App, _request: Request) -> ApiResult {
    ok(&json!({ "status": "ok" }))
}

#[cfg(test)]
mod tests {
    use satchel_testing::{CannedAws, Event};

    use super::*;

    #[tokio::test]
    async fn a_service_that_runs_is_ok_and_calls_nothing() {
        let aws = CannedAws::answering([]).await;
        let event = Event::of(include_str!("../../../events/get-health.json"));
        let answer = aws.ask(handle, event).await;
        assert_eq!(answer.outcome(), (200, json!({"status": "ok"})));
        assert!(aws.calls().is_empty());
    }
}
