//! `DELETE /api/files/{id}`: deletes a file.

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

/// `DELETE /api/files/{id}`: deletes a file of the caller: its record first, so that nothing points to bytes that
/// are gone, then its bytes.
///
/// # Errors
/// 401; 404 if the caller has no such file.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let load = async |owner| app.uploads.find(owner, Kind::File, request.path("id")?).await;
    let (caller, file) = app.auth.caller_and(request, load).await?;
    app.uploads.delete(&caller, &file, app.clock.now()).await?;
    app.objects.delete(&file).await?;
    no_content()
}
