//! `GET /api/users/me`: shows the caller's account.

use satchel_api::AccountView;
use satchel_files::{Tiers, tier_of};
use satchel_guard::Auth;
use satchel_http::{ApiResult, Request, ok};
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, tiers: Tiers }
}

/// Returns the account with its used and allowed storage.
///
/// # Errors
/// 401.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let (caller, tiers) = app.auth.caller_and(request.bearer()?, async |_| app.tiers.all().await).await?;
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

    #[tokio::test]
    async fn the_caller_sees_the_account_and_its_used_storage() {
        let aws = CannedAws::answering([signed_in(), empty_tiers()]).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        let account = json!({
            "id": USER, "username": "ada", "email": "ada@example.com", "email_verified": true, "tier": "Basic",
            "is_staff": false, "used_bytes": 90, "kept_bytes": 0, "max_total_bytes": 1_073_741_824,
            "created_at": "2026-03-12T19:03:58Z",
        });
        assert_eq!(answer.outcome(), (200, account));
    }

    #[tokio::test]
    async fn an_unauthenticated_request_is_refused() {
        refuses_strangers(EVENT, handle).await;
    }

    #[tokio::test]
    async fn an_internal_failure_is_a_500_without_details() {
        hides_failures(Event::of(EVENT).signed_in(), &[signed_in(), empty_tiers()], handle).await;
    }
}
