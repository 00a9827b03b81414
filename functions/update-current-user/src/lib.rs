//! `PATCH /api/users/me`: changes the caller's email address.

use satchel_accounts::{MailRequest, Mailing, Registration};
use satchel_api::{AccountView, Fields, Input};
use satchel_files::{Tiers, tier_of};
use satchel_guard::{Auth, PasswordChecks};
use satchel_http::{Accepts, ApiResult, Request, ok};
use satchel_model::clock::Clock;
use satchel_model::secret::Secret;
use satchel_model::{Email, Refusal};
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App {
        auth: Auth,
        tiers: Tiers,
        proof: PasswordChecks,
        mails: MailRequest,
        mailing: Mailing,
        registration: Registration,
        clock: Clock,
    }
}

/// Stores the new address, which takes effect once it is verified, and notifies the current address.
///
/// # Errors
/// 401; 400 if a field is invalid, the password is wrong or the deployment sends no mail; 429 after too many attempts or mails.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let (caller, tiers) = app.auth.caller_and(request.bearer()?, async |_| app.tiers.all().await).await?;
    app.mailing.require()?;
    let (email, password) = read(&request.input(Accepts::Json).await?, &app.registration)?;
    let (viewer, now) = (request.viewer(), app.clock.now());
    let proven = app.proof.of_caller(&caller, &password, viewer, now).await;
    let attempt = proven.map_err(|unproven| unproven.in_field("current_password"))?;
    let change = app.mails.change_email(&caller, &email, &viewer.base_url);
    let (changed, ()) = tokio::join!(change, app.proof.was_right(attempt));
    changed?;
    ok(&AccountView::of(&caller.user, &tier_of(tiers, &caller.user.tier)))
}

fn read(input: &Input, registration: &Registration) -> Result<(Email, Secret), Refusal> {
    let mut fields = Fields::of(input);
    let email = fields.required("email", |text| registration.email(text));
    let password = fields.untrimmed("current_password", |text| Ok(Secret::new(text.to_owned())));
    fields.finish(email.zip(password))
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, Reply, USER, cancelled, count_changed, counted, done, empty_tiers, hides_failures,
        login, refuses_strangers, signed_in,
    };
    use serde_json::json;

    use super::*;

    const EVENT: &str = include_str!("../../../events/update-current-user.json");

    fn replies() -> [Reply; 5] {
        let noted = done("TransactWriteItems").about("#pending_email");
        [signed_in(), empty_tiers(), login(&json!({})), noted, counted()]
    }

    #[tokio::test]
    async fn the_new_address_is_stored_with_both_mails_and_the_account_is_returned() {
        let aws = CannedAws::answering([replies().to_vec(), vec![count_changed()]].concat()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        let account = json!({
            "id": USER, "username": "ada", "email": "ada@example.com", "email_verified": true, "tier": "Basic",
            "is_staff": false, "used_bytes": 90, "kept_bytes": 0, "max_total_bytes": 1_073_741_824,
            "created_at": "2026-03-12T19:03:58Z",
        });
        assert_eq!(answer.outcome(), (200, account));
        let writes = aws.call("TransactWriteItems").json()["TransactItems"].take();
        assert_eq!(writes[1]["Update"]["ExpressionAttributeValues"][":email"]["S"], "ada@example.org");
        assert_eq!(writes[2]["Put"]["Item"]["pk"]["S"], "EMAIL#ada@example.org");
        // The erasure of the account finds the mails through these records, even if the account has another
        // address then.
        for (place, address) in [(7, "ada@example.com"), (8, "ada@example.org")] {
            let note = &writes[place]["Put"]["Item"];
            assert_eq!(note["pk"]["S"], format!("USER#{USER}"));
            assert_eq!(
                (&note["sk"]["S"], note["ttl"]["N"].is_string()),
                (&json!(format!("ADDRESS#{address}")), true)
            );
        }
        let mails = [3, 4].map(|place| {
            let mail = &writes[place]["Put"]["Item"];
            ["kind", "email"].map(|name| mail[name]["S"].as_str().unwrap().to_owned())
        });
        assert_eq!(mails[0], ["verify_new_email", "ada@example.org"]);
        assert_eq!(mails[1], ["address_changes", "ada@example.com"]);
    }

    #[tokio::test]
    async fn another_spelling_of_the_current_address_needs_no_notification() {
        let aws = CannedAws::answering(replies()).await;
        let body = json!({"email": "ADA@example.com", "current_password": "correct horse battery"});
        assert_eq!(aws.ask(handle, Event::of(EVENT).signed_in().body(&body)).await.status, 200);
        let writes = aws.call("TransactWriteItems").json()["TransactItems"].take();
        assert_eq!(writes.as_array().unwrap().len(), 6);
    }

    #[tokio::test]
    async fn a_wrong_password_is_refused_and_all_invalid_fields_are_reported() {
        let required = ["This field is required."];
        for (body, errors) in [
            (
                json!({"email": "ada@example.org", "current_password": "wrong"}),
                json!({"current_password": ["Invalid password."]}),
            ),
            (json!({}), json!({"email": required, "current_password": required})),
        ] {
            let aws = CannedAws::answering(replies()).await;
            let answer = aws.ask(handle, Event::of(EVENT).signed_in().body(&body)).await;
            assert_eq!(answer.outcome(), (400, errors));
        }
    }

    #[tokio::test]
    async fn each_failed_condition_has_its_status() {
        let [caller, tiers, login, _, counted] = replies();
        let failing = |place: usize| {
            let mut reasons = ["None"; 7];
            reasons[place] = "ConditionalCheckFailed";
            reasons
        };
        // The conditions on the session, the account, and the counts of mails to the new address and to the old
        // one.
        for (reasons, status) in [(failing(0), 401), (failing(1), 401), (failing(5), 429), (failing(6), 429)]
        {
            let cancelled = cancelled(&reasons).about("#pending_email");
            let replies = [caller.clone(), tiers.clone(), login.clone(), cancelled, counted.clone()];
            let aws = CannedAws::answering(replies).await;
            assert_eq!(aws.ask(handle, Event::of(EVENT).signed_in()).await.status, status);
        }
    }

    #[tokio::test]
    async fn without_mail_an_address_cannot_be_changed() {
        let aws = CannedAws::answering(replies()).await.with_setting("MAIL", "none");
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (400, json!({"email": ["This deployment sends no mail."]})));
        assert!(aws.calls_of("TransactWriteItems").is_empty());
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
