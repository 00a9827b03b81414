//! `GET /api/files`: the caller's files.

use futures_util::future::try_join_all;
use satchel_aws::Aws;
use satchel_core::auth::KeyError;
use satchel_core::clock::Clock;
use satchel_core::config::Config;
use satchel_core::http::{ApiError, ApiResult, Listing, PageQuery, Request, no_store, ok};
use satchel_core::model::{FileId, Kind, MediaType, Status};
use satchel_objects::Objects;
use satchel_store::{Auth, Filter, Table, Uploads};

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

/// `GET /api/files`: a page of the caller's files, newest first.
///
/// # Errors
/// 401; 400 for a `limit`, `cursor`, `status` or `content_type` that is none.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let load = async |owner| {
        let page = PageQuery::<FileId>::read(request)?;
        let filter = filter(request)?;
        let (files, last) = app.uploads.list(owner, Kind::File, &filter, page.limit, page.after).await?;
        Ok::<_, ApiError>((page, filter, files, last))
    };
    let (_, (page, filter, files, last)) = app.auth.caller_and(request, load).await?;
    let now = app.clock.now();
    let results = try_join_all(files.iter().map(|file| app.objects.file_view(file, now))).await?;
    let filters = [
        ("content_type", filter.content_type.as_ref().map(MediaType::as_str)),
        ("status", filter.status.map(Status::as_str)),
    ];
    let next = last.map(|last| page.next(request, &filters, &last));
    ok(&Listing { next, results }).map(no_store)
}

fn filter(request: &Request) -> Result<Filter, ApiError> {
    let content_type = request.query("content_type").map(|text| MediaType::parse(&text)).transpose();
    let status = request.query("status").map(|text| Status::parse(&text)).transpose();
    let refused =
        |name: &'static str| move |messages: Vec<String>| ApiError::field(name, &messages.join(" "));
    Ok(Filter {
        content_type: content_type.map_err(refused("content_type"))?,
        status: status.map_err(refused("status"))?,
    })
}
