//! `GET /api/download/{id}`: to the bytes of a file.

use http::StatusCode;
use satchel_aws::Aws;
use satchel_core::auth::KeyError;
use satchel_core::clock::Clock;
use satchel_core::config::Config;
use satchel_core::http::{ApiError, ApiResult, Request, url_answer};
use satchel_core::model::Kind;
use satchel_objects::{Download, Objects};
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

/// `GET /api/download/{id}`: sends the caller to a signed URL that saves a file under its own name.
///
/// # Errors
/// 401; 404 if the caller has no such file; 409 if it is not ready.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let load = async |owner| app.uploads.find(owner, Kind::File, request.path("id")?).await;
    let (_, file) = app.auth.caller_and(request, load).await?;
    if !file.is_ready() {
        return Err(ApiError::Detail(StatusCode::CONFLICT, "The file is not ready."));
    }
    let signed = app.objects.sign_original(&file, Download::Save, app.clock.now()).await?;
    url_answer(request, &signed.url, signed.expires_at)
}
