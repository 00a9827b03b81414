//! What a schedule starts, or an operator: compares bucket and table whole. It has no route.
//!
//! It finds objects and uploads in parts that no record explains, accounts whose quota no records explain, and copies of
//! shared files that do not match the file. It only reports them, unless it is told to repair. Records are always read
//! after the objects that they should explain were listed: they are
//! written before any byte is, and no key is ever used again.

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
use satchel_runtime::{Diagnostic, Invocation, app};
use satchel_table::StoreError;
use tracing::error;

use findings::Findings;
pub use order::{Order, Place};
pub use report::Report;

/// Milliseconds before the function's own time-out at which no further step is begun.
const RESERVE: u64 = 60_000;
/// Contents of images that are compared in one scan of the table: some 15 MB.
const WINDOW: usize = 250_000;
const AT_ONCE: usize = 16;

app! {
    /// What this function needs.
    pub struct App { audit: Audit, objects: Objects, clock: Clock }
}

/// Why an audit did not go on.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The table did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// S3 did not answer.
    #[error(transparent)]
    Objects(#[from] ObjectError),
}

impl From<Failure> for Diagnostic {
    fn from(failure: Failure) -> Self {
        Self { error_type: "NotAudited".to_owned(), error_message: chain(&failure) }
    }
}

/// One audit, or as much of it as there is time for.
struct Run<'a> {
    app: &'a App,
    order: &'a Order,
    /// In milliseconds since 1970.
    end: u64,
    /// How many contents of images are compared at a time.
    window: usize,
    findings: Findings,
    report: Report,
}

/// Audits from where `order` says to the end, or as far as there is time; `deadline` is when Lambda ends the function,
/// in milliseconds since 1970.
///
/// # Errors
/// If a service does not answer. How far it came is noted even then, if the order says `resume`.
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
    let outcome = outcome.inspect_err(|failure| error!(cause = chain(failure), "not audited"));
    if order.resume {
        app.audit.note_place(place.as_ref().map(Place::to_text), app.clock.now()).await?;
    }
    outcome?;
    if place.as_ref() == Some(&begin) {
        error!(audit.place = begin.step(), "the audit came not one step further in the time that it has");
    }
    let report = Report { next: place, ..run.report };
    report.log();
    Ok(report)
}

/// Where the order says, or where the last audit stopped, or at the beginning.
async fn begin(app: &App, order: &Order) -> Result<Place, StoreError> {
    let noted = if order.resume && order.from.is_none() { app.audit.place().await? } else { None };
    // A place that cannot be read is one that an older release noted.
    let noted = noted.and_then(|text| Place::of_text(&text));
    Ok(order.from.clone().or(noted).unwrap_or_default())
}

impl<'a> Run<'a> {
    fn new(app: &'a App, order: &'a Order, deadline: u64, window: usize) -> Self {
        let report = Report { repaired: order.repair, ..Report::default() };
        let findings = Findings::new(order.repair);
        Self { app, order, end: deadline.saturating_sub(RESERVE), window, findings, report }
    }

    /// Goes from step to step while there is time, one at least; `place` is where the next one goes on.
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

    /// Whether an object is old enough to be asked for its record.
    fn is_settled(&self, modified_at: Timestamp) -> bool {
        later(modified_at, self.order.object_age()) <= self.app.clock.now()
    }

    /// Whether a record says of a content that it is to be there, or the sweep has yet to come to it.
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
