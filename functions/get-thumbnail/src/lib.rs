//! `GET /api/images/{id}/thumbnail`: to a thumbnail.

use std::sync::Arc;

use http::StatusCode;
use satchel_aws::Aws;
use satchel_core::auth::KeyError;
use satchel_core::clock::Clock;
use satchel_core::config::Config;
use satchel_core::http::{ApiError, ApiResult, Request, url_answer};
use satchel_core::model::{Kind, Rendition, Upload};
use satchel_objects::Objects;
use satchel_store::{Auth, Table, Tiers, Uploads, tier_of};
use satchel_thumbnails as thumbnails;

/// What this function needs.
pub struct App {
    auth: Auth,
    tiers: Tiers,
    uploads: Uploads,
    objects: Objects,
    clock: Clock,
}

impl App {
    /// # Errors
    /// If the public keys cannot be read.
    pub fn new(config: &Config) -> Result<Self, KeyError> {
        let aws = Aws::new(&config.aws);
        let table = Table::new(&aws, config);
        Ok(Self {
            auth: Auth::new(table.clone(), config, Clock::System)?,
            tiers: Tiers::new(table.clone()),
            uploads: Uploads::new(table),
            objects: Objects::new(&aws, config),
            clock: Clock::System,
        })
    }
}

/// `GET /api/images/{id}/thumbnail?size=200`: sends the caller to a signed URL of a thumbnail of the caller's tier.
///
/// # Errors
/// 401; 404 if the caller has no such image; 400 or 403 for a size that is none or not in the tier; 409 if the
/// image is not ready.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let load = async |owner| {
        let id = request.path("id")?;
        let image = app.uploads.find(owner, Kind::Image, id);
        tokio::try_join!(image, async { app.tiers.all().await.map_err(ApiError::from) })
    };
    let (caller, (image, tiers)) = app.auth.caller_and(request, load).await?;
    let size = size(request)?;
    if !tier_of(tiers, &caller.user.tier).thumbnail_sizes.contains(&size) {
        let words = "Your account tier does not include this thumbnail size.";
        return Err(ApiError::Detail(StatusCode::FORBIDDEN, words));
    }
    if !image.is_ready() {
        return Err(ApiError::Detail(StatusCode::CONFLICT, "The image is not ready."));
    }
    let rendition = match image.rendition(size) {
        Some(rendition) => rendition.clone(),
        None => make(app, &image, size).await?,
    };
    let signed = app.objects.sign_rendition(&image, &rendition, app.clock.now()).await?;
    url_answer(request, &signed.url, signed.expires_at)
}

fn size(request: &Request) -> Result<u32, ApiError> {
    let text = request.query("size").ok_or_else(|| ApiError::field("size", "This field is required."))?;
    text.parse().map_err(|_| ApiError::field("size", "A valid integer is required."))
}

/// Makes a thumbnail of a size that came into the tier after the image was uploaded.
async fn make(app: &App, image: &Upload, size: u32) -> Result<Rendition, ApiError> {
    let original = app.objects.original(&image.key(), None).await?.ok_or(ApiError::NotFound)?;
    let made = thumbnails::make(Arc::from(original.bytes), vec![size]).await.map_err(ApiError::internal)?;
    let Some(rendition) = made.picture.renditions.first().cloned() else {
        return Err(ApiError::internal("no thumbnail was made"));
    };
    made.store(&app.objects, image).await?;
    let mut picture = image.picture.clone().ok_or(ApiError::NotFound)?;
    picture.renditions.push(rendition.clone());
    app.uploads.add_renditions(image, &picture).await?;
    Ok(rendition)
}
