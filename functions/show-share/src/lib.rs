//! `GET /s/{token}`: opens a share link, or asks first.

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

/// `GET /s/{token}`: opens a share link, or asks first.
///
/// # Errors
/// 404 if the link is unknown, over, used up or revoked, or its file is gone; 429 after too many unknown ones.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    app.shares.show(request).await
}
