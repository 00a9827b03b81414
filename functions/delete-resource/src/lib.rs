//! `DELETE /api/resource/{id}`: deletes a resource of the caller.

use satchel_guard::Auth;
use satchel_http::{ApiResult, Request, no_content};
use satchel_resources::Resources;
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, resources: Resources }
}

/// Deletes the resource.
///
/// # Errors
/// 401; 404 if the caller has no such resource.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let caller = app.auth.caller(request.bearer()?).await?;
    app.resources.delete(&caller, request.path("id")?).await?;
    no_content()
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, RESOURCE, Reply, USER, cancelled, done, hides_failures, refuses_strangers,
        signed_in,
    };
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/delete-resource.json");

    fn replies() -> [Reply; 2] {
        [signed_in(), done("TransactWriteItems")]
    }

    #[tokio::test]
    async fn a_resource_is_deleted_while_the_caller_is_signed_in() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (204, Value::Null));
        let writes = aws.call("TransactWriteItems").json()["TransactItems"].take();
        let key =
            json!({"pk": {"S": format!("RESOURCES#{USER}")}, "sk": {"S": format!("RESOURCE#{RESOURCE}")}});
        assert_eq!(writes[2]["Delete"]["Key"], key);
        assert!(writes[0]["ConditionCheck"].is_object());
        let account = &writes[1]["Update"];
        assert_eq!(account["Key"]["pk"]["S"], format!("USER#{USER}"));
        assert_eq!(account["UpdateExpression"], "ADD #resource_count :less");
        assert_eq!(account["ExpressionAttributeValues"][":less"], json!({"N": "-1"}));
    }

    #[tokio::test]
    async fn a_missing_resource_is_not_found() {
        let event = Event::of(EVENT).signed_in();
        for event in [event.clone(), event.path("id", "x")] {
            let gone = cancelled(&["None", "None", "ConditionalCheckFailed"]);
            let aws = CannedAws::answering([signed_in(), gone]).await;
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
