//! `GET /openapi.json`: publishes the contract.

use satchel_http::{ApiResult, Cached, Keep, Request};
use satchel_reference::{OPENAPI, entity_tag};
use satchel_runtime::app;

app! {
    /// What this function needs: nothing.
    pub struct App {}
}

/// Returns `openapi.yaml` as JSON, or 304 if the caller has it already.
///
/// # Errors
/// None.
#[allow(clippy::unused_async, reason = "every handler is awaited the same way")]
pub async fn handle(_app: &'static App, request: Request) -> ApiResult {
    let (body, entity_tag) = (OPENAPI.as_bytes(), &*entity_tag(OPENAPI));
    Cached { content_type: "application/json", body, entity_tag, keep: Keep::Minutes }.answer(&request)
}

#[cfg(test)]
mod tests {
    use satchel_testing::{CannedAws, Event};
    use serde_json::Value;

    use super::*;

    const EVENT: &str = include_str!("../../../events/get-openapi.json");

    #[tokio::test]
    async fn the_contract_is_json_that_caches_may_store() {
        let aws = CannedAws::answering([]).await;
        let answer = aws.ask(handle, Event::of(EVENT)).await;
        assert_eq!((answer.status, answer.header("content-type").as_str()), (200, "application/json"));
        assert_eq!(answer.header("cache-control"), "public, max-age=300");
        assert_eq!(answer.body["openapi"], "3.1.0");
        let operation = &answer.body["paths"]["/openapi.json"]["get"]["operationId"];
        assert_eq!(operation, "get-openapi", "the contract describes this route");
        assert!(aws.calls().is_empty());
    }

    #[tokio::test]
    async fn a_caller_who_has_the_contract_gets_no_body() {
        let aws = CannedAws::answering([]).await;
        let tag = aws.ask(handle, Event::of(EVENT)).await.header("etag");
        // CloudFront makes the tag weak when it compresses the response.
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
            let answer = aws.ask(handle, Event::of(EVENT).header("if-none-match", Some(&known))).await;
            assert_eq!((answer.status, answer.body.clone()), (304, Value::Null), "{known}");
            assert_eq!(
                (answer.header("etag"), answer.header("cache-control").as_str()),
                (tag.clone(), "public, max-age=300")
            );
        }
        let answer = aws.ask(handle, Event::of(EVENT).header("if-none-match", Some("\"other\""))).await;
        assert_eq!(answer.status, 200);
    }
}
