//! `GET /api/files/{id}`: one file.

use satchel_aws::Aws;
use satchel_core::auth::KeyError;
use satchel_core::clock::Clock;
use satchel_core::config::Config;
use satchel_core::http::{ApiResult, Request, no_store, ok};
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

/// `GET /api/files/{id}`: a file of the caller.
///
/// # Errors
/// 401; 404 if the caller has no such file.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let load = async |owner| app.uploads.find(owner, Kind::File, request.path("id")?).await;
    let (_, file) = app.auth.caller_and(request, load).await?;
    ok(&app.objects.file_view(&file, app.clock.now()).await?).map(no_store)
}
