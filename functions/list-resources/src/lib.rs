//! `GET /api/resource`: lists the caller's resources.

use satchel_guard::Auth;
use satchel_http::{ApiResult, Listing, PageQuery, Request, ok};
use satchel_model::{Error, ResourceId};
use satchel_resources::Resources;
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, resources: Resources }
}

/// Returns a page of resources, newest first.
///
/// # Errors
/// 401; 400 if the query is invalid.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let load = async |owner| {
        let page = PageQuery::<ResourceId>::read(&request)?;
        let (results, last) = app.resources.list(owner, page.limit, page.after).await?;
        Ok::<_, Error>((page, results, last))
    };
    let (_, (page, results, last)) = app.auth.caller_and(request.bearer()?, load).await?;
    ok(&Listing { next: last.map(|last| page.next(&request, &[], &last)), results })
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, RESOURCE, Reply, USER, hides_failures, page, refuses_strangers, resource, signed_in,
    };
    use serde_json::json;

    use super::*;

    const EVENT: &str = include_str!("../../../events/list-resources.json");

    fn replies() -> [Reply; 2] {
        [signed_in(), page(&[resource(), resource(), resource()])]
    }

    #[tokio::test]
    async fn a_full_page_contains_the_url_of_the_next_page() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        let seen = json!({"id": RESOURCE, "field1": "First", "field2": "Second"});
        // printf %s <id> | basenc --base64url
        let cursor = "MDE5Y2UzNmYtMjUzMC03MDAwLTgwMDAtMDAwMDAwMDAwMDA2";
        let base = "https://abc123.execute-api.us-east-1.amazonaws.com";
        let next = format!("{base}/api/resource?limit=2&cursor={cursor}");
        assert_eq!(answer.outcome(), (200, json!({"next": next, "results": [seen, seen]})));
        let query = aws.call("Query").json();
        let partition = &query["ExpressionAttributeValues"][":partition"]["S"];
        assert_eq!(
            (partition, &query["ConsistentRead"]),
            (&json!(format!("RESOURCES#{USER}")), &json!(true))
        );
    }

    #[tokio::test]
    async fn an_invalid_query_is_refused() {
        let aws = CannedAws::answering([signed_in()]).await;
        let event = Event::of(EVENT).signed_in().query("limit=101&cursor=!");
        let errors = json!({
            "limit": ["Ensure this value is less than or equal to 100."], "cursor": ["Invalid cursor."],
        });
        assert_eq!(aws.ask(handle, event).await.outcome(), (400, errors));
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
