//! `POST /api/images`: takes an image from a form, or returns a URL for uploading one.

use satchel_api::{Announcement, ImageView, Input};
use satchel_files::{
    FormUploads, Tiers, UploadLifetimes, Uploads, check_image_size, pending_upload, sizes_of, tier_of,
};
use satchel_guard::{Auth, Caller, Idempotency, IdempotentRequest};
use satchel_http::{Accepts, ApiError, ApiResult, Request, created};
use satchel_model::clock::Clock;
use satchel_model::random::Random;
use satchel_model::{Kind, Tier, Visibility};
use satchel_objects::Objects;
use satchel_runtime::app;

app! {
    /// What this function needs.
    pub struct App {
        auth: Auth,
        tiers: Tiers,
        uploads: Uploads,
        forms: FormUploads,
        objects: Objects,
        idempotency: Idempotency,
        lifetimes: UploadLifetimes,
        clock: Clock,
        random: Random,
    }
}

/// The owner of an image, and what their tier includes.
struct Owner<'a> {
    caller: &'a Caller,
    tier: &'a Tier,
    /// Thumbnail sizes of all tiers, so that the thumbnails exist when the owner changes the tier.
    sizes: Vec<u32>,
    base_url: &'a str,
}

/// Stores an image from a form with its thumbnails, or announces an image from a JSON body.
///
/// An image from a form is ready at once. The answer to an announcement tells where to send the bytes.
///
/// # Errors
/// 400 if a field or the image is invalid; 401; 413 above a size limit; 403 above the quota.
pub async fn handle(app: &'static App, request: Request) -> ApiResult {
    let (caller, tiers) = app.auth.caller_and(request.bearer()?, async |_| app.tiers.all().await).await?;
    let sizes = sizes_of(&tiers);
    let tier = &tier_of(tiers, &caller.user.tier);
    let owner = Owner { caller: &caller, tier, sizes, base_url: &request.viewer().base_url };
    let accepted = if request.is_multipart() { Accepts::Multipart } else { Accepts::Json };
    let input = request.input(accepted).await?;
    let idempotent = app.idempotency.of(request.idempotency_key(&input)?.as_ref());
    let view = match accepted {
        Accepts::Multipart => store(app, owner, &input, &idempotent).await?,
        _ => announce(app, owner, &input, &idempotent).await?,
    };
    created(&view)
}

async fn announce(
    app: &App,
    owner: Owner<'_>,
    input: &Input,
    idempotent: &IdempotentRequest,
) -> Result<ImageView, ApiError> {
    let announced = Announcement::of_json(input)?;
    check_image_size(&announced, owner.tier)?;
    let (now, private) = (app.clock.now(), Visibility::Private);
    let image =
        pending_upload(announced, Kind::Image, &owner.caller.user, private, app.lifetimes, app.random, now);
    let image = app.uploads.create(owner.caller, image, owner.tier.max_total_bytes, idempotent).await?;
    let way = app.objects.upload_way(&image, now).await?;
    Ok(app.objects.image_view(&image, owner.tier, owner.base_url, now).await?.with_upload(way))
}

