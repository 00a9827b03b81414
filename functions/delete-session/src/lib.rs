//! `DELETE /api/users/me/sessions/{id}`: ends one of the caller's sessions.

use satchel_auth::Sessions;
use satchel_guard::Auth;
use satchel_http::{ApiError, ApiResult, Request, no_content};
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, sessions: Sessions }
}

/// Ends a session of the caller's account, which may be the current one.
///
/// Its tokens are refused from the next request on.
///
/// # Errors
/// 401; 404 if the account has no such session.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let caller = app.auth.caller(request.bearer()?).await?;
    let ended = app.sessions.end_one(&caller, request.path("id")?).await?;
    if ended { no_content() } else { Err(ApiError::not_found()) }
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, Reply, SESSION, USER, cancelled, done, hides_failures, refuses_strangers, signed_in,
    };
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/delete-session.json");
    /// A session other than the caller's.
    const OTHER: &str = "019ce36f-2530-7000-8000-00000000000a";

    fn event() -> Event {
        Event::of(EVENT).signed_in().path("id", OTHER)
    }

    fn replies() -> [Reply; 2] {
        [signed_in(), done("TransactWriteItems")]
    }

    #[tokio::test]
    async fn only_a_session_in_the_callers_partition_is_deleted() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, event()).await;
        assert_eq!(answer.outcome(), (204, Value::Null));
        let write = aws.call("TransactWriteItems").json()["TransactItems"][2]["Delete"].take();
        let key = json!({"pk": {"S": format!("USER#{USER}")}, "sk": {"S": format!("SESSION#{OTHER}")}});
        assert_eq!(write["Key"], key);
        assert_eq!(write["ConditionExpression"], "attribute_exists(pk)");
    }

    #[tokio::test]
    async fn a_missing_session_is_not_found() {
        let not_found = (404, json!({"detail": "Not found."}));
        let aws =
            CannedAws::answering([signed_in(), cancelled(&["None", "None", "ConditionalCheckFailed"])]).await;
        assert_eq!(aws.ask(handle, event()).await.outcome(), not_found);
        let aws = CannedAws::answering(replies()).await;
        let malformed = Event::of(EVENT).signed_in().path("id", "x");
        assert_eq!(aws.ask(handle, malformed).await.outcome(), not_found);
        assert_eq!(aws.operations(), ["BatchGetItem"]);
    }

    #[tokio::test]
    async fn the_callers_own_session_may_be_ended() {
        let aws = CannedAws::answering(replies()).await;
        assert_eq!(aws.ask(handle, Event::of(EVENT).signed_in()).await.status, 204);
        let writes = aws.call("TransactWriteItems").json()["TransactItems"].take();
        assert_eq!(writes.as_array().unwrap().len(), 2, "no record twice in a transaction");
        let ended = format!("SESSION#{SESSION}");
        assert_eq!(writes[0]["Delete"]["Key"]["sk"]["S"], ended);
    }

    #[tokio::test]
    async fn a_caller_who_was_signed_out_meanwhile_ends_nothing() {
        for reasons in
            [["ConditionalCheckFailed", "None", "None"], ["None", "ConditionalCheckFailed", "None"]]
        {
            let aws = CannedAws::answering([signed_in(), cancelled(&reasons)]).await;
            let answer = aws.ask(handle, event()).await;
            assert_eq!((answer.status, &answer.body["code"]), (401, &json!("token_not_valid")));
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
