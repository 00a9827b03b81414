//! `GET /api/account-tiers`: lists the account tiers.

use satchel_files::Tiers;
use satchel_http::{ApiResult, ListQuery, Request, ok};
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { tiers: Tiers }
}

/// Returns all tiers, smallest first.
///
/// The caller need not be signed in.
///
/// # Errors
/// 400 if the query has a parameter.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    ListQuery::of(&request).finish()?;
    ok(&app.tiers.all().await?)
}

#[cfg(test)]
mod tests {
    use satchel_testing::{CannedAws, Event, empty_tiers, hides_failures, page};
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/list-account-tiers.json");

    fn tier(
        id: &str,
        name: &str,
        sizes: &[u32],
        original: bool,
        seconds: Option<u64>,
        bytes: [u64; 2],
    ) -> Value {
        json!({
            "id": id, "name": name, "thumbnail_sizes": sizes, "link_to_original": original, "expiring_links": true,
            "max_link_seconds": seconds, "max_file_bytes": bytes[0], "max_total_bytes": bytes[1],
        })
    }

    fn premium_and_enterprise() -> [Value; 2] {
        let (gib, tib) = (1_073_741_824, 1_099_511_627_776);
        [
            tier("premium", "Premium", &[200, 400], true, Some(7_776_000), [gib, 50 * gib]),
            tier("enterprise", "Enterprise", &[200, 400], true, None, [50 * gib, tib]),
        ]
    }

    #[tokio::test]
    async fn a_new_deployment_has_the_built_in_tiers() {
        let aws = CannedAws::answering([empty_tiers()]).await;
        let answer = aws.ask(handle, Event::of(EVENT)).await;
        let [premium, enterprise] = premium_and_enterprise();
        let basic = tier("basic", "Basic", &[200], false, Some(604_800), [104_857_600, 1_073_741_824]);
        assert_eq!(answer.outcome(), (200, json!([basic, premium, enterprise])));
    }

    #[tokio::test]
    async fn a_record_replaces_its_built_in_tier_and_other_tiers_follow() {
        let basic = tier("basic", "Free", &[100], false, Some(300), [1, 2]);
        let gold = tier("gold", "Gold", &[16, 2000], true, None, [3, 4]);
        let aws = CannedAws::answering([page(&[gold.clone(), basic.clone()])]).await;
        let answer = aws.ask(handle, Event::of(EVENT)).await;
        let [premium, enterprise] = premium_and_enterprise();
        assert_eq!(answer.outcome(), (200, json!([basic, premium, enterprise, gold])));
    }

    #[tokio::test]
    async fn a_tier_that_was_stored_before_links_had_a_limit_gets_the_limit_of_its_built_in_tier() {
        let stored = ["premium", "enterprise", "gold"].map(|id| {
            let mut tier = tier(id, id, &[100], false, None, [1, 2]);
            tier.as_object_mut().unwrap().remove("max_link_seconds");
            tier
        });
        let aws = CannedAws::answering([page(&stored)]).await;
        let answer = aws.ask(handle, Event::of(EVENT)).await;
        let limits: Vec<_> =
            answer.body.as_array().unwrap().iter().map(|tier| tier["max_link_seconds"].as_u64()).collect();
        assert_eq!(limits, [Some(604_800), Some(7_776_000), None, Some(604_800)]);
    }

    #[tokio::test]
    async fn an_internal_failure_is_a_500_without_details() {
        hides_failures(Event::of(EVENT), &[empty_tiers()], handle).await;
    }
}
