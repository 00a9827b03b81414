//! `POST /api/users`: signs up.

use std::convert::Infallible;

use satchel_aws::Aws;
use satchel_core::config::Config;
use satchel_core::http::{Accepts, ApiResult, Request, created};
use satchel_identity::SignUp;
use satchel_store::Table;
use serde_json::json;

/// What this function needs.
pub struct App {
    sign_up: SignUp,
}

impl App {
    /// # Errors
    /// None.
    pub fn new(config: &Config) -> Result<Self, Infallible> {
        let table = Table::new(&Aws::new(&config.aws), config);
        Ok(Self { sign_up: SignUp::new(&table, config) })
    }
}

/// `POST /api/users`: makes an account, with an address or without.
///
/// # Errors
/// 400 for what is wrong with the fields, or if the name is taken; 403 if registration is closed.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let input = request.input(Accepts::JsonOrForm).await?;
    let application = app.sign_up.application(&input, false)?;
    let user = app.sign_up.sign_up(application, &request.viewer().base_url).await?;
    created(&json!({
        "message": "User created successfully",
        "id": user.id,
        "username": user.username,
        "email": user.email,
        "email_verified": user.email_verified,
        "tier": "Basic",
    }))
}
