//! `POST /api/user/logout`: signs out.

use satchel_api::Fields;
use satchel_auth::Sessions;
use satchel_guard::Auth;
use satchel_http::{Accepts, ApiResult, Request, ok};
use satchel_runtime::app;
use serde_json::json;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, sessions: Sessions }
}

/// Ends the caller's session or, with `all`, every session of the account.
///
/// Tokens of these sessions are refused from the next request on.
///
/// # Errors
/// 401; 400 if `all` is not a boolean.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let caller = app.auth.caller(request.bearer()?).await?;
    let input = request.input(Accepts::JsonOrForm).await?;
    let mut fields = Fields::of(&input);
    let all = fields.flag("all");
    if fields.finish(all)? {
        app.sessions.end_all(&caller).await?;
    } else {
        app.sessions.end(&caller).await?;
    }
    ok(&json!({ "message": "Logout successful" }))
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, Reply, SESSION, USER, done, hides_failures, refuses_strangers, signed_in,
    };

    use super::*;

    const EVENT: &str = include_str!("../../../events/logout-user.json");

    fn replies() -> [Reply; 2] {
        [signed_in(), done("DeleteItem")]
    }

    #[tokio::test]
    async fn signing_out_deletes_the_session_of_the_token() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (200, json!({"message": "Logout successful"})));
        let key = json!({"pk": {"S": format!("USER#{USER}")}, "sk": {"S": format!("SESSION#{SESSION}")}});
        assert_eq!(aws.call("DeleteItem").json()["Key"], key);
    }

    #[tokio::test]
    async fn all_sessions_end_with_a_new_epoch() {
        let aws = CannedAws::answering([signed_in(), done("TransactWriteItems")]).await;
        let event = Event::of(EVENT).signed_in().body(&json!({"all": true}));
        let answer = aws.ask(handle, event).await;
        assert_eq!(answer.outcome(), (200, json!({"message": "Logout successful"})));
        let writes = aws.call("TransactWriteItems").json();
        let (user, login) = (&writes["TransactItems"][0]["Update"], &writes["TransactItems"][1]["Update"]);
        assert_eq!(user["Key"]["pk"]["S"], format!("USER#{USER}"));
        assert_eq!(user["UpdateExpression"], "ADD #auth_epoch :one");
        // The epoch of the session was 3.
        assert_eq!(login["ExpressionAttributeValues"][":next"]["N"], "4");
    }

    #[tokio::test]
    async fn all_must_be_a_boolean() {
        let aws = CannedAws::answering([signed_in()]).await;
        let event = Event::of(EVENT).signed_in().body(&json!({"all": "perhaps"}));
        let answer = aws.ask(handle, event).await;
        assert_eq!(answer.outcome(), (400, json!({"all": ["Must be a valid boolean."]})));
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
