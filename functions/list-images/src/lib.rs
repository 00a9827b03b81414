//! `GET /api/images`: the caller's images.

use futures_util::future::try_join_all;
use satchel_aws::Aws;
use satchel_core::auth::KeyError;
use satchel_core::clock::Clock;
use satchel_core::config::Config;
use satchel_core::http::{ApiError, ApiResult, Listing, PageQuery, Request, no_store, ok};
use satchel_core::model::{FileId, Kind};
use satchel_objects::Objects;
use satchel_store::{Auth, Filter, Table, Tiers, Uploads, tier_of};

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

/// `GET /api/images`: a page of the caller's images, newest first, with what the caller's tier shows of them.
///
/// # Errors
/// 401; 400 for a `limit` or `cursor` that is none.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let load = async |owner| {
        let page = PageQuery::<FileId>::read(request)?;
        let everything = Filter::default();
        let images = app.uploads.list(owner, Kind::Image, &everything, page.limit, page.after);
        let (images, tiers) = tokio::try_join!(images, app.tiers.all())?;
        Ok::<_, ApiError>((page, images, tiers))
    };
    let (caller, (page, (images, last), tiers)) = app.auth.caller_and(request, load).await?;
    let (tier, now) = (tier_of(tiers, &caller.user.tier), app.clock.now());
    let base_url = &request.viewer().base_url;
    let views = images.iter().map(|image| app.objects.image_view(image, &tier, base_url, now));
    let next = last.map(|last| page.next(request, &[], &last));
    ok(&Listing { next, results: try_join_all(views).await? }).map(no_store)
}
