//! `GET /api/images`: lists the caller's images.

use futures_util::future::try_join_all;
use satchel_api::Filter;
use satchel_files::{Tiers, Uploads, tier_of};
use satchel_guard::Auth;
use satchel_http::{ApiResult, Listing, PageQuery, Request, ok};
use satchel_model::clock::Clock;
use satchel_model::{Error, FileId, Kind};
use satchel_objects::Objects;
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, tiers: Tiers, uploads: Uploads, objects: Objects, clock: Clock }
}

/// Returns a page of images, newest first, with the URLs that the caller's tier includes.
///
/// # Errors
/// 401; 400 if the query is invalid.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let load = async |owner| {
        let page = PageQuery::<FileId>::read(&request)?;
        let everything = Filter::default();
        let images = app.uploads.list(owner, Kind::Image, &everything, page.limit, page.after);
        let (images, tiers) = tokio::try_join!(images, app.tiers.all())?;
        Ok::<_, Error>((page, images, tiers))
    };
    let (caller, (page, (images, last), tiers)) = app.auth.caller_and(request.bearer()?, load).await?;
    let (tier, now) = (tier_of(tiers, &caller.user.tier), app.clock.now());
    let base_url = &request.viewer().base_url;
    let views = images.iter().map(|image| app.objects.image_view(image, &tier, base_url, now));
    let next = last.map(|last| page.next(&request, &[], &last));
    ok(&Listing { next, results: try_join_all(views).await? })
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, IMAGE, Reply, VERSION, empty_tiers, hides_failures, image, page, refuses_strangers,
        signed_in,
    };
    use serde_json::json;

    use super::*;

    /// `?limit=2`
    const EVENT: &str = include_str!("../../../events/list-images.json");

    fn replies() -> [Reply; 3] {
        let images = page(&[image("ready"), image("pending"), image("ready")]);
        [signed_in(), images.about("IMAGE#"), empty_tiers()]
    }

    #[tokio::test]
    async fn a_full_page_contains_the_url_of_the_next_page() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        let ready = json!({
            "id": IMAGE, "title": "A title", "filename": "dot.png", "content_type": "image/png", "size": 69,
            "width": 1, "height": 1, "status": "ready",
            "thumbnails": {"200": format!("signed:/renditions/{IMAGE}/{VERSION}/200.jpg")}, "original": null,
            "created_at": "2026-03-12T19:03:58Z",
        });
        let pending = json!({
            "id": IMAGE, "title": "A title", "filename": "dot.png", "content_type": "image/png", "size": 69,
            "width": null, "height": null, "status": "pending", "thumbnails": {}, "original": null,
            "created_at": "2026-03-12T19:03:58Z",
        });
        // printf %s <id> | basenc --base64url
        let cursor = "MDE5Y2UzNmYtMjUzMC03MDAwLTgwMDAtMDAwMDAwMDAwMDA0";
        let base = "https://abc123.execute-api.us-east-1.amazonaws.com";
        let next = format!("{base}/api/images?limit=2&cursor={cursor}");
        assert_eq!(answer.outcome(), (200, json!({"next": next, "results": [ready, pending]})));
        assert_eq!(answer.header("cache-control"), "no-store");
    }

    #[tokio::test]
    async fn a_page_that_is_not_full_is_the_last_one() {
        let aws = CannedAws::answering([signed_in(), page(&[])]).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (200, json!({"next": null, "results": []})));
    }

    #[tokio::test]
    async fn all_invalid_parameters_are_reported_together() {
        let aws = CannedAws::answering([signed_in()]).await;
        let event = Event::of(EVENT).signed_in().query("limit=101&cursor=!");
        let answer = aws.ask(handle, event).await;
        let limit = "Ensure this value is less than or equal to 100.";
        assert_eq!(answer.outcome(), (400, json!({"limit": [limit], "cursor": ["Invalid cursor."]})));
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
