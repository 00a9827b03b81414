//! `POST /api/users/me/password`: changes the caller's password.

use satchel_accounts::Accounts;
use satchel_api::{Fields, Input};
use satchel_guard::{Auth, Hasher, PasswordChecks};
use satchel_http::{Accepts, ApiResult, Request, no_content};
use satchel_model::clock::Clock;
use satchel_model::secret::Secret;
use satchel_model::{NewPassword, Refusal};
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, accounts: Accounts, proof: PasswordChecks, hasher: Hasher, clock: Clock }
}

/// Sets a new password and ends every session of the account except the caller's.
///
/// # Errors
/// 401; 400 if a field is invalid or the old password is wrong; 429 after too many attempts.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let caller = app.auth.caller(request.bearer()?).await?;
    let (current, new) = read(&request.input(Accepts::Json).await?, &caller.user.username)?;
    let proven = app.proof.of_caller(&caller, &current, request.viewer(), app.clock.now()).await;
    let attempt = proven.map_err(|unproven| unproven.in_field("current_password"))?;
    let hash = app.hasher.hash(new.secret()).await;
    let (changed, ()) =
        tokio::join!(app.accounts.change_password(&caller, &hash), app.proof.was_right(attempt));
    changed?;
    no_content()
}

fn read(input: &Input, username: &str) -> Result<(Secret, NewPassword), Refusal> {
    let mut fields = Fields::of(input);
    let current = fields.untrimmed("current_password", |text| Ok(Secret::new(text.to_owned())));
    let new = fields.untrimmed("new_password", |text| NewPassword::parse(text, username));
    fields.finish(current.zip(new))
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, Reply, SESSION, USER, cancelled, count_changed, counted, done, hides_failures,
        login, refuses_strangers, signed_in,
    };
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/change-password.json");

    fn replies() -> [Reply; 4] {
        [signed_in(), login(&json!({})), counted(), done("TransactWriteItems").about("#password_hash")]
    }

    #[tokio::test]
    async fn only_the_callers_own_session_survives_the_new_epoch() {
        let aws = CannedAws::answering([replies().to_vec(), vec![count_changed()]].concat()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (204, Value::Null));
        let writes = aws.call("TransactWriteItems").json()["TransactItems"].take();
        let user = format!("USER#{USER}");
        for (place, (pk, sk)) in
            [(user.as_str(), "USER"), ("NAME#ada", "LOGIN"), (&user, &format!("SESSION#{SESSION}"))]
                .into_iter()
                .enumerate()
        {
            let write = &writes[place]["Update"];
            assert_eq!(write["Key"], json!({"pk": {"S": pk}, "sk": {"S": sk}}));
            assert_eq!(write["ExpressionAttributeValues"][":next"]["N"], "4");
        }
        let hash = writes[1]["Update"]["ExpressionAttributeValues"][":hash"]["S"].as_str().unwrap();
        let password = Secret::new("another horse battery".to_owned());
        assert!(hash.starts_with("$argon2id$") && Hasher.verify(&password, Some(hash)).await);
    }

    #[tokio::test]
    async fn invalid_fields_are_reported_and_nothing_is_changed() {
        let required = ["This field is required."];
        for (body, errors) in [
            (json!({}), json!({"current_password": required, "new_password": required})),
            (
                json!({"current_password": "wrong", "new_password": "another horse"}),
                json!({"current_password": ["Invalid password."]}),
            ),
            (
                json!({"current_password": "correct horse battery", "new_password": "Password1"}),
                json!({"new_password": ["This password is too common."]}),
            ),
        ] {
            let aws = CannedAws::answering(replies()).await;
            let answer = aws.ask(handle, Event::of(EVENT).signed_in().body(&body)).await;
            assert_eq!(answer.outcome(), (400, errors));
            assert!(!aws.calls().iter().any(|call| String::from_utf8_lossy(&call.body).contains(":hash")));
        }
    }

    #[tokio::test]
    async fn a_caller_who_was_signed_out_meanwhile_changes_nothing() {
        let [caller, login, counted, _] = replies();
        let gone = cancelled(&["ConditionalCheckFailed", "None", "None"]).about("#password_hash");
        let aws = CannedAws::answering([caller, login, counted, gone]).await;
        assert_eq!(aws.ask(handle, Event::of(EVENT).signed_in()).await.status, 401);
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
