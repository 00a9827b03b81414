//! `GET /api/images/{id}/links`: lists the share links of an image of the caller's.

use satchel_core::auth::KeyError;
use satchel_core::config::Config;
use satchel_core::http::{ApiResult, Request};
use satchel_core::model::Kind;
use satchel_shares::OwnShares;

/// What this function needs.
pub struct App {
    shares: OwnShares,
}

impl App {
    /// # Errors
    /// If the public keys cannot be read.
    pub fn new(config: &Config) -> Result<Self, KeyError> {
        Ok(Self { shares: OwnShares::new(config)? })
    }
}

/// `GET /api/images/{id}/links`: lists the share links of an image of the caller's.
///
/// # Errors
/// 401; 404 if the caller has no such image; 400 for what is wrong with `limit` or `cursor`.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    app.shares.list(Kind::Image, request).await
}
