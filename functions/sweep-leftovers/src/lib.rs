//! Finishes interrupted work and removes expired data. A schedule starts it.
//!
//! The index `due` contains every record in which something will expire. Every step can be repeated, and a
//! record that was processed is no longer due. A run that ends early leaves the remaining records to the next.

mod report;
mod tend;

use std::sync::Arc;

use futures_util::stream::{self, StreamExt as _};
use jiff::Timestamp;
use satchel_accounts::{Agenda, Due, Erasures};
use satchel_files::{Audit, Disposal, Failure, Settling, Tiers, Uploads, sizes_of};
use satchel_model::clock::{Clock, later};
use satchel_model::random::Random;
use satchel_objects::Objects;
use satchel_runtime::telemetry::chain;
use satchel_runtime::{Invocation, Metric, Metrics, StartError, Wired, Wiring, app};
use satchel_table::StoreError;
use satchel_table::due::SHARDS;
use serde_json::Value;
use tokio::sync::Semaphore;
use tracing::{error, info, warn};

pub use report::Report;

/// The number of records that one run can process within its time.
const MOST: usize = 2000;
const AT_ONCE: usize = 16;
/// Milliseconds before the function's timeout at which a run starts no new page.
const RESERVE: u64 = 60_000;
/// Seconds after which a record that failed is due again.
const POSTPONED: i64 = 3600;

app! {
    /// What this function needs.
    pub struct App {
        agenda: Agenda,
        uploads: Uploads,
        erasures: Erasures,
        tiers: Tiers,
        objects: Objects,
        settling: Settling,
        audit: Audit,
        disposal: Disposal,
        metrics: Metrics,
        clock: Clock,
        random: Random,
        one_image: OneImage,
    }
}

/// Lets one image be decoded at a time, because each may take most of the function's memory.
#[derive(Clone)]
struct OneImage(Arc<Semaphore>);

impl Wired for OneImage {
    fn wired(_wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self(Arc::new(Semaphore::new(1))))
    }
}

/// Processes the records that are due, as many as one run has time for.
///
/// `deadline` is when Lambda ends the function, in milliseconds since 1970.
///
/// # Errors
/// If a partition cannot be read; all other partitions are swept first. A record that cannot be processed is
/// counted, logged, and left for a later run.
pub async fn handle(
    app: &'static App,
    Invocation { deadline, .. }: Invocation<Value>,
) -> Result<Report, satchel_runtime::Error> {
    sweep_up_to(app, deadline, MOST).await
}

/// Like [`handle`], with a limit of `most` records.
async fn sweep_up_to(app: &App, deadline: u64, most: usize) -> Result<Report, satchel_runtime::Error> {
    let end = deadline.saturating_sub(RESERVE);
    let (report, failure) = sweep(app, most, end).await?;
    info!(
        looked_at = report.looked_at,
        settled = report.settled,
        expired = report.expired,
        unreadable = report.unreadable,
        cleared = report.cleared,
        removed = report.removed,
        erasures = report.erasures,
        subtracted = report.subtracted,
        failed = report.failed,
        more = report.more,
        "swept"
    );
    app.metrics.put_found(&[
        (Metric::SweepSettled, report.settled as u64),
        (Metric::SweepFailed, report.failed as u64),
    ]);
    measure_audit(app).await;
    failure.map_or(Ok(report), |failure| Err(failure.into()))
}

/// Writes how long ago the last scheduled audit ran. An audit that never runs cannot do this itself.
async fn measure_audit(app: &App) {
    let now = app.clock.now();
    match app.audit.last_run(now).await {
        Ok(at) => {
            let hours = u64::try_from(now.duration_since(at).as_hours()).unwrap_or(0);
            app.metrics.put(&[(Metric::AuditAgeHours, hours)]);
        }
        // The next run measures again.
        Err(failure) => warn!(cause = chain(&failure), "age of the audit not measured"),
    }
}

/// Sweeps all partitions. Returns the report and the last failure of a partition, which does not stop the
/// others.
async fn sweep(app: &App, most: usize, end: u64) -> Result<(Report, Option<Failure>), Failure> {
    let tiers = app.tiers.all().await;
    let sizes = sizes_of(&tiers.inspect_err(|failure| error!(cause = chain(failure), "sweep failed"))?);
    let (mut report, mut last_failure) = (Report::default(), None);
    // The first partition is random. Otherwise, runs that end early would never reach the last.
    let [first] = app.random.bytes::<1>();
    for turn in 0..SHARDS.len() {
        let shard = SHARDS[(usize::from(first) + turn) % SHARDS.len()];
        let (of_shard, failure) =
            sweep_shard(app, shard, most.saturating_sub(report.looked_at), &sizes, end).await;
        report = report + of_shard;
        if let Some(failure) = failure {
            error!(cause = chain(&failure), shard, "partition not swept");
            last_failure = Some(failure.into());
        }
        if report.more {
            break;
        }
    }
    Ok((report, last_failure))
}

/// Processes the records that are due in one partition, up to `most` records.
async fn sweep_shard(
    app: &App,
    shard: &str,
    most: usize,
    sizes: &[u32],
    end: u64,
) -> (Report, Option<StoreError>) {
    let mut report = Report::default();
    let mut place = None;
    loop {
        if report.looked_at >= most || is_over(app, end) {
            return (Report { more: true, ..report }, None);
        }
        let now = app.clock.now();
        let (due, next) = match app.agenda.page(shard, now, place).await {
            Ok(page) => page,
            Err(failure) => return (report, Some(failure)),
        };
        let tended = stream::iter(due).map(|due| tend_one(app, due, sizes, now, end));
        report = tended.buffer_unordered(AT_ONCE).fold(report, async |report, one| report + one).await;
        place = next;
        if place.is_none() {
            return (report, None);
        }
    }
}

fn is_over(app: &App, end: u64) -> bool {
    u64::try_from(app.clock.now().as_millisecond()).is_ok_and(|now| now > end)
}

async fn tend_one(app: &App, due: Due, sizes: &[u32], now: Timestamp, end: u64) -> Report {
    let tended = match &due {
        Due::Upload(upload) => tend::upload(app, upload, sizes, now, end).await,
        Due::Erasure(erasure) => tend::erasure(app, erasure, now).await,
        Due::Kept(key, record) => tend::kept(app, key, record).await,
        Due::Unreadable(_, cause) => Err(StoreError::Aws(cause.clone().into()).into()),
    };
    match tended {
        Ok(report) => report,
        Err(failure) => {
            error!(cause = chain(&failure), record = due.name(), "record left for a later run");
            // If this fails, too, the record is still due in the next run.
            _ = app.agenda.postpone(&due, later(now, POSTPONED)).await;
            Report { looked_at: 1, failed: 1, ..Report::default() }
        }
    }
}

#[cfg(test)]
mod tests;
