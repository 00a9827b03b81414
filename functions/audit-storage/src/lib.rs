//! Audits the storage: compares the objects in the buckets with the records in the table.
//!
//! A schedule or an operator starts it; it has no route. It finds objects and multipart uploads without a
//! matching record, accounts whose quota differs from the sum of their records, and shared copies that differ
//! from their files. It repairs them only if the order says so.
//!
//! A run lists objects before it reads the records that should match. Every record is written before its bytes,
//! and no key is ever reused, so an object without a record stays without one.

mod accounts;
mod copies;
mod findings;
mod order;
mod originals;
mod orphans;
mod renditions;
mod report;

use jiff::Timestamp;
use satchel_files::Audit;
use satchel_model::clock::{Clock, later};
use satchel_model::{Upload, VersionId};
use satchel_objects::{ObjectError, Objects};
use satchel_runtime::telemetry::chain;
use satchel_runtime::{Diagnostic, Invocation, Metric, Metrics, app};
use satchel_table::StoreError;
use tracing::error;

use findings::Findings;
pub use order::{Order, Place};
pub use report::Report;

/// Milliseconds before the function's timeout at which a run starts no further step.
const RESERVE: u64 = 60_000;
/// The number of image contents that one scan of the table checks. They take about 15 MB of memory.
const WINDOW: usize = 250_000;
const AT_ONCE: usize = 16;

app! {
    /// What this function needs.
    pub struct App { audit: Audit, objects: Objects, metrics: Metrics, clock: Clock }
}

/// Why an audit failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// DynamoDB failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// S3 failed.
    #[error(transparent)]
    Objects(#[from] ObjectError),
}

impl From<Failure> for Diagnostic {
    fn from(failure: Failure) -> Self {
        Self { error_type: "NotAudited".to_owned(), error_message: chain(&failure) }
    }
}

/// One run, which covers a whole audit or the part that fits into its time.
struct Run<'a> {
    app: &'a App,
    order: &'a Order,
    /// When to stop, in milliseconds since 1970.
    end: u64,
    /// How many image contents are compared in one scan.
    window: usize,
    findings: Findings,
    report: Report,
    /// The bytes that the accounts of this run use, if it began before the first account.
    used: Option<u64>,
}

/// Audits from the place that `order` names until the end, or until the time runs out.
///
/// `deadline` is when Lambda ends the function, in milliseconds since 1970.
///
/// # Errors
/// If a service fails. If the order says `resume`, the place that the run reached is stored even then.
pub async fn handle(
    app: &'static App,
    Invocation { payload: order, deadline }: Invocation<Order>,
) -> Result<Report, Failure> {
    audit(app, &order, deadline, WINDOW).await
}

async fn audit(app: &App, order: &Order, deadline: u64, window: usize) -> Result<Report, Failure> {
    let begin = begin(app, order).await?;
    let mut place = Some(begin.clone());
    let mut run = Run::new(app, order, deadline, window);
    let outcome = run.go_on(&mut place).await;
    // Even if the run failed: what it found so far is not found again by the next, which continues from here.
    if !order.repair {
        app.metrics.put_found(&[(Metric::AuditFindings, run.report.findings())]);
    }
    let outcome = outcome.inspect_err(|failure| error!(cause = chain(failure), "audit failed"));
    if order.resume {
        app.audit.note_place(place.as_ref().map(Place::to_text), app.clock.now()).await?;
    }
    outcome?;
    if place.as_ref() == Some(&begin) {
        error!(audit.place = begin.step(), "storage audit made no progress");
    }
    let report = Report { next: place, ..run.report };
    report.log();
    Ok(report)
}

/// The place that the order names, or else the place where the last audit stopped, or else the beginning.
async fn begin(app: &App, order: &Order) -> Result<Place, StoreError> {
    let noted = if order.resume && order.from.is_none() { app.audit.place().await? } else { None };
    // An older release may have stored a place that this one cannot parse; the audit then starts over.
    let noted = noted.and_then(|text| Place::of_text(&text));
    Ok(order.from.clone().or(noted).unwrap_or_default())
}

impl<'a> Run<'a> {
    fn new(app: &'a App, order: &'a Order, deadline: u64, window: usize) -> Self {
        let report = Report { repaired: order.repair, ..Report::default() };
        let findings = Findings::new(order.repair);
        Self { app, order, end: deadline.saturating_sub(RESERVE), window, findings, report, used: None }
    }

    /// Runs at least one step, and more while there is time. Sets `place` to where the next run continues.
    async fn go_on(&mut self, place: &mut Option<Place>) -> Result<(), Failure> {
        while let Some(from) = place.clone() {
            *place = match from {
                Place::Originals { after } => self.originals(after).await?,
                Place::Parts { after } => self.parts(after).await?,
                Place::Renditions { after } => self.renditions(after).await?,
                Place::Accounts { after } => self.accounts(after).await?,
                Place::Copies { after } => self.copies(after).await?,
            };
            if self.is_over() {
                break;
            }
        }
        Ok(())
    }

    fn is_over(&self) -> bool {
        u64::try_from(self.app.clock.now().as_millisecond()).is_ok_and(|now| now > self.end)
    }

    /// Whether an object is old enough to be compared with its record.
    fn is_settled(&self, modified_at: Timestamp) -> bool {
        later(modified_at, self.order.object_age()) <= self.app.clock.now()
    }

    /// Whether a record references a content, or the sweep is still going to delete it.
    fn explains(&self, upload: &Upload, version: VersionId) -> bool {
        upload.keeps(version) || self.is_left_to_the_sweep(upload, version)
    }

    fn is_left_to_the_sweep(&self, upload: &Upload, version: VersionId) -> bool {
        let is_due = |at| later(at, self.order.object_age()) <= self.app.clock.now();
        upload.versions().any(|known| known == version) && upload.due_at().is_some_and(|at| !is_due(at))
    }
}

#[cfg(test)]
mod tests;
