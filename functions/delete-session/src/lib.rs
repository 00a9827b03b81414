//! `DELETE /api/users/me/sessions/{id}`: ends one of the caller's sessions.

use satchel_aws::Aws;
use satchel_core::auth::KeyError;
use satchel_core::clock::Clock;
use satchel_core::config::Config;
use satchel_core::http::{ApiError, ApiResult, Request, no_content};
use satchel_store::{Auth, Sessions, Table};

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

/// `DELETE /api/users/me/sessions/{id}`: ends a session of the caller's account; each of its tokens is refused from
/// the next call on. It may be the caller's own.
///
/// # Errors
/// 401; 404 if the account has no such session.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let caller = app.auth.caller(request).await?;
    let ended = app.sessions.end_one(&caller, request.path("id")?).await?;
    if ended { no_content() } else { Err(ApiError::NotFound) }
}
