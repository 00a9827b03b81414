//! `GET /api/images/{id}/links/{link_id}`: returns a share link of an image of the caller.

use satchel_http::{ApiResult, Request, ok};
use satchel_links::OwnShares;
use satchel_model::Kind;
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { shares: OwnShares }
}

/// Returns the link with its URL.
///
/// # Errors
/// 401; 404 if the caller has no such image, or the image no such link.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let (id, link, base_url) = (request.path("id"), request.path("link_id"), &request.viewer().base_url);
    ok(&app.shares.find(Kind::Image, request.bearer()?, id, link, base_url).await?)
}

#[cfg(test)]
mod tests {
    use satchel_testing::{CannedAws, Event, found, link_secret, refuses_strangers, share_entry, signed_in};
    use serde_json::json;

    use super::*;

    const EVENT: &str = include_str!("../../../events/get-image-link.json");

    // get-file-link tests what both functions share.
    #[tokio::test]
    async fn images_are_looked_up() {
        let replies = [signed_in(), link_secret(), share_entry(), found(None)];
        let aws = CannedAws::answering(replies).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
        let reads = aws.calls_of("GetItem");
        assert!(
            reads.iter().any(|call| call.json()["Key"]["sk"]["S"].as_str().unwrap().starts_with("IMAGE#"))
        );
    }

    #[tokio::test]
    async fn an_unauthenticated_request_is_refused() {
        refuses_strangers(EVENT, handle).await;
    }
}
