//! `PATCH /api/users/{id}`: changes any account, for staff.

use satchel_accounts::{Accounts, Change};
use satchel_api::{AccountView, Fields, Input};
use satchel_files::{Tiers, tier_of};
use satchel_guard::Auth;
use satchel_http::{Accepts, ApiResult, Request, ok};
use satchel_model::{Refusal, Tier};
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, accounts: Accounts, tiers: Tiers }
}

/// Moves an account to another tier, closes it or reopens it.
///
/// Closing it ends all its sessions at once.
///
/// # Errors
/// 401; 404 unless the caller is staff and the account exists; 400 if a field is invalid.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let (caller, tiers) = app.auth.staff_and(request.bearer()?, async |_| app.tiers.all().await).await?;
    let change = read(&request.input(Accepts::Json).await?, &tiers)?;
    let user = app.accounts.change(&caller, request.path("id")?, &change).await?;
    ok(&AccountView::for_staff(&user, &tier_of(tiers, &user.tier)))
}

fn read(input: &Input, tiers: &[Tier]) -> Result<Change, Refusal> {
    let mut fields = Fields::of(input);
    // Finds the tier by its name, as accounts show it, or by its id.
    let tier = fields.optional("tier", |text| {
        let is_meant = |tier: &&Tier| tier.id.as_str() == text || tier.name.eq_ignore_ascii_case(text);
        let tier = tiers.iter().find(is_meant);
        tier.map(|tier| tier.id.clone()).ok_or_else(|| vec![format!("\"{text}\" is not a valid choice.")])
    });
    let is_active = fields.optional_flag("is_active");
    fields.finish(Some(Change { tier, is_active }))
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, Reply, USER, cancelled, done, empty_tiers, found, found_all, hides_failures,
        refuses_strangers, session, signed_in, user,
    };
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/update-user.json");

    /// The caller's account, which is staff.
    fn staff() -> Reply {
        let mut grace = user();
        grace["is_staff"] = true.into();
        found_all(&[session(), grace]).about("SESSION#")
    }

    fn account() -> Value {
        json!({
            "id": USER, "username": "ada", "email": "ada@example.com", "email_verified": true, "tier": "Basic",
            "is_staff": false, "is_active": true, "used_bytes": 90, "kept_bytes": 0, "max_total_bytes": 1_073_741_824,
            "created_at": "2026-03-12T19:03:58Z",
        })
    }

    fn replies() -> [Reply; 4] {
        [staff(), empty_tiers(), found(Some(user())), done("TransactWriteItems")]
    }

    #[tokio::test]
    async fn a_tier_is_chosen_by_name_and_no_session_ends() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        let mut expected = account();
        expected["tier"] = "Premium".into();
        expected["max_total_bytes"] = 53_687_091_200_u64.into();
        assert_eq!(answer.outcome(), (200, expected));
        let values =
            aws.call("TransactWriteItems").json()["TransactItems"][0]["Update"]["ExpressionAttributeValues"]
                .take();
        assert_eq!((&values[":tier"]["S"], &values[":next"]["N"]), (&json!("premium"), &json!("3")));
    }

    #[tokio::test]
    async fn both_tiers_are_counted_and_the_new_one_must_exist() {
        let mut enterprise = user();
        enterprise["tier"] = "enterprise".into();
        let [staff, tiers, _, write] = replies();
        let aws = CannedAws::answering([staff, tiers, found(Some(enterprise)), write]).await;
        assert_eq!(aws.ask(handle, Event::of(EVENT).signed_in()).await.status, 200);
        let writes = aws.call("TransactWriteItems").json()["TransactItems"].take();
        let check = &writes[2]["ConditionCheck"];
        assert_eq!(check["Key"], json!({"pk": {"S": "TIERS"}, "sk": {"S": "premium"}}));
        assert_eq!(check["ConditionExpression"], "attribute_not_exists(#deleted)");
        let counts = [&writes[3]["Update"], &writes[4]["Update"]].map(|count| {
            (count["Key"]["sk"]["S"].clone(), count["ExpressionAttributeValues"][":more"]["N"].clone())
        });
        assert_eq!(
            counts,
            [("premium", "1"), ("enterprise", "-1")].map(|(tier, more)| (json!(tier), json!(more)))
        );
    }

    #[tokio::test]
    async fn a_tier_that_was_deleted_meanwhile_is_refused() {
        let deleted = cancelled(&["None", "None", "ConditionalCheckFailed", "None"]);
        let [staff, tiers, user, _] = replies();
        let aws = CannedAws::answering([staff, tiers, user, deleted]).await;
        let words = json!({"tier": ["\"premium\" is not a valid choice."]});
        assert_eq!(aws.ask(handle, Event::of(EVENT).signed_in()).await.outcome(), (400, words));
    }

    #[tokio::test]
    async fn an_account_that_may_expire_stays_in_its_tier() {
        let mut unverified = user();
        unverified["ttl"] = 1_773_947_038.into();
        let [staff, tiers, _, write] = replies();
        let aws = CannedAws::answering([staff, tiers, found(Some(unverified)), write]).await;
        let event = Event::of(EVENT).signed_in();
        let words = json!({"tier": ["The address of this account is not verified yet."]});
        assert_eq!(aws.ask(handle, event.clone()).await.outcome(), (400, words));
        let closed = aws.ask(handle, event.body(&json!({"is_active": false, "tier": "Basic"}))).await;
        assert_eq!((closed.status, &closed.body["is_active"]), (200, &json!(false)));
    }

    #[tokio::test]
    async fn closing_an_account_raises_its_epoch() {
        let aws = CannedAws::answering(replies()).await;
        let event = Event::of(EVENT).signed_in().body(&json!({"is_active": false, "is_staff": true}));
        let answer = aws.ask(handle, event).await;
        let mut expected = account();
        expected["is_active"] = false.into();
        assert_eq!(answer.outcome(), (200, expected));
        let writes = aws.call("TransactWriteItems").json()["TransactItems"].take();
        for write in [&writes[0]["Update"], &writes[1]["Update"]] {
            assert_eq!(write["ExpressionAttributeValues"][":next"]["N"], "4");
            assert_eq!(write["ExpressionAttributeValues"][":active"]["BOOL"], false);
            assert!(!write["UpdateExpression"].to_string().contains("staff"));
        }
    }

    #[tokio::test]
    async fn an_unknown_tier_or_an_invalid_boolean_is_refused() {
        let aws = CannedAws::answering(replies()).await;
        let event = Event::of(EVENT).signed_in().body(&json!({"tier": "Gold", "is_active": "perhaps"}));
        let errors = json!({
            "tier": ["\"Gold\" is not a valid choice."], "is_active": ["Must be a valid boolean."],
        });
        assert_eq!(aws.ask(handle, event).await.outcome(), (400, errors));
    }

    #[tokio::test]
    async fn a_missing_account_is_not_found_and_neither_is_any_account_for_other_callers() {
        let event = Event::of(EVENT).signed_in();
        let [staff, _, user, write] = replies();
        let gone = cancelled(&["ConditionalCheckFailed", "None"]);
        for (event, caller, user, write) in [
            (event.clone(), staff.clone(), found(None), write.clone()),
            (event.clone(), staff.clone(), user.clone(), gone),
            (event.clone().path("id", "x"), staff, user.clone(), write.clone()),
            (event, signed_in(), user, write),
        ] {
            let aws = CannedAws::answering([caller, empty_tiers(), user, write]).await;
            let answer = aws.ask(handle, event).await;
            assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
        }
    }

    #[tokio::test]
    async fn a_caller_who_is_no_longer_staff_changes_nothing() {
        // The reasons concern the account, its login, the caller's session and the caller's account.
        let signed_out = cancelled(&["None", "None", "ConditionalCheckFailed", "None"]);
        let not_staff = cancelled(&["None", "None", "None", "ConditionalCheckFailed"]);
        for (reasons, status) in [(signed_out, 401), (not_staff, 404)] {
            let [caller, tiers, ..] = replies();
            let other = "019ce36f-2530-7000-8000-00000000000b";
            let mut account = user();
            account["id"] = other.into();
            let aws = CannedAws::answering([caller, tiers, found(Some(account)), reasons]).await;
            let event = Event::of(EVENT).signed_in().path("id", other).body(&json!({"is_active": false}));
            assert_eq!(aws.ask(handle, event).await.status, status);
            let writes = aws.call("TransactWriteItems").json()["TransactItems"].take();
            assert_eq!(writes[3]["ConditionCheck"]["Key"]["pk"]["S"], format!("USER#{USER}"));
        }
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
