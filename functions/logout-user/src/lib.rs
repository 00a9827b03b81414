//! `POST /api/user/logout`: signs out.

use satchel_aws::Aws;
use satchel_core::auth::KeyError;
use satchel_core::clock::Clock;
use satchel_core::config::Config;
use satchel_core::http::{Accepts, ApiResult, Fields, Request, ok};
use satchel_store::{Auth, Sessions, Table};
use serde_json::json;

/// What this function needs.
pub struct App {
    auth: Auth,
    sessions: Sessions,
}

impl App {
    /// # Errors
    /// If the public keys cannot be read.
    pub fn new(config: &Config) -> Result<Self, KeyError> {
        let table = Table::new(&Aws::new(&config.aws), config);
        let sessions = Sessions::new(table.clone(), config.lives.refresh_grace);
        Ok(Self { auth: Auth::new(table, config, Clock::System)?, sessions })
    }
}

/// `POST /api/user/logout`: ends the caller's session, with `all` every session of the account: each of their
/// tokens is refused from the next call on.
///
/// # Errors
/// 401; 400 if `all` is no boolean.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let caller = app.auth.caller(request).await?;
    let input = request.input(Accepts::JsonOrForm).await?;
    let mut fields = Fields::of(&input);
    let all = fields.flag("all");
    if fields.finish(all)? {
        app.sessions.end_all(&caller).await?;
    } else {
        app.sessions.end(&caller).await?;
    }
    ok(&json!({ "message": "Logout successful" }))
}
