//! `POST /api/images/{id}/links`: creates a share link for an image of the caller.

use satchel_api::ShareOptions;
use satchel_http::{Accepts, ApiResult, Request, created};
use satchel_links::NewShares;
use satchel_model::Kind;
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { shares: NewShares }
}

/// Creates a link that opens the image for everyone who has the link.
///
/// # Errors
/// 401; 404 if the caller has no such image; 403 if the caller's tier has no links; 400 if a field is
/// invalid; 409 if the image is not ready.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let target = app.shares.target(Kind::Image, request.bearer()?, request.path("id")).await?;
    let input = request.input(Accepts::Json).await?;
    let (idempotent, options) =
        (request.idempotency_key(&input)?, ShareOptions::from_json(&input, &target.tier)?);
    let base_url = &request.viewer().base_url;
    let view = app.shares.create(&target, options, idempotent.as_ref(), base_url).await?;
    created(&view)
}

#[cfg(test)]
mod tests {
    use satchel_testing::{CannedAws, Event, empty_tiers, found, page, refuses_strangers, signed_in};
    use serde_json::json;

    use super::*;

    const EVENT: &str = include_str!("../../../events/create-image-link.json");

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
