//! `GET /api/users/me`: the caller's account.

use satchel_aws::Aws;
use satchel_core::auth::KeyError;
use satchel_core::clock::Clock;
use satchel_core::config::Config;
use satchel_core::http::{ApiResult, Request, ok};
use satchel_store::{Auth, Table, Tiers, tier_of};
use serde_json::json;

/// What this function needs.
pub struct App {
    auth: Auth,
    tiers: Tiers,
}

impl App {
    /// # Errors
    /// If the public keys cannot be read.
    pub fn new(config: &Config) -> Result<Self, KeyError> {
        let table = Table::new(&Aws::new(&config.aws), config);
        Ok(Self { auth: Auth::new(table.clone(), config, Clock::System)?, tiers: Tiers::new(table) })
    }
}

/// `GET /api/users/me`: the caller's account, with what it stores and may store.
///
/// # Errors
/// 401.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let (caller, tiers) = app.auth.caller_and(request, async |_| app.tiers.all().await).await?;
    let user = caller.user;
    let tier = tier_of(tiers, &user.tier);
    ok(&json!({
        "id": user.id,
        "username": user.username,
        "email": user.email,
        "email_verified": user.email_verified,
        "tier": tier.name,
        "is_staff": user.is_staff,
        "used_bytes": user.used_bytes,
        "max_total_bytes": tier.max_total_bytes,
        "created_at": user.created_at,
    }))
}
