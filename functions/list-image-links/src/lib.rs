//! `GET /api/images/{id}/links`: lists the share links of an image of the caller.

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
/// 401; 404 if the caller has no such image; 400 if `limit` or `cursor` is invalid.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let page = PageQuery::read(&request);
    let wanted = page.clone().map(|page| (page.limit, page.after));
    let (id, base_url) = (request.path("id"), &request.viewer().base_url);
    let (results, last) = app.shares.list(Kind::Image, request.bearer()?, id, wanted, base_url).await?;
    let page = page?;
    ok(&Listing { next: last.map(|last| page.next(&request, &[], &last)), results })
}

#[cfg(test)]
mod tests {
    use satchel_testing::{CannedAws, Event, empty_tiers, found, page, refuses_strangers, signed_in};
    use serde_json::json;

    use super::*;

    const EVENT: &str = include_str!("../../../events/list-image-links.json");

    #[tokio::test]
    async fn only_images_are_looked_up() {
        let replies = [signed_in(), empty_tiers(), page(&[]), found(None).about("IMAGE#")];
        let aws = CannedAws::answering(replies).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
    }

    #[tokio::test]
    async fn an_unauthenticated_request_is_refused() {
        refuses_strangers(EVENT, handle).await;
    }
}
