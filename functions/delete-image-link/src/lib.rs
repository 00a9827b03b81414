//! `DELETE /api/images/{id}/links/{link_id}`: revokes a share link of an image of the caller's.

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

/// `DELETE /api/images/{id}/links/{link_id}`: revokes a share link of an image of the caller's.
///
/// # Errors
/// 401; 404 if the caller has no such image, or it no such link.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    app.shares.revoke(Kind::Image, request).await
}
