//! `DELETE /api/images/{id}/links/{link_id}`: revokes a share link of an image of the caller.

use satchel_http::{ApiResult, Request, no_content};
use satchel_links::RevokedShares;
use satchel_model::Kind;
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { shares: RevokedShares }
}

/// Deletes the link, which stops working at once.
///
/// # Errors
/// 401; 404 if the caller has no such image, or the image no such link.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let (id, link) = (request.path("id"), request.path("link_id"));
    app.shares.revoke(Kind::Image, request.bearer()?, id, link).await?;
    no_content()
}

#[cfg(test)]
mod tests {
    use satchel_testing::{CannedAws, Event, empty_tiers, found, page, refuses_strangers, signed_in};
    use serde_json::json;

    use super::*;

    const EVENT: &str = include_str!("../../../events/delete-image-link.json");

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
