//! What the table's stream starts: removes what a closed account leaves.

use aws_lambda_events::dynamodb::{Event, EventRecord};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use satchel_aws::Aws;
use satchel_core::config::Config;
use satchel_core::model::Upload;
use satchel_objects::{ObjectError, Objects};
use satchel_store::{Erasure, Erasures, Failures, StoreError, Table, work_through};
use tracing::info;

/// As many files as one run surely has the time for; the next goes on.
const UPLOADS_A_RUN: i32 = 500;
const SESSIONS_A_RUN: i32 = 1000;
const AT_ONCE: usize = 16;

/// What this function needs.
pub struct App {
    erasures: Erasures,
    objects: Objects,
    uploads_a_run: i32,
}

/// Why an account is not erased yet.
#[derive(Debug, thiserror::Error)]
enum Unerased {
    #[error("the record is no order to erase: {0}")]
    Record(#[from] serde_dynamo::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Object(#[from] ObjectError),
}

impl App {
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let aws = Aws::new(&config.aws);
        let table = Table::new(&aws, config);
        Self {
            erasures: Erasures::new(table),
            objects: Objects::new(&aws, config),
            uploads_a_run: UPLOADS_A_RUN,
        }
    }
}

/// Erases each account of the batch as far as one run goes. What was done stays done, so whoever is killed half-way
/// is simply sent again.
pub async fn handle(app: &App, event: Event) -> Failures {
    work_through(event, |record| Box::pin(erase(app, record))).await
}

/// Files first, then sessions, then the account with its name: while anything is there, nobody else has the name.
async fn erase(app: &App, record: EventRecord) -> Result<(), Unerased> {
    let erasure: Erasure = serde_dynamo::from_item(record.change.new_image)?;
    let (uploads, more_uploads) = app.erasures.uploads(erasure.user_id, app.uploads_a_run).await?;
    let count = uploads.len();
    let removals = stream::iter(uploads.into_iter().map(|upload| remove(app, upload)));
    removals.buffer_unordered(AT_ONCE).try_collect::<()>().await?;
    if more_uploads || app.erasures.forget_sessions(erasure.user_id, SESSIONS_A_RUN).await? {
        app.erasures.go_on(&erasure).await?;
        info!(user_id = %erasure.user_id, uploads = count, "account is being erased");
        return Ok(());
    }
    app.erasures.finish(&erasure).await?;
    info!(user_id = %erasure.user_id, uploads = count, "account erased");
    Ok(())
}

/// Bytes first: they are found by the record.
async fn remove(app: &App, upload: Upload) -> Result<(), Unerased> {
    app.objects.delete(&upload).await?;
    Ok(app.erasures.forget(&upload).await?)
}
