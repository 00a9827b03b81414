//! `POST /api/files`: takes a file from a form, or says where to send one.

use satchel_aws::Aws;
use satchel_core::announce::{Announcement, MAX_PUT_BYTES};
use satchel_core::auth::KeyError;
use satchel_core::clock::Clock;
use satchel_core::config::{Config, Lives};
use satchel_core::http::{Accepts, ApiError, ApiResult, FilePart, Input, Request, created, no_store};
use satchel_core::model::{Kind, Status, Tier, Visibility};
use satchel_core::random::Random;
use satchel_images::sniff;
use satchel_objects::{Objects, View};
use satchel_store::{Auth, Caller, Table, Tiers, Uploads, tier_of};

/// What this function needs.
pub struct App {
    auth: Auth,
    tiers: Tiers,
    uploads: Uploads,
    objects: Objects,
    default_visibility: Visibility,
    lives: Lives,
    clock: Clock,
    random: Random,
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
            default_visibility: config.default_visibility,
            lives: config.lives,
            clock: Clock::System,
            random: Random::System,
        })
    }
}

/// `POST /api/files`: a form's file is stored and ready at once; JSON announces a file and is answered with where
/// to send its bytes.
///
/// # Errors
/// 400 for what is wrong with the fields, 401, 413 over a limit of size, 403 over the quota.
pub async fn handle(app: &App, request: &Request) -> ApiResult {
    let (caller, tiers) = app.auth.caller_and(request, async |_| app.tiers.all().await).await?;
    let tier = tier_of(tiers, &caller.user.tier);
    let view = if request.is_multipart() {
        store(app, &caller, &tier, &request.input(Accepts::Multipart).await?).await?
    } else {
        announce(app, &caller, &tier, &request.input(Accepts::Json).await?).await?
    };
    created(&view).map(no_store)
}

async fn announce(app: &App, caller: &Caller, tier: &Tier, input: &Input) -> Result<View, ApiError> {
    let announced = Announcement::of_json(input)?;
    announced.at_most(tier.max_file_bytes, "your account tier")?;
    announced.at_most(MAX_PUT_BYTES, "a single PUT")?;
    let now = app.clock.now();
    let file =
        announced.into_upload(Kind::File, &caller.user, app.default_visibility, app.lives, app.random, now);
    app.uploads.create(caller, &file, tier.max_total_bytes).await?;
    let upload = app.objects.sign_upload(&file, now).await?;
    Ok(app.objects.file_view(&file, now).await?.with_upload(upload))
}

async fn store(app: &App, caller: &Caller, tier: &Tier, input: &Input) -> Result<View, ApiError> {
    let (announced, part) = Announcement::of_form(input, &["file", "pdf"])?;
    announced.at_most(tier.max_file_bytes, "your account tier")?;
    check_type(&announced, part)?;
    // The service that named its field `pdf` shared every file with every user.
    let visibility = if part.name == "pdf" { Visibility::Members } else { app.default_visibility };
    let now = app.clock.now();
    let mut file = announced.into_upload(Kind::File, &caller.user, visibility, app.lives, app.random, now);
    app.uploads.create(caller, &file, tier.max_total_bytes).await?;
    app.objects.put_original(&file, part.bytes.clone()).await?;
    app.uploads.make_ready(&file, None, None, now).await?;
    file.status = Status::Ready;
    Ok(app.objects.file_view(&file, now).await?)
}

fn check_type(announced: &Announcement, part: &FilePart) -> Result<(), ApiError> {
    let found = sniff(&part.bytes).map(satchel_images::Kind::content_type);
    if announced.content_type.belied_by(found) {
        let message = format!("The content of this file is not {}.", announced.content_type.as_str());
        return Err(ApiError::field(&part.name, &message));
    }
    Ok(())
}
