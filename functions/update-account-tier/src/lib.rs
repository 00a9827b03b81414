//! `PUT /api/account-tiers/{id}`: changes an account tier, for staff.

use satchel_api::TierSettings;
use satchel_files::Tiers;
use satchel_guard::Auth;
use satchel_http::{Accepts, ApiResult, Request, ok};
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, tiers: Tiers }
}

/// Replaces the settings of a tier, which may be a built-in one.
///
/// Its id stays the same.
///
/// # Errors
/// 401; 404 unless the caller is staff and the tier exists; 400 if a field is invalid or another tier has the
/// name.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let load = async |_| app.tiers.find(&request.path::<String>("id")?).await;
    let (caller, was) = app.auth.staff_and(request.bearer()?, load).await?;
    let settings = TierSettings::of_json(&request.input(Accepts::Json).await?)?;
    let tier = settings.into_tier(was.id.clone());
    app.tiers.replace(&caller, &was, &tier).await?;
    ok(&tier)
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, Reply, cancelled, done, empty_tiers, hides_failures, page, refuses_strangers,
        signed_in, signed_in_as_staff,
    };
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/update-account-tier.json");

    fn tier(id: &str, name: &str) -> Value {
        json!({
            "id": id, "name": name, "thumbnail_sizes": [100, 800], "link_to_original": true,
            "expiring_links": false, "max_link_seconds": 604_800, "max_file_bytes": 1_073_741_824_u64, "max_total_bytes": 10_737_418_240_u64,
        })
    }

    fn replies() -> [Reply; 3] {
        [signed_in_as_staff(), empty_tiers(), done("TransactWriteItems")]
    }

    /// The writes that rename the tier `gold` from `was` to `name`.
    async fn renamed(was: &str, name: &str) -> Value {
        let [staff, _, done] = replies();
        let aws = CannedAws::answering([staff, page(&[tier("gold", was)]).about("TIERS"), done]).await;
        let event = Event::of(EVENT).signed_in().path("id", "gold").body(&tier("other", name));
        assert_eq!(aws.ask(handle, event).await.outcome(), (200, tier("gold", name)));
        aws.call("TransactWriteItems").json()["TransactItems"].take()
    }

    #[tokio::test]
    async fn a_changed_built_in_tier_is_stored_as_a_record() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (200, tier("premium", "Premium")));
        let writes = aws.call("TransactWriteItems").json()["TransactItems"].take();
        assert_eq!(writes.as_array().unwrap().len(), 3);
        let put = &writes[2]["Put"];
        assert_eq!(
            (&put["Item"]["sk"]["S"], &put["Item"]["max_file_bytes"]["N"]),
            (&json!("premium"), &json!("1073741824"))
        );
        assert_eq!(put["ConditionExpression"], "attribute_not_exists(pk) OR #name = :name");
    }

    #[tokio::test]
    async fn a_new_name_is_claimed_and_the_old_one_released() {
        let writes = renamed("Silver", "Bronze").await;
        assert_eq!(writes[2]["Put"]["ExpressionAttributeValues"][":name"]["S"], "Silver");
        let mark = json!({"pk": {"S": "TIERS"}, "sk": {"S": "bronze"}, "names": {"S": "gold"}});
        assert_eq!(
            (&writes[3]["Put"]["Item"], &writes[3]["Put"]["ConditionExpression"]),
            (&mark, &json!("attribute_not_exists(pk)"))
        );
        assert_eq!(writes[4]["Delete"]["Key"]["sk"]["S"], "silver");
        // The id stays the same under any name.
        let writes = renamed("Gold", "GOLD!").await;
        assert_eq!(writes.as_array().unwrap().len(), 3);
        let writes = renamed("Silver", "Gold").await;
        assert_eq!(
            (writes.as_array().unwrap().len(), &writes[3]["Delete"]["Key"]["sk"]["S"]),
            (4, &json!("silver"))
        );
    }

    #[tokio::test]
    async fn the_name_of_another_tier_is_refused() {
        let words = json!({"name": ["A tier with that name already exists."]});
        let taken = cancelled(&["None", "None", "None", "ConditionalCheckFailed"]);
        for (name, written) in [("Silver", taken), ("basic", done("TransactWriteItems"))] {
            let aws = CannedAws::answering([signed_in_as_staff(), empty_tiers(), written]).await;
            let event = Event::of(EVENT).signed_in().body(&tier("premium", name));
            assert_eq!(aws.ask(handle, event).await.outcome(), (400, words.clone()), "{name}");
        }
    }

    #[tokio::test]
    async fn a_missing_tier_is_not_found() {
        let [staff, tiers, done] = replies();
        let deleted = page(&[json!({"pk": "TIERS", "sk": "premium", "deleted": true})]).about("TIERS");
        let meanwhile = cancelled(&["None", "None", "ConditionalCheckFailed"]);
        let event = Event::of(EVENT).signed_in();
        for (event, tiers, written) in [
            (event.clone().path("id", "gold"), tiers.clone(), done.clone()),
            (event.clone(), deleted, done),
            (event, tiers, meanwhile),
        ] {
            let aws = CannedAws::answering([staff.clone(), tiers, written]).await;
            assert_eq!(aws.ask(handle, event).await.outcome(), (404, json!({"detail": "Not found."})));
        }
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
