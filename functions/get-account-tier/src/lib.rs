//! `GET /api/account-tiers/{id}`: one account tier.

use std::convert::Infallible;

use satchel_aws::Aws;
use satchel_core::config::Config;
use satchel_core::http::{ApiResult, Request, ok};
use satchel_store::{Table, Tiers};

/// What this function needs.
pub struct App {
    tiers: Tiers,
}

impl App {
    /// # Errors
    /// None.
    #[must_use]
    pub fn new(config: &Config) -> Result<Self, Infallible> {
        Ok(Self { tiers: Tiers::new(Table::new(&Aws::new(&config.aws), config)) })
    }
}

/// `GET /api/account-tiers/{id}`: one tier; no sign-in.
///
/// # Errors
/// 404 if there is none of this id.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let tier = app.tiers.find(&request.path::<String>("id")?).await?;
    ok(&tier)
}

#[cfg(test)]
mod tests {
    use satchel_testing::{CannedAws, Event, empty_tiers, hides_failures};
    use serde_json::json;

    use super::*;

    const EVENT: &str = include_str!("../../../events/get-account-tier.json");

    async fn handler(config: &Config, request: Request) -> ApiResult {
        handle(&App::new(config).unwrap(), &request).await
    }

    #[tokio::test]
    async fn a_tier_is_shown_to_everybody() {
        let aws = CannedAws::answering([empty_tiers()]).await;
        let answer = aws.ask(handler, Event::of(EVENT)).await;
        let premium = json!({
            "id": "premium", "name": "Premium", "thumbnail_sizes": [200, 400], "link_to_original": true,
            "expiring_links": false, "max_file_bytes": 1_073_741_824_u64, "max_total_bytes": 53_687_091_200_u64,
        });
        assert_eq!(answer.outcome(), (200, premium));
    }

    #[tokio::test]
    async fn a_tier_that_is_none_is_not_found() {
        let aws = CannedAws::answering([empty_tiers()]).await;
        let event = Event::of(EVENT).path("id", "Premium");
        let answer = aws.ask(handler, event).await;
        assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
    }

    #[tokio::test]
    async fn a_failure_stays_inside() {
        hides_failures(Event::of(EVENT), &[empty_tiers()], handler).await;
    }
}
