//! `GET /api/images/{id}`: one image.

use satchel_aws::Aws;
use satchel_core::auth::KeyError;
use satchel_core::clock::Clock;
use satchel_core::config::Config;
use satchel_core::http::{ApiError, ApiResult, Request, no_store, ok};
use satchel_core::model::Kind;
use satchel_objects::Objects;
use satchel_store::{Auth, Table, Tiers, Uploads, tier_of};

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

/// `GET /api/images/{id}`: an image of the caller, with what the caller's tier shows of it.
///
/// # Errors
/// 401; 404 if the caller has no such image.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let load = async |owner| {
        let id = request.path("id")?;
        let image = app.uploads.find(owner, Kind::Image, id);
        tokio::try_join!(image, async { app.tiers.all().await.map_err(ApiError::from) })
    };
    let (caller, (image, tiers)) = app.auth.caller_and(request, load).await?;
    let tier = tier_of(tiers, &caller.user.tier);
    let view = app.objects.image_view(&image, &tier, &request.viewer().base_url, app.clock.now()).await?;
    ok(&view).map(no_store)
}
