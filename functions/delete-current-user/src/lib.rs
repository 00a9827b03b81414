//! `DELETE /api/users/me`: deletes the caller's account.

use satchel_accounts::Erasures;
use satchel_api::{Fields, Input};
use satchel_guard::{Auth, PasswordChecks};
use satchel_http::{Accepts, ApiResult, Request, no_content};
use satchel_model::Refusal;
use satchel_model::clock::Clock;
use satchel_model::secret::Secret;
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, erasures: Erasures, proof: PasswordChecks, clock: Clock }
}

/// Closes the account and ends its sessions at once.
///
/// `erase-account` then removes its data, and the name last.
///
/// # Errors
/// 401; 400 if the password is wrong; 429 after too many attempts.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let caller = app.auth.caller(request.bearer()?).await?;
    let password = read(&request.input(Accepts::Json).await?)?;
    let proven = app.proof.of_caller(&caller, &password, request.viewer(), app.clock.now()).await;
    let attempt = proven.map_err(|unproven| unproven.in_field("password"))?;
    let (begun, ()) =
        tokio::join!(app.erasures.begin(&caller, app.clock.now()), app.proof.was_right(attempt));
    begun?;
    no_content()
}

fn read(input: &Input) -> Result<Secret, Refusal> {
    let mut fields = Fields::of(input);
    let password = fields.untrimmed("password", |text| Ok(Secret::new(text.to_owned())));
    fields.finish(password)
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, Reply, USER, cancelled, count_changed, counted, done, hides_failures, login,
        refuses_strangers, signed_in,
    };
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/delete-current-user.json");

    fn replies() -> [Reply; 4] {
        [signed_in(), login(&json!({})), counted(), done("TransactWriteItems").about("ERASE#")]
    }

    #[tokio::test]
    async fn the_account_is_closed_in_the_transaction_that_orders_its_erasure() {
        let aws = CannedAws::answering([replies().to_vec(), vec![count_changed()]].concat()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (204, Value::Null));
        let writes = aws.call("TransactWriteItems").json()["TransactItems"].take();
        for (place, pk) in [(1, format!("USER#{USER}")), (2, "NAME#ada".to_owned())] {
            let write = &writes[place]["Update"];
            assert_eq!(write["Key"]["pk"]["S"], pk);
            assert_eq!(write["ExpressionAttributeValues"][":next"]["N"], "4");
            assert_eq!(write["ExpressionAttributeValues"][":false"]["BOOL"], false);
        }
        let expected = json!({
            "pk": format!("ERASE#{USER}"), "sk": "ERASE", "user_id": USER, "rounds": 0,
            // The sweep checks after thirteen hours whether the erasure is complete.
            "due": "1", "due_at": "2026-03-12T20:03:58.000Z",
        });
        assert_eq!(aws.call("TransactWriteItems").put(3), expected);
    }

    #[tokio::test]
    async fn a_wrong_or_missing_password_deletes_nothing() {
        for (body, message) in [
            (json!({}), "This field is required."),
            (json!({"password": "correct horse battery "}), "Invalid password."),
        ] {
            let aws = CannedAws::answering(replies()).await;
            let answer = aws.ask(handle, Event::of(EVENT).signed_in().body(&body)).await;
            assert_eq!(answer.outcome(), (400, json!({"password": [message]})));
            assert!(!aws.calls().iter().any(|call| String::from_utf8_lossy(&call.body).contains("ERASE#")));
        }
    }

    #[tokio::test]
    async fn a_caller_who_was_signed_out_meanwhile_deletes_nothing() {
        let [caller, login, counted, _] = replies();
        let gone = cancelled(&["ConditionalCheckFailed", "None", "None", "None"]).about("ERASE#");
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
