//! `POST /api/token/refresh`: stays signed in.

use satchel_aws::Aws;
use satchel_core::auth::KeyError;
use satchel_core::config::Config;
use satchel_core::http::{Accepts, ApiResult, Fields, Request, no_store, ok};
use satchel_core::secret::Secret;
use satchel_identity::Refresh;
use satchel_store::Table;
use serde_json::json;

/// What this function needs.
pub struct App {
    refresh: Refresh,
}

impl App {
    /// # Errors
    /// If the public keys cannot be read.
    pub fn new(config: &Config) -> Result<Self, KeyError> {
        let aws = Aws::new(&config.aws);
        let table = Table::new(&aws, config);
        Ok(Self { refresh: Refresh::new(&aws, &table, config)? })
    }
}

/// `POST /api/token/refresh`: a refresh token against a new access token and its one successor.
///
/// # Errors
/// 400 for what is wrong with the field; 401 unless the token is a refresh token that is good now.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let input = request.input(Accepts::JsonOrForm).await?;
    let mut fields = Fields::of(&input);
    let token = fields.required("refresh", |text| Ok(Secret::new(text.to_owned())));
    let token = fields.finish(token)?;
    let tokens = app.refresh.refresh(&token).await?;
    ok(&json!({ "access": tokens.access.expose(), "refresh": tokens.refresh.expose() })).map(no_store)
}
