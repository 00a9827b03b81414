//! `GET /health`: says that the service answers.

use std::convert::Infallible;

use satchel_core::config::Config;
use satchel_core::http::{ApiResult, Request, ok};
use serde_json::json;

/// What this function needs: nothing.
pub struct App;

impl App {
    /// # Errors
    /// None.
    pub fn new(_config: &Config) -> Result<Self, Infallible> {
        Ok(Self)
    }
}

/// `GET /health`: `{"status":"ok"}` from a function that could be started and configured.
///
/// # Errors
/// None.
pub async fn handle(_app: &App, _request: &Request) -> ApiResult {
    ok(&json!({ "status": "ok" }))
}
