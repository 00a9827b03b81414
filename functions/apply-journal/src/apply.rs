//! Applies the entries of one object of the journal.

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use satchel_files::Failure;
use satchel_model::journal::Entry;

use crate::{App, Report};

/// The number of entries that are applied in parallel.
const AT_ONCE: usize = 16;

/// Applies all entries. Only the standing of an account depends on the order, because the last one counts.
pub(crate) async fn all(app: &App, entries: Vec<Entry>, report: &mut Report) -> Result<(), Failure> {
    let (standing, others): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|entry| matches!(entry, Entry::Standing { .. }));
    let applied = stream::iter(others).map(async |entry| Ok::<_, Failure>((entry, one(app, entry).await?)));
    let applied: Vec<_> = applied.buffer_unordered(AT_ONCE).try_collect().await?;
    for (entry, is_changed) in applied {
        count(report, entry, is_changed);
    }
    for entry in standing {
        let is_changed = one(app, entry).await?;
        count(report, entry, is_changed);
    }
    Ok(())
}

/// Applies one entry; returns `false` if the table has it already.
async fn one(app: &App, entry: Entry) -> Result<bool, Failure> {
    let now = app.clock.now();
    match entry {
        Entry::Erased { user } => Ok(app.accounts.erase(user, now).await?),
        Entry::Deleted { owner, kind, id } => Ok(app.disposal.delete_again(owner, kind, id, now).await?),
        Entry::Revoked { owner, file, link } => Ok(app.shares.revoke_again(owner, file, link).await?),
        Entry::ResourceDeleted { owner, id } => Ok(app.resources.delete_again(owner, id).await?),
        Entry::Standing { user, is_active, is_staff } => {
            Ok(app.accounts.stand(user, is_active, is_staff).await?)
        }
    }
}

fn count(report: &mut Report, entry: Entry, is_changed: bool) {
    let count = match entry {
        Entry::Erased { .. } => &mut report.erased,
        Entry::Deleted { .. } => &mut report.deleted,
        Entry::Revoked { .. } => &mut report.revoked,
        Entry::ResourceDeleted { .. } => &mut report.resources,
        Entry::Standing { .. } => &mut report.standing,
    };
    *count += u64::from(is_changed);
}
