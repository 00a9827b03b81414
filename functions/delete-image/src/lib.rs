//! `DELETE /api/images/{id}`: deletes an image.

use satchel_aws::Aws;
use satchel_core::auth::KeyError;
use satchel_core::clock::Clock;
use satchel_core::config::Config;
use satchel_core::http::{ApiResult, Request, no_content};
use satchel_core::model::Kind;
use satchel_objects::Objects;
use satchel_store::{Auth, Table, Uploads};

/// What this function needs.
pub struct App {
    auth: Auth,
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
            uploads: Uploads::new(table),
            objects: Objects::new(&aws, config),
            clock: Clock::System,
        })
    }
}

/// `DELETE /api/images/{id}`: deletes an image of the caller: its record first, so that nothing points to bytes
/// that are gone, then its bytes and thumbnails.
///
/// # Errors
/// 401; 404 if the caller has no such image.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let load = async |owner| app.uploads.find(owner, Kind::Image, request.path("id")?).await;
    let (caller, image) = app.auth.caller_and(request, load).await?;
    app.uploads.delete(&caller, &image, app.clock.now()).await?;
    app.objects.delete(&image).await?;
    no_content()
}
