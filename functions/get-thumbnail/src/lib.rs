//! `GET /api/images/{id}/thumbnail`: redirects to a thumbnail.

use std::sync::Arc;

use http::StatusCode;
use satchel_files::{Tiers, Uploads, thumbnails, tier_of};
use satchel_guard::Auth;
use satchel_http::{ApiError, ApiResult, Request, url_answer};
use satchel_model::clock::Clock;
use satchel_model::{Error, Kind, Refusal, Rendition, Upload};
use satchel_objects::Objects;
use satchel_runtime::{Metrics, app};

app! {
    /// What this function needs.
    pub struct App {
        auth: Auth,
        tiers: Tiers,
        uploads: Uploads,
        objects: Objects,
        metrics: Metrics,
        clock: Clock,
    }
}

/// Redirects to a signed URL of the thumbnail in the requested `size`, which the caller's tier must include.
///
/// Creates the thumbnail if it does not exist.
///
/// # Errors
/// 401; 404 if the caller has no such image; 400 for a size that is not a number; 403 for one outside the
/// caller's tier; 409 if the image is not ready.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let load = async |owner| {
        let id = request.path("id")?;
        let image = app.uploads.find(owner, Kind::Image, id);
        tokio::try_join!(image, async { app.tiers.all().await.map_err(Error::from) })
    };
    let (caller, (image, tiers)) = app.auth.caller_and(request.bearer()?, load).await?;
    let wanted = size(&request)?;
    let sizes = tier_of(tiers, &caller.user.tier).thumbnail_sizes;
    let Some(size) = sizes.into_iter().find(|size| i128::from(*size) == wanted) else {
        let words = "Your account tier does not include this thumbnail size.";
        return Err(ApiError::Detail(StatusCode::FORBIDDEN, words));
    };
    if !image.is_ready() {
        return Err(ApiError::Detail(StatusCode::CONFLICT, "The image is not ready."));
    }
    let rendition = match image.rendition(size) {
        Some(rendition) => rendition.clone(),
        None => make(app, &image, size).await?,
    };
    let signed = app.objects.sign_rendition(&image, &rendition, app.clock.now()).await?;
    url_answer(&request, &signed.url, signed.expires_at)
}

fn size(request: &Request) -> Result<i128, ApiError> {
    let text = request.query("size").ok_or_else(|| ApiError::field("size", "This field is required."))?;
    text.parse().map_err(|_| ApiError::field("size", "A valid integer is required."))
}

/// Creates a thumbnail of a size that was added to the tier after the image was uploaded.
async fn make(app: &App, image: &Upload, size: u32) -> Result<Rendition, ApiError> {
    let original = app.objects.original(&image.key(), None).await?.ok_or(Refusal::NotFound)?;
    let made = thumbnails::make(&app.metrics, Arc::from(original.bytes), vec![size]);
    let made = made.await.map_err(ApiError::internal)?;
    let Some(rendition) = made.picture.renditions.first().cloned() else {
        return Err(ApiError::internal("no thumbnail was made"));
    };
    made.store(&app.objects, image).await?;
    if app.uploads.add_rendition(image, &rendition).await? {
        return Ok(rendition);
    }
    // The image was deleted in the meantime, and no record references this thumbnail.
    app.objects.delete_rendition(image.id, image.version, &rendition).await?;
    Err(ApiError::not_found())
}

#[cfg(test)]
mod tests {
    use satchel_testing::{
        CannedAws, Event, IMAGE, Reply, VERSION, cancelled_on, done, empty_tiers, found, hides_failures,
        image, refuses_strangers, signed_in, with,
    };
    use serde_json::json;

    use super::*;

    /// `?size=200`, accepts JSON.
    const EVENT: &str = include_str!("../../../events/get-thumbnail.json");
    const PIXEL: &[u8] = include_bytes!("../../../shared/images/tests/fixtures/one_pixel.png");

    fn replies() -> [Reply; 3] {
        [signed_in(), found(Some(image("ready"))), empty_tiers()]
    }

    /// Replies for an image without the thumbnail.
    fn replies_without_thumbnail() -> [Reply; 6] {
        let mut image = image("ready");
        image["picture"]["renditions"] = json!([]);
        let [caller, _, tiers] = replies();
        let original = Reply::new("GetObject", PIXEL);
        [caller, found(Some(image)), tiers, original, done("PutObject"), done("TransactWriteItems")]
    }

