//! `POST /api/account-tiers`: creates an account tier, for staff.

use satchel_api::TierSettings;
use satchel_files::Tiers;
use satchel_guard::{Auth, Idempotency};
use satchel_http::{Accepts, ApiResult, Request, created};
use satchel_model::Error;
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, tiers: Tiers, idempotency: Idempotency }
}

/// Creates a tier, whose id is derived from its name.
///
/// # Errors
/// 401; 404 unless the caller is staff; 400 if a field is invalid or a tier has the name already; 422 if the
/// Idempotency-Key was used with another request.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let (caller, ()) = app.auth.staff_and(request.bearer()?, async |_| Ok::<_, Error>(())).await?;
    let input = request.input(Accepts::Json).await?;
    let idempotent = app.idempotency.of(request.idempotency_key(&input)?.as_ref());
    let settings = TierSettings::of_json(&input)?;
    let id = settings.name.id();
    created(&app.tiers.create(&caller, settings.into_tier(id), &idempotent).await?)
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, Reply, cancelled, done, hides_failures, refuses_strangers, signed_in,
        signed_in_as_staff,
    };
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/create-account-tier.json");

    fn gold() -> Value {
        json!({
            "id": "gold", "name": "Gold", "thumbnail_sizes": [100, 800], "link_to_original": true,
            "expiring_links": false, "max_link_seconds": 604_800, "max_file_bytes": 1_073_741_824_u64, "max_total_bytes": 10_737_418_240_u64,
        })
    }

    fn replies() -> [Reply; 2] {
        [signed_in_as_staff(), done("TransactWriteItems")]
    }

    #[tokio::test]
    async fn the_id_of_a_tier_is_derived_from_its_name() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (201, gold()));
        let writes = aws.call("TransactWriteItems").json()["TransactItems"].take();
        let put = &writes[2]["Put"];
        assert_eq!((&put["Item"]["pk"]["S"], &put["Item"]["sk"]["S"]), (&json!("TIERS"), &json!("gold")));
        assert_eq!(put["ConditionExpression"], "attribute_not_exists(pk)");
        let still_staff = writes[1]["ConditionCheck"]["ConditionExpression"].as_str().unwrap();
        assert!(still_staff.contains("#is_staff = :true"), "{still_staff}");
    }

    #[tokio::test]
    async fn a_built_in_tier_can_be_created_only_after_it_was_deleted() {
        let aws = CannedAws::answering(replies()).await;
        let mut body = gold();
        body["name"] = json!("PREMIUM");
        let answer = aws.ask(handle, Event::of(EVENT).signed_in().body(&body)).await;
        assert_eq!((answer.status, &answer.body["id"]), (201, &json!("premium")));
        let writes = aws.call("TransactWriteItems").json()["TransactItems"].take();
        assert_eq!(writes[2]["Put"]["ConditionExpression"], "attribute_exists(#deleted)");
    }

    #[tokio::test]
    async fn two_tiers_cannot_have_the_same_name() {
        let taken = cancelled(&["None", "None", "ConditionalCheckFailed"]);
        let aws = CannedAws::answering([signed_in_as_staff(), taken]).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        let words = json!({"name": ["A tier with that name already exists."]});
        assert_eq!(answer.outcome(), (400, words));
    }

    #[tokio::test]
    async fn sizes_are_sorted_and_flags_default_to_false() {
        let aws = CannedAws::answering(replies()).await;
        let body = json!({"name": "Gold", "thumbnail_sizes": [400, 16, 400], "max_file_bytes": 1, "max_total_bytes": 2});
        let answer = aws.ask(handle, Event::of(EVENT).signed_in().body(&body)).await;
        let made = json!({
            "id": "gold", "name": "Gold", "thumbnail_sizes": [16, 400], "link_to_original": false,
            "expiring_links": false, "max_link_seconds": 604_800, "max_file_bytes": 1, "max_total_bytes": 2,
        });
        assert_eq!(answer.outcome(), (201, made));
    }

    #[tokio::test]
    async fn all_invalid_fields_are_reported_together() {
        let aws = CannedAws::answering(replies()).await;
        let body = json!({
            "thumbnail_sizes": "200", "link_to_original": "perhaps", "max_file_bytes": 5_497_558_138_881_u64,
            "max_total_bytes": 0,
        });
        let errors = json!({
            "name": ["This field is required."],
            "thumbnail_sizes": ["Expected a list of items but got type \"str\"."],
            "link_to_original": ["Must be a valid boolean."],
            "max_file_bytes": ["Ensure this value is less than or equal to 5497558138880."],
            "max_total_bytes": ["Ensure this value is greater than or equal to 1."],
        });
        assert_eq!(aws.ask(handle, Event::of(EVENT).signed_in().body(&body)).await.outcome(), (400, errors));
    }

    #[tokio::test]
    async fn the_route_is_not_found_unless_the_caller_is_staff() {
        let mut replies = replies().to_vec();
        replies[0] = signed_in();
        let aws = CannedAws::answering(replies).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
        assert!(!aws.operations().contains(&"TransactWriteItems".to_owned()));
    }

    #[tokio::test]
    async fn an_unauthenticated_request_is_refused() {
        refuses_strangers(EVENT, handle).await;
    }

    #[tokio::test]
    async fn an_internal_failure_is_a_500_without_details() {
        hides_failures(Event::of(EVENT).signed_in(), &replies(), handle).await;
    }
}
