//! `DELETE /api/account-tiers/{id}`: deletes an account tier, for staff.

use satchel_files::Tiers;
use satchel_guard::Auth;
use satchel_http::{ApiResult, Request, no_content};
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, tiers: Tiers }
}

/// Deletes a tier that no account uses.
///
/// # Errors
/// 401; 404 unless the caller is staff and the tier exists; 409 if accounts use the tier.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let load = async |_| app.tiers.find(&request.path::<String>("id")?).await;
    let (caller, tier) = app.auth.staff_and(request.bearer()?, load).await?;
    app.tiers.delete(&caller, &tier).await?;
    no_content()
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, Reply, cancelled, done, empty_tiers, hides_failures, page, refuses_strangers,
        signed_in, signed_in_as_staff,
    };
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/delete-account-tier.json");

    fn replies() -> [Reply; 3] {
        [signed_in_as_staff(), empty_tiers(), done("TransactWriteItems")]
    }

    fn gold(name: &str) -> Reply {
        let gold = json!({
            "pk": "TIERS", "sk": "gold", "id": "gold", "name": name, "thumbnail_sizes": [200],
            "link_to_original": true, "expiring_links": false, "max_file_bytes": 1, "max_total_bytes": 2,
        });
        page(&[gold]).about("TIERS")
    }

    #[tokio::test]
    async fn a_deleted_built_in_tier_leaves_a_tombstone() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (204, Value::Null));
        let writes = aws.call("TransactWriteItems").json()["TransactItems"].take();
        let mark = json!({"pk": {"S": "TIERS"}, "sk": {"S": "premium"}, "deleted": {"BOOL": true}});
        assert_eq!(writes[2]["Put"]["Item"], mark);
        let count = &writes[3]["ConditionCheck"];
        assert_eq!(count["Key"], json!({"pk": {"S": "TIERCOUNT"}, "sk": {"S": "premium"}}));
        assert_eq!(count["ExpressionAttributeValues"][":none"]["N"], "0");
    }

    #[tokio::test]
    async fn another_tier_is_deleted_with_its_name() {
        for (name, keys) in [("Gold", vec!["gold"]), ("Silver", vec!["gold", "silver"])] {
            let [staff, _, done] = replies();
            let aws = CannedAws::answering([staff, gold(name), done]).await;
            let answer = aws.ask(handle, Event::of(EVENT).signed_in().path("id", "gold")).await;
            assert_eq!(answer.outcome(), (204, Value::Null));
            let writes = aws.call("TransactWriteItems").json()["TransactItems"].take();
            let deleted = writes
                .as_array()
                .unwrap()
                .iter()
                .filter_map(|write| write["Delete"]["Key"]["sk"]["S"].as_str());
            assert_eq!(deleted.collect::<Vec<_>>(), keys);
        }
    }

    #[tokio::test]
    async fn a_tier_in_use_is_not_deleted() {
        let [staff, tiers, done] = replies();
        let in_use = cancelled(&["None", "None", "None", "ConditionalCheckFailed"]);
        // New accounts get the tier Basic, so it counts as in use even without accounts.
        for (id, written) in [("premium", in_use), ("basic", done)] {
            let aws = CannedAws::answering([staff.clone(), tiers.clone(), written]).await;
            let answer = aws.ask(handle, Event::of(EVENT).signed_in().path("id", id)).await;
            assert_eq!(answer.outcome(), (409, json!({"detail": "This tier is in use."})), "{id}");
        }
    }

    #[tokio::test]
    async fn a_missing_tier_is_not_found() {
        let [staff, tiers, done] = replies();
        let deleted = page(&[json!({"pk": "TIERS", "sk": "premium", "deleted": true})]).about("TIERS");
        let meanwhile = cancelled(&["None", "None", "ConditionalCheckFailed", "None"]);
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
