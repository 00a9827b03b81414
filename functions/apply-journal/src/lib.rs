//! Does again, on a restored table, what the restore must not undo, and ends all sessions. An operator invokes it; it has
//! no route.

mod apply;
#[cfg(test)]
mod tests;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use satchel_accounts::RestoredAccounts;
use satchel_files::{Disposal, Failure};
use satchel_links::Shares;
use satchel_model::clock::Clock;
use satchel_model::journal::{RestorePoint, place_before};
use satchel_objects::JournalBucket;
use satchel_resources::Resources;
use satchel_runtime::telemetry::chain;
use satchel_runtime::{Diagnostic, Invocation, app};
use satchel_table::keys::Key;
use serde::{Deserialize, Serialize};
use tracing::info;

/// Milliseconds before the function's timeout at which a run begins nothing more. One object takes less.
const RESERVE: u64 = 120_000;
/// The number of accounts whose sessions are ended in parallel.
const AT_ONCE: usize = 16;

app! {
    /// What this function needs.
    pub struct App {
        journal: JournalBucket,
        accounts: RestoredAccounts,
        disposal: Disposal,
        shares: Shares,
        resources: Resources,
        clock: Clock,
    }
}

/// The operator's order: `{"since":"2026-12-01T10:00:00Z"}`.
///
/// The same order can be repeated.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// The time to which the table was restored.
    pub since: RestorePoint,
    /// Where to begin: `next` from the report of the last run.
    #[serde(default)]
    pub from: Option<Place>,
}

/// A place at which a run continues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
pub enum Place {
    /// The journal, after the object with this key.
    Journal { after: String },
    /// The accounts whose sessions end, after this key of the table.
    Accounts { pk: String, sk: String },
}

/// How far the order is carried out.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether the order is carried out; if not, repeat it with `from`.
    pub done: bool,
    /// Where the next run is to begin, if this one ran out of time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Place>,
    /// How many objects of the journal were read in this run.
    pub objects: u64,
    /// How many accounts are being erased again.
    pub erased: u64,
    /// How many files and images were deleted again.
    pub deleted: u64,
    /// How many share links were revoked again.
    pub revoked: u64,
    /// How many resources were deleted again.
    pub resources: u64,
    /// How many accounts were closed or deprived of staff rights again.
    pub standing: u64,
    /// How many accounts were signed out.
    pub signed_out: u64,
}

/// Why a run failed.
#[derive(Debug)]
pub struct NotApplied(Failure);

impl From<NotApplied> for Diagnostic {
    fn from(NotApplied(failure): NotApplied) -> Self {
        Self { error_type: "JournalNotApplied".to_owned(), error_message: chain(&failure) }
    }
}

/// Applies the journal since the restore point; then ends the sessions of every account and makes reset links invalid.
///
/// # Errors
/// If a service fails. The same order can be repeated.
pub async fn handle(
    app: &'static App,
    Invocation { payload: order, deadline }: Invocation<Order>,
) -> Result<Report, NotApplied> {
    let mut report = Report::default();
    let from = match order.from {
        Some(Place::Accounts { pk, sk }) => Some(Key { partition: pk, sort: sk }),
        other => {
            let after = match other {
                Some(Place::Journal { after }) => after,
                _ => place_before(order.since),
            };
            report.next = read_journal(app, after, deadline, &mut report).await.map_err(NotApplied)?;
            None
        }
    };
    if report.next.is_none() {
        let restore = order.since.to_string();
        let next = sign_out_all(app, from, &restore, deadline, &mut report).await;
        report.next = next.map_err(NotApplied)?;
        report.done = report.next.is_none();
    }
    info!(
        journal.objects = report.objects,
        journal.erased = report.erased,
        journal.deleted = report.deleted,
        journal.revoked = report.revoked,
        journal.resources = report.resources,
        journal.standing = report.standing,
        journal.signed_out = report.signed_out,
        journal.done = report.done,
        "journal applied"
    );
    Ok(report)
}

/// Applies the objects that follow `after`, until the end of the journal or until the time runs out.
async fn read_journal(
    app: &App,
    mut after: String,
    deadline: u64,
    report: &mut Report,
) -> Result<Option<Place>, Failure> {
    loop {
        let (keys, more) = app.journal.keys(&after).await?;
        for key in keys {
            if is_over(app, deadline) {
                return Ok(Some(Place::Journal { after }));
            }
            apply::all(app, app.journal.read(&key).await?, report).await?;
            report.objects += 1;
            after = key;
        }
        if !more {
            return Ok(None);
        }
    }
}

/// Ends the sessions of the accounts after `from`, until the last account or until the time runs out.
async fn sign_out_all(
    app: &App,
    mut from: Option<Key>,
    restore: &str,
    deadline: u64,
    report: &mut Report,
) -> Result<Option<Place>, Failure> {
    loop {
        let (ids, more) = app.accounts.page(from.as_ref()).await?;
        let ended = stream::iter(ids).map(|id| app.accounts.sign_out(id, restore));
        let ended: Vec<bool> = ended.buffer_unordered(AT_ONCE).try_collect().await?;
        report.signed_out += ended.into_iter().map(u64::from).sum::<u64>();
        let Some(Key { partition, sort }) = more.clone() else { return Ok(None) };
        if is_over(app, deadline) {
            return Ok(Some(Place::Accounts { pk: partition, sk: sort }));
        }
        from = more;
    }
}

fn is_over(app: &App, deadline: u64) -> bool {
    let now = u64::try_from(app.clock.now().as_millisecond()).unwrap_or_default();
    now > deadline.saturating_sub(RESERVE)
}