async fn store(
    app: &App,
    owner: Owner<'_>,
    input: &Input,
    idempotent: &IdempotentRequest,
) -> Result<ImageView, ApiError> {
    let (announced, part) = Announcement::of_form(input, &["image", "file"])?;
    let Owner { caller, tier, sizes, base_url } = owner;
    let image = app.forms.store_image(caller, tier, &sizes, announced, part, idempotent).await?;
    Ok(app.objects.image_view(&image, tier, base_url, app.clock.now()).await?)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use satchel_testing::{
        CannedAws, Event, Reply, USER, done, empty_tiers, hides_failures, refuses_strangers, signed_in,
    };
    use serde_json::json;

    use super::*;

    const EVENT: &str = include_str!("../../../events/create-image.json");
    const FORM: &str = include_str!("../../../events/create-image_form.json");
    const TEXT_FORM: &str = include_str!("../../../events/create-file_form.json");
    /// A UUIDv7 of `NOW` whose random bytes are all 7.
    const ID: &str = "019ce36f-2530-7707-8707-070707070707";

    fn replies() -> [Reply; 3] {
        [signed_in(), empty_tiers(), done("TransactWriteItems")]
    }

    /// Replies for a form: original and thumbnails are stored, then the record is made ready.
    fn replies_to_a_form() -> [Reply; 6] {
        let [caller, tiers, create] = replies();
        let (original, thumbnail) =
            (done("PutObject").about("/originals/"), done("PutObject").about("/renditions/"));
        let ready = done("TransactWriteItems").about("#revision");
        [caller, tiers, original, thumbnail, ready, create]
    }

    #[tokio::test]
    async fn an_announced_image_is_pending_and_gets_an_upload_url() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(EVENT).signed_in()).await;
        let pending = json!({
            "id": ID, "title": "Photo", "filename": "photo.jpg", "content_type": "image/jpeg", "size": 4321,
            "width": null, "height": null, "status": "pending", "thumbnails": {}, "original": null,
            "created_at": "2026-03-12T19:03:58Z",
            "upload": {
                "method": "PUT",
                "url": format!("signed:/originals/{USER}/{ID}/{ID}"),
                "headers": {"content-type": "image/jpeg", "if-none-match": "*"},
                "expires_at": "2026-03-12T19:18:58Z",
            },
        });
        assert_eq!(answer.outcome(), (201, pending));
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(aws.operations(), ["BatchGetItem", "Query", "TransactWriteItems"]);
    }

    #[tokio::test]
    async fn the_image_of_a_form_is_ready_with_the_thumbnails_of_every_tier() {
        let aws = CannedAws::answering(replies_to_a_form()).await;
        let answer = aws.ask(handle, Event::of(FORM).signed_in()).await;
        let ready = json!({
            "id": ID, "title": "Dot", "filename": "dot.png", "content_type": "image/png", "size": 69,
            "width": 1, "height": 1, "status": "ready",
            "thumbnails": {"200": format!("signed:/renditions/{ID}/{ID}/200.jpg")}, "original": null,
            "created_at": "2026-03-12T19:03:58Z",
        });
        assert_eq!(answer.outcome(), (201, ready));
        let puts = aws.calls().into_iter().filter(|call| call.operation == "PutObject");
        let mut keys: Vec<_> =
            puts.filter_map(|call| Some(call.path.split_once('?')?.0.to_owned())).collect();
        keys.sort();
        let rendition = |size| format!("/renditions/{ID}/{ID}/{size}.jpg");
        assert_eq!(keys, [format!("/originals/{USER}/{ID}/{ID}"), rendition(200), rendition(400)]);
        let writes = aws.calls_of("TransactWriteItems");
        assert_eq!((writes[0].quota(), writes[1].quota()), (69, 0));
        let record = writes[1].changed(0);
        assert_eq!((&record["id"], &record["status"]), (&json!(ID), &json!("ready")));
        let sizes = record["picture"]["renditions"].as_array().unwrap().iter();
        let sizes: BTreeSet<_> = sizes.map(|rendition| rendition["size"].as_u64().unwrap()).collect();
        assert_eq!(sizes, [200, 400].into());
    }

    #[tokio::test]
    async fn bytes_that_are_not_an_image_are_refused_before_anything_is_written() {
        let aws = CannedAws::answering(replies()).await;
        let answer = aws.ask(handle, Event::of(TEXT_FORM).signed_in()).await;
        let words =
            "Upload a valid image. The file you uploaded was either not an image or a corrupted image.";
        assert_eq!(answer.outcome(), (400, json!({"file": [words]})));
        assert_eq!(aws.operations(), ["BatchGetItem", "Query"]);
    }

    #[tokio::test]
    async fn an_image_may_be_announced_with_any_type_because_its_bytes_decide() {
        for declared in ["image/jpg", "image/tiff", "application/octet-stream"] {
            let body = json!({"filename": "a.jpg", "content_type": declared, "size": 1});
            let aws = CannedAws::answering(replies()).await;
            let answer = aws.ask(handle, Event::of(EVENT).signed_in().body(&body)).await;
            let signed = &answer.body["upload"]["headers"]["content-type"];
            assert_eq!((answer.status, signed), (201, &json!(declared)));
        }
    }

    #[tokio::test]
    async fn an_unauthenticated_request_is_refused() {
        refuses_strangers(EVENT, handle).await;
    }

    #[tokio::test]
    async fn an_internal_failure_is_a_500_without_details() {
        hides_failures(Event::of(EVENT).signed_in(), &replies(), handle).await;
        hides_failures(Event::of(FORM).signed_in(), &replies_to_a_form(), handle).await;
    }
}
