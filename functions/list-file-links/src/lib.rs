//! `GET /api/files/{id}/links`: lists the share links of a file of the caller.

use satchel_http::{ApiResult, Listing, PageQuery, Request, ok};
use satchel_links::OwnShares;
use satchel_model::Kind;
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { shares: OwnShares }
}

/// Returns a page of links.
///
/// # Errors
/// 401; 404 if the caller has no such file; 400 if `limit` or `cursor` is invalid.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let page = PageQuery::read(&request);
    let wanted = page.clone().map(|page| (page.limit, page.after));
    let (id, base_url) = (request.path("id"), &request.viewer().base_url);
    let (results, last) = app.shares.list(Kind::File, request.bearer()?, id, wanted, base_url).await?;
    let page = page?;
    ok(&Listing { next: last.map(|last| page.next(&request, &[], &last)), results })
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, Reply, file, found, hides_failures, link_secret, page, refuses_strangers, signed_in,
    };
    use serde_json::json;

    use super::*;

    const EVENT: &str = include_str!("../../../events/list-file-links.json");

    fn replies() -> [Reply; 4] {
        [signed_in(), found(Some(file("ready"))), page(&[]), link_secret()]
    }

    #[tokio::test]
    async fn without_links_the_list_is_empty() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (200, json!({"next": null, "results": []})));
    }

    #[tokio::test]
    async fn a_missing_file_has_no_list_of_links() {
        let [caller, _, page, _] = replies();
        let aws = CannedAws::answering([caller, found(None), page]).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
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
