//! `GET /api/account-tiers`: the account tiers.

use std::convert::Infallible;

use satchel_aws::Aws;
use satchel_core::config::Config;
use satchel_core::http::{ApiResult, Request, ok};
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

/// `GET /api/account-tiers`: all tiers, smallest first; no sign-in.
///
/// # Errors
/// If the table does not answer.
pub async fn handle(app: &App, _request: &Request) -> ApiResult {
    ok(&app.tiers.all().await?)
}
