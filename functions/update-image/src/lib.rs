//! `PATCH /api/images/{id}`: changes the title or the file name of an image.

use satchel_api::Description;
use satchel_files::{Tiers, Uploads, tier_of};
use satchel_guard::Auth;
use satchel_http::{Accepts, ApiResult, Request, ok};
use satchel_model::clock::Clock;
use satchel_model::{Error, Kind};
use satchel_objects::Objects;
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App { auth: Auth, tiers: Tiers, uploads: Uploads, objects: Objects, clock: Clock }
}

/// Changes the given fields, and returns the image with the URLs that the caller's tier includes.
///
/// # Errors
/// 401; 404 if the caller has no such image; 400 if a field is invalid.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let load = async |owner| {
        let image = app.uploads.find(owner, Kind::Image, request.path("id")?);
        tokio::try_join!(image, async { app.tiers.all().await.map_err(Error::from) })
    };
    // Boxed, because two concurrent lookups make a large future.
    let (caller, (image, tiers)) = Box::pin(app.auth.caller_and(request.bearer()?, load)).await?;
    let change = Description::of_image(&request.input(Accepts::Json).await?)?;
    let image = app.uploads.describe(&caller, image, &change, app.clock.now()).await?;
    let tier = tier_of(tiers, &caller.user.tier);
    ok(&app.objects.image_view(&image, &tier, &request.viewer().base_url, app.clock.now()).await?)
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, IMAGE, Reply, USER, VERSION, cancelled, cancelled_on, done, empty_tiers, found,
        hides_failures, image, refuses_strangers, signed_in, with,
    };
    use serde_json::{Value, json};

    use super::*;

    /// PATCH of the title.
    const EVENT: &str = include_str!("../../../events/update-image.json");

    fn replies() -> [Reply; 4] {
        [signed_in(), found(Some(image("ready"))), empty_tiers(), done("TransactWriteItems")]
    }

    #[tokio::test]
    async fn given_fields_are_changed_and_the_others_stay() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        let changed = json!({
            "id": IMAGE, "title": "Another title", "filename": "dot.png", "content_type": "image/png", "size": 69,
            "width": 1, "height": 1, "status": "ready",
            "thumbnails": {"200": format!("signed:/renditions/{IMAGE}/{VERSION}/200.jpg")}, "original": null,
            "created_at": "2026-03-12T19:03:58Z",
        });
        assert_eq!(answer.outcome(), (200, changed));
        assert_eq!(answer.header("cache-control"), "no-store");
        let key = json!({"pk": {"S": format!("OWNER#{USER}")}, "sk": {"S": format!("IMAGE#{IMAGE}")}});
        assert_eq!(aws.call("GetItem").json()["Key"], key);
        let write = aws.call("TransactWriteItems");
        let expected = with(image("ready"), &json!({"title": "Another title", "revision": 8}));
        assert_eq!((write.changed(2), write.quota()), (expected, 0));
        assert_eq!(write.json()["TransactItems"].as_array().unwrap().len(), 3);
    }

    #[tokio::test]
    async fn an_image_stays_private_whatever_the_body_says() {
        let aws = CannedAws::answering(replies()).await;
        let body = json!({"filename": "../b.png", "visibility": "members", "status": "pending", "size": 1});
        let answer = aws.ask(handle, Event::of(EVENT).signed_in().body(&body)).await;
        assert_eq!((answer.status, &answer.body["filename"]), (200, &json!("b.png")));
        let expected = with(image("ready"), &json!({"filename": "b.png", "revision": 8}));
        assert_eq!(aws.call("TransactWriteItems").changed(2), expected);
    }

    #[tokio::test]
    async fn an_invalid_field_is_refused_and_nothing_is_written() {
        let aws = CannedAws::answering(replies()).await;
        let body = json!({"title": "", "filename": null});
        let answer = aws.ask(handle, Event::of(EVENT).signed_in().body(&body)).await;
        let errors = json!({
            "title": ["This field may not be blank."], "filename": ["This field may not be null."],
        });
        assert_eq!(answer.outcome(), (400, errors));
        assert!(aws.calls_of("TransactWriteItems").is_empty());
    }

    #[tokio::test]
    async fn an_image_that_is_not_there_or_was_deleted_meanwhile_is_not_found() {
        let [caller, found_image, tiers, _] = replies();
        let deleting: Value = with(image("deleting"), &json!({"revision": 8}));
        for (image, write) in [
            (found(None), done("TransactWriteItems")),
            (found_image.clone(), cancelled(&["None", "None", "ConditionalCheckFailed"])),
            (found_image, cancelled_on(&[None, None, Some(deleting)])),
        ] {
            let aws = CannedAws::answering([caller.clone(), image, tiers.clone(), write]).await;
            let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
            assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
        }
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
