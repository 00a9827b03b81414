//! `GET /api/users`: finds accounts by name or email address, for staff.

use satchel_accounts::Directory;
use satchel_api::AccountView;
use satchel_files::{Tiers, tier_of};
use satchel_guard::Auth;
use satchel_http::{ApiResult, Listing, Request, ok};
use satchel_model::clock::Clock;
use satchel_model::{Email, Error, Refusal, User};
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, directory: Directory, tiers: Tiers, clock: Clock }
}

/// Returns the account with the `username`, or all accounts with the `email`.
///
/// Among the latter, the account that verified the address comes first.
///
/// # Errors
/// 401; 404 unless the caller is staff; 400 if the query has neither parameter.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let load = async |_| {
        let (users, tiers) = tokio::join!(find(app, &request), app.tiers.all());
        Ok::<_, Error>((users?, tiers?))
    };
    // Boxed, because two concurrent lookups make a large future.
    let (_, (users, tiers)) = Box::pin(app.auth.staff_and(request.bearer()?, load)).await?;
    let tiers: Vec<_> = users.iter().map(|user| tier_of(tiers.clone(), &user.tier)).collect();
    let results = users.iter().zip(&tiers).map(|(user, tier)| AccountView::for_staff(user, tier)).collect();
    ok(&Listing { next: None, results })
}

async fn find(app: &App, request: &Request) -> Result<Vec<User>, Error> {
    let now = app.clock.now();
    match (request.query("username"), request.query("email")) {
        (Some(name), _) => Ok(app.directory.by_name(&name, now).await?.into_iter().collect()),
        (None, Some(email)) => match Email::parse(&email) {
            Ok(email) => Ok(app.directory.by_address(&email, now).await?),
            Err(messages) => Err(Refusal::Fields([("email".to_owned(), messages)].into()).into()),
        },
        (None, None) => Err(Error::field("non_field_errors", "Say which account: ?username= or ?email=.")),
    }
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, Reply, USER, empty_tiers, found, found_all, hides_failures, login, page,
        refuses_strangers, session, signed_in, user,
    };
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/list-users.json");

    /// The caller's account, which is staff.
    fn staff() -> Reply {
        let mut grace = user();
        grace["is_staff"] = true.into();
        found_all(&[session(), grace]).about("SESSION#")
    }

    fn account() -> Value {
        json!({
            "id": USER, "username": "ada", "email": "ada@example.com", "email_verified": true, "tier": "Basic",
            "is_staff": false, "is_active": true, "used_bytes": 90, "max_total_bytes": 1_073_741_824,
            "created_at": "2026-03-12T19:03:58Z",
        })
    }

    fn replies() -> [Reply; 4] {
        let user = found(Some(user())).about("USER#");
        [staff(), empty_tiers(), login(&json!({})).about("NAME#ada"), user]
    }

    /// The account that verified `ada@example.com`, and the account that is waiting to.
    fn holders() -> [Reply; 2] {
        let claim = json!({"pk": "EMAIL#ada@example.com", "sk": "EMAIL", "user_id": USER, "username": "ada"});
        let mut waits = claim.clone();
        waits["sk"] = format!("WAITS#{USER}").into();
        [found_all(&[claim]).about("EMAIL#"), page(&[waits]).about("WAITS#")]
    }

    #[tokio::test]
    async fn an_account_is_found_by_its_name() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (200, json!({"next": null, "results": [account()]})));
    }

    #[tokio::test]
    async fn an_account_that_both_has_and_awaits_an_address_is_found_once() {
        let aws = CannedAws::answering([replies().to_vec(), holders().to_vec()].concat()).await;
        let event = Event::of(EVENT).signed_in().query("email=ADA%40example.com");
        let answer = aws.ask(handle, event).await;
        assert_eq!(answer.outcome(), (200, json!({"next": null, "results": [account()]})));
    }

    #[tokio::test]
    async fn an_unknown_name_finds_nothing() {
        let aws = CannedAws::answering([staff(), empty_tiers(), found(None)]).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (200, json!({"next": null, "results": []})));
    }

    #[tokio::test]
    async fn a_search_without_a_parameter_is_refused() {
        let words = ["Say which account: ?username= or ?email=."];
        for (query, errors) in [
            ("limit=1", json!({"non_field_errors": words})),
            ("email=ada", json!({"email": ["Enter a valid email address."]})),
        ] {
            let aws = CannedAws::answering(replies()).await;
            let answer = aws.ask(handle, Event::of(EVENT).signed_in().query(query)).await;
            assert_eq!(answer.outcome(), (400, errors));
        }
    }

    #[tokio::test]
    async fn the_route_is_not_found_unless_the_caller_is_staff() {
        let [_, tiers, login, user] = replies();
        let aws = CannedAws::answering([signed_in(), tiers, login, user]).await;
        for query in ["username=ada", "limit=1"] {
            let answer = aws.ask(handle, Event::of(EVENT).signed_in().query(query)).await;
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
        let [staff, tiers, _, user] = replies();
        let [claim, waiting] = holders();
        let event = Event::of(EVENT).signed_in().query("email=ada%40example.com");
        hides_failures(event, &[staff, tiers, user, claim, waiting], handle).await;
    }
}
