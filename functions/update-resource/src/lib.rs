//! `PUT, PATCH /api/resource/{id}`: changes a resource of the caller.

use http::Method;
use satchel_api::{Fields, Input};
use satchel_guard::Auth;
use satchel_http::{Accepts, ApiResult, Request, ok};
use satchel_model::{Refusal, ResourceChange, ResourceText};
use satchel_resources::Resources;
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, resources: Resources }
}

/// Changes both fields (PUT) or those that are given (PATCH).
///
/// # Errors
/// 401; 404 if the caller has no such resource; 400 if a field is invalid.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let load = async |owner| app.resources.find(owner, request.path("id")?).await;
    let (caller, resource) = app.auth.caller_and(request.bearer()?, load).await?;
    let change = read(&request.input(Accepts::Json).await?, request.method() == Method::PUT)?;
    app.resources.update(&caller, resource.id, &change).await?;
    ok(&resource.with(change))
}

fn read(input: &Input, whole: bool) -> Result<ResourceChange, Refusal> {
    let mut fields = Fields::of(input);
    let mut text = |name| {
        if whole {
            fields.required(name, ResourceText::parse)
        } else {
            fields.optional(name, ResourceText::parse)
        }
    };
    let change = ResourceChange { field1: text("field1"), field2: text("field2") };
    fields.finish(Some(change))
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, RESOURCE, Reply, USER, cancelled, done, found, hides_failures, refuses_strangers,
        resource, signed_in,
    };
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/update-resource.json");

    const PATCH: &str = include_str!("../../../events/update-resource_partial.json");

    fn replies() -> [Reply; 3] {
        [signed_in(), found(Some(resource())), done("TransactWriteItems")]
    }

    fn written(aws: &CannedAws) -> Value {
        aws.call("TransactWriteItems").json()["TransactItems"][2]["Update"].take()
    }

    #[tokio::test]
    async fn a_put_writes_both_fields() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        let seen = json!({"id": RESOURCE, "field1": "Third", "field2": "Fourth"});
        assert_eq!(answer.outcome(), (200, seen));
        let write = written(&aws);
        let key =
            json!({"pk": {"S": format!("RESOURCES#{USER}")}, "sk": {"S": format!("RESOURCE#{RESOURCE}")}});
        assert_eq!(write["Key"], key);
        let values = json!({":field1": {"S": "Third"}, ":field2": {"S": "Fourth"}});
        assert_eq!(write["ExpressionAttributeValues"], values);
    }

    #[tokio::test]
    async fn a_patch_writes_only_the_given_fields() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(PATCH).signed_in()).await;
        let seen = json!({"id": RESOURCE, "field1": "First", "field2": "Fourth"});
        assert_eq!(answer.outcome(), (200, seen.clone()));
        let write = written(&aws);
        assert_eq!(write["UpdateExpression"], "SET #field2 = :field2");
        assert_eq!(write["ExpressionAttributeValues"], json!({":field2": {"S": "Fourth"}}));

        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(PATCH).signed_in().body(&json!({"id": "mine"}))).await;
        assert_eq!(answer.outcome(), (200, json!({"id": RESOURCE, "field1": "First", "field2": "Second"})));
        assert_eq!(aws.operations(), ["BatchGetItem", "GetItem"]);
    }

    #[tokio::test]
    async fn a_put_needs_both_fields_and_a_patch_rejects_a_blank_one() {
        let aws = CannedAws::answering(replies()).await;
        let whole = Event::of(EVENT).signed_in().body(&json!({"field1": " "}));
        let errors =
            json!({"field1": ["This field may not be blank."], "field2": ["This field is required."]});
        assert_eq!(aws.ask(handle, whole).await.outcome(), (400, errors));
        let partial = Event::of(PATCH).signed_in().body(&json!({"field1": null}));
        let errors = json!({"field1": ["This field may not be null."]});
        assert_eq!(aws.ask(handle, partial).await.outcome(), (400, errors));
    }

    #[tokio::test]
    async fn a_resource_that_was_deleted_meanwhile_is_not_found() {
        let deleted_meanwhile = cancelled(&["None", "None", "ConditionalCheckFailed"]);
        for replies in
            [vec![signed_in(), found(None)], vec![signed_in(), found(Some(resource())), deleted_meanwhile]]
        {
            let aws = CannedAws::answering(replies).await;
            let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
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
