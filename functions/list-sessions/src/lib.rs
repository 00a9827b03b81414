//! `GET /api/users/me/sessions`: lists the caller's sessions.

use jiff::Timestamp;
use satchel_aws::Aws;
use satchel_core::auth::KeyError;
use satchel_core::clock::Clock;
use satchel_core::config::Config;
use satchel_core::http::{ApiResult, Listing, PageQuery, Request, ok};
use satchel_core::model::SessionId;
use satchel_store::{Auth, Sessions, Table};
use serde::Serialize;

/// What this function needs.
pub struct App {
    auth: Auth,
    sessions: Sessions,
    clock: Clock,
}

/// A session as its owner reads it.
#[derive(Serialize)]
struct SessionView {
    id: SessionId,
    created_at: Timestamp,
    last_used_at: Timestamp,
    user_agent: Option<String>,
    /// Whether it is the one that asks.
    current: bool,
}

impl App {
    /// # Errors
    /// If the public keys cannot be read.
    pub fn new(config: &Config) -> Result<Self, KeyError> {
        let table = Table::new(&Aws::new(&config.aws), config);
        let sessions = Sessions::new(table.clone(), config.lives.refresh_grace);
        Ok(Self { auth: Auth::new(table, config, Clock::System)?, sessions, clock: Clock::System })
    }
}

/// `GET /api/users/me/sessions`: where the caller's account is signed in, latest first.
///
/// # Errors
/// 401; 400 for what is wrong with `limit` or `cursor`.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let page = PageQuery::read(request);
    let load = async |user| {
        let page = page?;
        let found = app.sessions.list(user, page.limit, page.after).await?;
        Ok::<_, satchel_core::http::ApiError>((page, found))
    };
    let (caller, (page, (sessions, last))) = app.auth.caller_and(request, load).await?;
    let counts = |session: &satchel_core::model::Session| {
        session.auth_epoch == caller.user.auth_epoch && session.expires_at > app.clock.now()
    };
    let results = sessions.into_iter().filter(counts).map(|session| SessionView {
        current: session.id == caller.session.id,
        id: session.id,
        created_at: session.created_at,
        last_used_at: session.last_used_at,
        user_agent: session.user_agent,
    });
    let results: Vec<_> = results.collect();
    ok(&Listing { next: last.map(|last| page.next(request, &[], &last)), results })
}
