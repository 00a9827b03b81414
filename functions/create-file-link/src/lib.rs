//! `POST /api/files/{id}/links`: makes a link that opens a file of the caller's to whoever has it.

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

/// `POST /api/files/{id}/links`: makes a link that opens a file of the caller's to whoever has it.
///
/// # Errors
/// 401; 404 if the caller has no such file; 403 if the tier has no links; 400 for what is wrong with the fields; 409 if it is
/// not ready.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    app.shares.create(Kind::File, request).await
}
