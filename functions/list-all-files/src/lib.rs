//! `GET /api/all_files`: lists all that the caller may see.

use futures_util::future::try_join_all;
use satchel_aws::Aws;
use satchel_core::auth::KeyError;
use satchel_core::clock::Clock;
use satchel_core::config::Config;
use satchel_core::http::{ApiError, ApiResult, PageQuery, Request, no_store, ok};
use satchel_core::model::FileId;
use satchel_objects::Objects;
use satchel_store::{Auth, Filter, Table, Uploads};
use serde_json::json;

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

/// `GET /api/all_files`: a page of the caller's files and of those that others share, newest first.
///
/// # Errors
/// 401; 400 for a `limit` or `cursor` that is none.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let load = async |caller| {
        let page = PageQuery::<FileId>::read(request)?;
        let found = app.uploads.list_visible(caller, &Filter::default(), page.limit, page.after).await?;
        Ok::<_, ApiError>((page, found))
    };
    let (_, (page, (files, last))) = Box::pin(app.auth.caller_and(request, load)).await?;
    let now = app.clock.now();
    let files = try_join_all(files.iter().map(|file| app.objects.file_view(file, now))).await?;
    let next = last.map(|last| page.next(request, &[], &last));
    ok(&json!({ "files": files, "next": next })).map(no_store)
}
