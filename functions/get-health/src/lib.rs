//! `GET /health`: tells whether the service is up.

use satchel_http::{ApiResult, Request, ok};
use satchel_runtime::app;
use serde_json::json;

app! {
    /// What this function needs: nothing.
    pub struct App {}
}

/// Returns `{"status":"ok","version":...}`, which shows that a function can start with its configuration, and which
/// release is deployed.
///
/// # Errors
/// None.
#[allow(clippy::unused_async, reason = "every handler is awaited the same way")]
pub async fn handle(_app: &'static App, _request: Request) -> ApiResult {
    ok(&json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
}

#[cfg(test)]
mod tests {
    use satchel_testing::{CannedAws, Event};

    use super::*;

    /// The version in the workspace's manifest.
    fn workspace_version() -> &'static str {
        let manifest = include_str!("../../../Cargo.toml");
        let (_, package) = manifest.split_once("[workspace.package]").unwrap();
        let line = package.lines().find_map(|line| line.strip_prefix("version = ")).unwrap();
        line.trim_matches('"')
    }

    #[tokio::test]
    async fn a_running_service_is_ok_without_any_call() {
        let aws = CannedAws::answering([]).await;
        let event = Event::of(include_str!("../../../events/get-health.json"));
        let answer = aws.ask(handle, event).await;
        assert_eq!(answer.outcome(), (200, json!({"status": "ok", "version": workspace_version()})));
        assert!(aws.calls().is_empty());
    }
}
