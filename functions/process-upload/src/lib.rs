//! What S3's object-created events start: looks at what was uploaded and settles its record.
//!
//! Events come at least once and in any order, so every step may be repeated: the record decides what is done.

mod inspect;

use std::collections::BTreeSet;

use aws_lambda_events::s3::{S3Event, S3EventRecord};
use satchel_aws::Aws;
use satchel_core::clock::Clock;
use satchel_core::config::Config;
use satchel_core::model::{FileId, Status, Upload, UserId, VersionId};
use satchel_core::telemetry::chain;
use satchel_objects::{ObjectError, Objects};
use satchel_store::{StoreError, Table, Tiers, Uploads};
use tracing::{error, info};

use inspect::Verdict;

/// What this function needs.
pub struct App {
    uploads: Uploads,
    tiers: Tiers,
    objects: Objects,
    clock: Clock,
}

/// Why an event has to come again.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The table did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// S3 did not answer.
    #[error(transparent)]
    Objects(#[from] ObjectError),
    /// Decoding stopped in the middle.
    #[error(transparent)]
    Thumbnails(#[from] satchel_thumbnails::ThumbnailError),
}

impl App {
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let aws = Aws::new(&config.aws);
        let table = Table::new(&aws, config);
        Self {
            uploads: Uploads::new(table.clone()),
            tiers: Tiers::new(table),
            objects: Objects::new(&aws, config),
            clock: Clock::System,
        }
    }
}

/// Settles the record of every object in `event`.
///
/// # Errors
/// If a service did not answer: Lambda sends the event again, and in the end to the on-failure queue.
pub async fn handle(app: &App, event: S3Event) -> Result<(), Failure> {
    for record in &event.records {
        let settled = process(app, record).await;
        settled.inspect_err(|failure| error!(cause = chain(failure), "upload not settled"))?;
    }
    Ok(())
}

async fn process(app: &App, event: &S3EventRecord) -> Result<(), Failure> {
    let key = event.s3.object.key.as_deref().unwrap_or_default();
    let sequencer = event.s3.object.sequencer.as_deref();
    // Our keys are written in characters that the form encoding of events leaves alone.
    let Some((owner, id, version)) = parse_key(key) else {
        info!(key, "not a key of ours");
        return Ok(());
    };
    let (upload, tiers) = tokio::try_join!(app.uploads.of_object(owner, id), app.tiers.all())?;
    let current = upload.filter(|upload| upload.version == version);
    match current {
        Some(upload) if upload.status == Status::Pending => {
            let sizes = tiers.iter().flat_map(|tier| &tier.thumbnail_sizes).collect::<BTreeSet<_>>();
            settle(app, &upload, sizes.into_iter().copied().collect(), sequencer).await
        }
        Some(upload) if upload.status == Status::Ready => Ok(()),
        // Deleted, rejected or replaced: a URL that was still good brought bytes that nobody wants any more.
        _ => Ok(app.objects.delete_original(key).await?),
    }
}

async fn settle(app: &App, upload: &Upload, sizes: Vec<u32>, sequencer: Option<&str>) -> Result<(), Failure> {
    let now = app.clock.now();
    match inspect::inspect(&app.objects, upload, sizes).await? {
        Verdict::Missing => {}
        Verdict::Good(picture) => {
            app.uploads.make_ready(upload, picture.as_ref(), sequencer, now).await?;
        }
        Verdict::Bad(reason) => {
            // The record first: killed in between, the repeated event finds it rejected and deletes the bytes.
            app.uploads.reject(upload, reason, now).await?;
            app.objects.delete_original(&upload.key()).await?;
        }
    }
    Ok(())
}

fn parse_key(key: &str) -> Option<(UserId, FileId, VersionId)> {
    let mut parts = key.split('/');
    let ids = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    if parts.next().is_some() { None } else { Some(ids) }
}
