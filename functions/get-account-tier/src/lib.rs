//! `GET /api/account-tiers/{id}`: one account tier.

use std::convert::Infallible;

use satchel_aws::Aws;
use satchel_core::config::Config;
use satchel_core::http::{ApiError, ApiResult, Request, ok};
use satchel_store::{Table, Tiers};

/// What this function needs.
pub struct App {
    tiers: Tiers,
}

impl App {
    /// # Errors
    /// None.
    pub fn new(config: &Config) -> Result<Self, Infallible> {
        Ok(Self { tiers: Tiers::new(Table::new(&Aws::new(&config.aws), config)) })
    }
}

/// `GET /api/account-tiers/{id}`: one tier; no sign-in.
///
/// # Errors
/// 404 if there is none of this id.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let id: String = request.path("id")?;
    let tiers = app.tiers.all().await?;
    let tier = tiers.iter().find(|tier| tier.id.as_str() == id).ok_or(ApiError::NotFound)?;
    ok(tier)
}
