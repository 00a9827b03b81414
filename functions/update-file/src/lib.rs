//! `PUT` and `PATCH /api/files/{id}`: changes what is said of a file.

use satchel_aws::Aws;
use satchel_core::auth::KeyError;
use satchel_core::clock::Clock;
use satchel_core::config::Config;
use satchel_core::http::{Accepts, ApiResult, Request, no_store, ok};
use satchel_core::model::Kind;
use satchel_objects::Objects;
use satchel_store::{Auth, Description, Table, Uploads};

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

/// `PUT` and `PATCH /api/files/{id}`: changes title, name and visibility of a file of the caller's; PATCH any of them,
/// PUT all that have no default.
///
/// # Errors
/// 401; 404 if the caller has no such file; 400 for what is wrong with the fields.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let load = async |owner| app.uploads.find(owner, Kind::File, request.path("id")?).await;
    let (caller, file) = app.auth.caller_and(request, load).await?;
    let input = request.input(Accepts::Json).await?;
    let change = Description::read(&input, request.method() == "PUT")?;
    let now = app.clock.now();
    let file = app.uploads.describe(&caller, file, &change, now).await?;
    ok(&app.objects.file_view(&file, now).await?).map(no_store)
}
