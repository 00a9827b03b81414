//! `GET /api/users/me`: the caller's account.

use satchel_files::{Tiers, tier_of};
use satchel_guard::Auth;
use satchel_guard::KeyError;
use satchel_http::{ApiResult, Request, ok};
use satchel_model::AccountView;
use satchel_model::clock::Clock;
use satchel_runtime::Aws;
use satchel_runtime::config::Config;
use satchel_table::Table;

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
    let tier = tier_of(tiers, &caller.user.tier);
    ok(&AccountView::of(&caller.user, &tier))
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, USER, empty_tiers, hides_failures, refuses_strangers, signed_in,
    };

    use serde_json::json;

    use super::*;

    const EVENT: &str = include_str!("../../../events/get-current-user.json");

    async fn handler(config: &Config, request: Request) -> ApiResult {
        handle(&App::new(config).unwrap(), &request).await
    }

    #[tokio::test]
    async fn the_caller_reads_their_account_and_what_it_stores() {
        let aws = CannedAws::answering([signed_in(), empty_tiers()]).await;
        let answer = aws.ask(handler, Event::of(EVENT).signed_in()).await;
        let account = json!({
            "id": USER, "username": "ada", "email": "ada@example.com", "email_verified": true, "tier": "Basic",
            "is_staff": false, "used_bytes": 90, "max_total_bytes": 1_073_741_824,
            "created_at": "2026-03-12T19:03:58Z",
        });
        assert_eq!(answer.outcome(), (200, account));
    }

    #[tokio::test]
    async fn only_a_caller_who_is_signed_in_is_answered() {
        refuses_strangers(EVENT, handler).await;
    }

    #[tokio::test]
    async fn a_failure_stays_inside() {
        hides_failures(Event::of(EVENT).signed_in(), &[signed_in(), empty_tiers()], handler).await;
    }
}
