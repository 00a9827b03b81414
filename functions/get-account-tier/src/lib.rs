//! `GET /api/account-tiers/{id}`: shows an account tier.

use satchel_files::Tiers;
use satchel_guard::Auth;
use satchel_http::{ApiResult, Request, ok};
use satchel_model::Error;
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, tiers: Tiers }
}

/// Returns the tier to any signed-in caller.
///
/// # Errors
/// 401; 404 if no tier has this id.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let load = async |_| Ok::<_, Error>(app.tiers.find(&request.path::<String>("id")?).await?);
    let (_, tier) = app.auth.caller_and(request.bearer()?, load).await?;
    ok(&tier)
}

#[cfg(test)]
mod tests {
    use satchel_testing::{CannedAws, Event, empty_tiers, hides_failures, refuses_strangers, signed_in};
    use serde_json::json;

    use super::*;

    const EVENT: &str = include_str!("../../../events/get-account-tier.json");

    #[tokio::test]
    async fn a_tier_is_shown_to_every_signed_in_caller() {
        let aws = CannedAws::answering([signed_in(), empty_tiers()]).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        let premium = json!({
            "id": "premium", "name": "Premium", "thumbnail_sizes": [200, 400], "link_to_original": true,
            "expiring_links": true, "max_link_seconds": 7_776_000, "max_file_bytes": 1_073_741_824_u64, "max_total_bytes": 53_687_091_200_u64,
        });
        assert_eq!(answer.outcome(), (200, premium));
    }

    #[tokio::test]
    async fn an_unknown_tier_is_not_found() {
        let aws = CannedAws::answering([signed_in(), empty_tiers()]).await;
        let event = Event::of(EVENT).signed_in().path("id", "Premium");
        let answer = aws.ask(handle, event).await;
        assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
    }

    #[tokio::test]
    async fn an_internal_failure_is_a_500_without_details() {
        hides_failures(Event::of(EVENT).signed_in(), &[signed_in(), empty_tiers()], handle).await;
    }

    #[tokio::test]
    async fn an_unauthenticated_request_is_refused() {
        refuses_strangers(EVENT, handle).await;
    }
}
