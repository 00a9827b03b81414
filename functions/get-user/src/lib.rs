//! `GET /api/users/{id}`: shows any account, for staff.

use satchel_accounts::Users;
use satchel_api::AccountView;
use satchel_files::{Tiers, tier_of};
use satchel_guard::Auth;
use satchel_http::{ApiResult, Request, ok};
use satchel_model::{Error, Refusal};
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, users: Users, tiers: Tiers }
}

/// Returns the account with its used and allowed storage.
///
/// # Errors
/// 401; 404 unless the caller is staff and the account exists.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let load = async |_| {
        let (user, tiers) = tokio::join!(app.users.get(request.path("id")?), app.tiers.all());
        Ok::<_, Error>((user?.ok_or(Refusal::NotFound)?, tiers?))
    };
    let (_, (user, tiers)) = app.auth.staff_and(request.bearer()?, load).await?;
    ok(&AccountView::for_staff(&user, &tier_of(tiers, &user.tier)))
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, Reply, USER, empty_tiers, found, found_all, hides_failures, refuses_strangers,
        session, signed_in, user,
    };
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/get-user.json");

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

    fn replies() -> [Reply; 3] {
        [staff(), empty_tiers(), found(Some(user()))]
    }

    #[tokio::test]
    async fn staff_see_whether_an_account_is_active() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (200, account()));
    }

    #[tokio::test]
    async fn a_missing_account_is_not_found_and_neither_is_any_account_for_other_callers() {
        let event = Event::of(EVENT).signed_in();
        let [staff, tiers, user] = replies();
        for (event, caller, user) in [
            (event.clone(), staff.clone(), found(None)),
            (event.clone().path("id", "x"), staff, user.clone()),
            (event, signed_in(), user),
        ] {
            let aws = CannedAws::answering([caller, tiers.clone(), user]).await;
            let answer = aws.ask(handle, event).await;
            assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
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
