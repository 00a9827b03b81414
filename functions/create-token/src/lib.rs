//! `POST /api/token` and `POST /token`: signs in.

use std::convert::Infallible;

use satchel_aws::Aws;
use satchel_core::config::Config;
use satchel_core::http::{Accepts, ApiResult, Fields, Request, no_store, ok};
use satchel_core::secret::Secret;
use satchel_identity::SignIn;
use satchel_store::Table;
use serde_json::json;

/// What this function needs.
pub struct App {
    sign_in: SignIn,
}

impl App {
    /// # Errors
    /// None.
    pub fn new(config: &Config) -> Result<Self, Infallible> {
        let aws = Aws::new(&config.aws);
        let table = Table::new(&aws, config);
        Ok(Self { sign_in: SignIn::new(&aws, &table, config) })
    }
}

/// `POST /api/token`: a name and a password against a pair of tokens.
///
/// # Errors
/// 400 for what is wrong with the fields; 401 unless an active account has that name and password.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let input = request.input(Accepts::JsonOrForm).await?;
    let mut fields = Fields::of(&input);
    let username = fields.required("username", |text| Ok(text.to_owned()));
    let password = fields.untrimmed("password", |text| Ok(Secret::new(text.to_owned())));
    let (username, password) = fields.finish(username.zip(password))?;
    let tokens = app.sign_in.sign_in(&username, &password, request.header("user-agent")).await?;
    ok(&json!({ "refresh": tokens.refresh.expose(), "access": tokens.access.expose() })).map(no_store)
}
