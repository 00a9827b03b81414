//! `GET /api/images/{id}`: shows an image of the caller.

use satchel_files::{Tiers, Uploads, tier_of};
use satchel_guard::Auth;
use satchel_http::{ApiResult, Request, ok};
use satchel_model::clock::Clock;
use satchel_model::{Error, Kind};
use satchel_objects::Objects;
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, tiers: Tiers, uploads: Uploads, objects: Objects, clock: Clock }
}

/// Returns the image with the URLs that the caller's tier includes.
///
/// # Errors
/// 401; 404 if the caller has no such image.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let load = async |owner| {
        let id = request.path("id")?;
        let image = app.uploads.find(owner, Kind::Image, id);
        tokio::try_join!(image, async { app.tiers.all().await.map_err(Error::from) })
    };
    let (caller, (image, tiers)) = app.auth.caller_and(request.bearer()?, load).await?;
    let tier = tier_of(tiers, &caller.user.tier);
    let view = app.objects.image_view(&image, &tier, &request.viewer().base_url, app.clock.now()).await?;
    ok(&view)
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, IMAGE, Reply, USER, VERSION, empty_tiers, found, found_all, hides_failures, image,
        refuses_strangers, session, signed_in, user,
    };
    use serde_json::{Value, json};

    use super::*;

    const EVENT: &str = include_str!("../../../events/get-image.json");

    fn replies() -> [Reply; 3] {
        [signed_in(), found(Some(image("ready"))), empty_tiers()]
    }

    fn seen(thumbnails: Value, original: Value) -> Value {
        json!({
            "id": IMAGE, "title": "A title", "filename": "dot.png", "content_type": "image/png", "size": 69,
            "width": 1, "height": 1, "status": "ready", "thumbnails": thumbnails, "original": original,
            "created_at": "2026-03-12T19:03:58Z",
        })
    }

    #[tokio::test]
    async fn a_basic_account_sees_one_thumbnail_and_no_original() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        let thumbnail = format!("signed:/renditions/{IMAGE}/{VERSION}/200.jpg");
        assert_eq!(answer.outcome(), (200, seen(json!({"200": thumbnail}), Value::Null)));
        assert_eq!(answer.header("cache-control"), "no-store");
    }

    #[tokio::test]
    async fn a_premium_account_gets_urls_of_the_original_and_of_a_thumbnail_to_be_created() {
        let mut user = user();
        user["tier"] = "premium".into();
        let [_, image, tiers] = replies();
        let aws = CannedAws::answering([found_all(&[session(), user]), image, tiers]).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        let base = "https://abc123.execute-api.us-east-1.amazonaws.com";
        let thumbnails = json!({
            "200": format!("signed:/renditions/{IMAGE}/{VERSION}/200.jpg"),
            "400": format!("{base}/api/images/{IMAGE}/thumbnail?size=400"),
        });
        let original = format!("signed:/originals/{USER}/{IMAGE}/{VERSION}");
        assert_eq!(answer.outcome(), (200, seen(thumbnails, original.into())));
    }

    #[tokio::test]
    async fn only_the_callers_images_are_looked_up() {
        let aws = CannedAws::answering([signed_in(), found(None), empty_tiers()]).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
        let key = json!({"pk": {"S": format!("OWNER#{USER}")}, "sk": {"S": format!("IMAGE#{IMAGE}")}});
        assert_eq!(aws.call("GetItem").json()["Key"], key);
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
