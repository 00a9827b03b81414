//! `PATCH /api/images/{id}/links/{link_id}`: changes a share link of an image of the caller.

use satchel_api::ShareOptions;
use satchel_http::{Accepts, ApiResult, Request, ok};
use satchel_links::OwnShares;
use satchel_model::Kind;
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { shares: OwnShares }
}

/// Changes the expiry, the password or the limit of the link, whose URL stays the same.
///
/// # Errors
/// 401; 404 if the caller has no such image, or the image no such link; 403 if the caller's tier has no links;
/// 400 if a field is invalid.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let target = app.shares.target(Kind::Image, request.bearer()?, request.path("id")).await?;
    let input = request.input(Accepts::Json).await?;
    let (link, options) = (request.path("link_id")?, ShareOptions::from_json(&input, &target.tier)?);
    let base_url = &request.viewer().base_url;
    ok(&app.shares.change(&target, link, options, base_url).await?)
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, empty_tiers, found, link_secret, refuses_strangers, share_entry, signed_in,
    };
    use serde_json::json;

    use super::*;

    const EVENT: &str = include_str!("../../../events/update-image-link.json");

    // update-file-link tests what both functions share.
    #[tokio::test]
    async fn images_are_looked_up() {
        let replies = [signed_in(), empty_tiers(), link_secret(), share_entry(), found(None)];
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
