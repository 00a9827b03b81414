//! `POST /s/{token}`: opens a share link from its form, and counts that.

use std::convert::Infallible;

use satchel_core::config::Config;
use satchel_core::http::{ApiResult, Request};
use satchel_shares::OpenShares;

/// What this function needs.
pub struct App {
    shares: OpenShares,
}

impl App {
    /// # Errors
    /// None.
    pub fn new(config: &Config) -> Result<Self, Infallible> {
        Ok(Self { shares: OpenShares::new(config) })
    }
}

/// `POST /s/{token}`: opens a share link from its form, and counts that.
///
/// # Errors
/// 404 if the link is unknown, over, used up or revoked, or its file is gone; 401 for another password, 400 for none; 429
/// after too many.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    app.shares.open(request).await
}