    fn url() -> String {
        format!("signed:/renditions/{IMAGE}/{VERSION}/200.jpg")
    }

    #[tokio::test]
    async fn a_program_gets_the_url_and_its_expiry() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (200, json!({"url": url(), "expires_at": "2026-03-12T19:18:58Z"})));
        assert_eq!(aws.operations(), ["BatchGetItem", "GetItem", "Query"]);
    }

    #[tokio::test]
    async fn a_browser_is_redirected_to_the_thumbnail() {
        let aws = CannedAws::answering(replies()).await;
        let event = Event::of(EVENT).signed_in().header("accept", None);
        let answer = aws.ask(handle, event).await;
        assert_eq!((answer.status, answer.header("location")), (302, url()));
        assert_eq!(answer.header("cache-control"), "no-store");
    }

    #[tokio::test]
    async fn a_missing_thumbnail_is_created_and_stored_with_its_record() {
        let aws = CannedAws::answering(replies_without_thumbnail()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!((answer.status, &answer.body["url"]), (200, &json!(url())));
        assert!(aws.call("PutObject").path.starts_with(&format!("/renditions/{IMAGE}/{VERSION}/200.jpg?")));
        let writes = aws.call("TransactWriteItems").json();
        let write = &writes["TransactItems"][0]["Update"];
        assert_eq!(write["ExpressionAttributeValues"][":list"]["L"][0]["M"]["size"]["N"], "200");
        // Apart from the thumbnail, only the revision changes, so that requests with an older copy read the
        // record again.
        let append = "SET #picture.#renditions = list_append(#picture.#renditions, :list) ADD #revision :one";
        assert_eq!(write["UpdateExpression"], append);
    }

    #[tokio::test]
    async fn a_thumbnail_that_another_request_created_meanwhile_is_used() {
        let [caller, found, tiers, original, put, _] = replies_without_thumbnail();
        let noted = cancelled_on(&[Some(with(image("ready"), &json!({"revision": 8})))]);
        let aws = CannedAws::answering([caller, found, tiers, original, put, noted]).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!((answer.status, &answer.body["url"]), (200, &json!(url())));
    }

    #[tokio::test]
    async fn a_new_thumbnail_of_a_deleted_image_is_deleted() {
        let [caller, found, tiers, original, put, _] = replies_without_thumbnail();
        let deleted = cancelled_on(&[Some(image("deleting"))]);
        let replies = [caller, found, tiers, original, put, deleted, done("DeleteObject")];
        let aws = CannedAws::answering(replies).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        assert_eq!(answer.outcome(), (404, json!({"detail": "Not found."})));
        let path = format!("/renditions/{IMAGE}/{VERSION}/200.jpg?x-id=DeleteObject");
        assert_eq!(aws.call("DeleteObject").path, path);
    }

    #[tokio::test]
    async fn an_invalid_size_or_one_outside_the_tier_is_refused() {
        let tier = json!({"detail": "Your account tier does not include this thumbnail size."});
        for (query, outcome) in [
            ("", (400, json!({"size": ["This field is required."]}))),
            ("size=big", (400, json!({"size": ["A valid integer is required."]}))),
            ("size=400", (403, tier)),
        ] {
            let aws = CannedAws::answering(replies()).await;
            let event = Event::of(EVENT).signed_in().query(query);
            let answer = aws.ask(handle, event).await;
            assert_eq!(answer.outcome(), outcome);
        }
    }

    #[tokio::test]
    async fn a_missing_or_unready_image_has_no_thumbnail() {
        for (record, outcome) in [
            (None, (404, json!({"detail": "Not found."}))),
            (Some(image("pending")), (409, json!({"detail": "The image is not ready."}))),
        ] {
            let aws = CannedAws::answering([signed_in(), found(record), empty_tiers()]).await;
            let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
            assert_eq!(answer.outcome(), outcome);
        }
    }

    #[tokio::test]
    async fn an_unauthenticated_request_is_refused() {
        refuses_strangers(EVENT, handle).await;
    }

    #[tokio::test]
    async fn an_internal_failure_is_a_500_without_details() {
        hides_failures(Event::of(EVENT).signed_in(), &replies_without_thumbnail(), handle).await;
    }
}
