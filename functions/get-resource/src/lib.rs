//! `GET /api/resource/{id}`: shows a resource of the caller.

use satchel_guard::Auth;
use satchel_http::{ApiResult, Request, ok};
use satchel_resources::Resources;
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, resources: Resources }
}

/// Returns the resource.
///
/// # Errors
/// 401; 404 if the caller has no such resource.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let load = async |owner| app.resources.find(owner, request.path("id")?).await;
    let (_, resource) = app.auth.caller_and(request.bearer()?, load).await?;
    ok(&resource)
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, RESOURCE, Reply, USER, found, hides_failures, refuses_strangers, resource,
        signed_in,
    };
    use serde_json::json;

    use super::*;

    const EVENT: &str = include_str!("../../../events/get-resource.json");

    fn replies() -> [Reply; 2] {
        [signed_in(), found(Some(resource()))]
    }

    #[tokio::test]
    async fn only_the_callers_resources_are_looked_up() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        let seen = json!({"id": RESOURCE, "field1": "First", "field2": "Second"});
        assert_eq!(answer.outcome(), (200, seen));
        let key =
            json!({"pk": {"S": format!("RESOURCES#{USER}")}, "sk": {"S": format!("RESOURCE#{RESOURCE}")}});
        assert_eq!(aws.call("GetItem").json()["Key"], key);
    }

    #[tokio::test]
    async fn a_missing_resource_is_not_found() {
        let event = Event::of(EVENT).signed_in();
        for event in [event.clone(), event.path("id", "x")] {
            let aws = CannedAws::answering([signed_in(), found(None)]).await;
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
