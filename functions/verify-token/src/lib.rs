//! `POST /api/token/verify`: whether a token is good.

use http::StatusCode;
use satchel_aws::Aws;
use satchel_core::auth::KeyError;
use satchel_core::clock::Clock;
use satchel_core::config::Config;
use satchel_core::http::{Accepts, ApiError, ApiResult, Fields, Request, ok};
use satchel_core::secret::Secret;
use satchel_store::{Auth, Table};
use serde_json::json;

/// What this function needs.
pub struct App {
    auth: Auth,
}

impl App {
    /// # Errors
    /// If the public keys cannot be read.
    pub fn new(config: &Config) -> Result<Self, KeyError> {
        let table = Table::new(&Aws::new(&config.aws), config);
        Ok(Self { auth: Auth::new(table, config, Clock::System)? })
    }
}

/// `POST /api/token/verify`: says that a token of either kind is good: signed by us, not over, not signed out.
///
/// # Errors
/// 400 for what is wrong with the field; 401 if the token is not good.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let input = request.input(Accepts::JsonOrForm).await?;
    let mut fields = Fields::of(&input);
    let token = fields.required("token", |text| Ok(Secret::new(text.to_owned())));
    let token = fields.finish(token)?;
    match app.auth.holder(&token).await? {
        Some(_) => ok(&json!({})),
        None => Err(not_valid()),
    }
}

fn not_valid() -> ApiError {
    let body = json!({ "detail": "Token is invalid or expired", "code": "token_not_valid" });
    ApiError::Body(StatusCode::UNAUTHORIZED, body)
}
