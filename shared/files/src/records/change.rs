//! Changes records: writes the whole record with its copy and its owner's quota, if it has not changed since
//! it was read.

use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason};

use satchel_guard::Caller;
use satchel_model::{Error, Refusal, Status, Upload};
use satchel_table::keys::Key;
use satchel_table::write::Write;
use satchel_table::{Outcome, StoreError, failed, item, read};

use super::quota::{Difference, Room, refusal};
use super::{Uploads, shared};
use crate::KeptDays;

/// The number of attempts at a change, if the record changes again between the read and the write. It may
/// become ready or get thumbnails, and several requests of its owner may run at the same time; after each
/// failed attempt, another request has finished.
pub(super) const MAX_CHANGES: usize = 16;

impl Uploads {
    /// Applies `change` to `upload` for its owner, and returns the new record.
    ///
    /// If the record has changed in the meantime, `change` is applied to the new version. If the change takes
    /// more of the quota than before, the total must fit into `max_total` bytes. `kept` is for how long S3 keeps
    /// what the change deletes.
    ///
    /// # Errors
    /// The error of `change`; [`Refusal::NotFound`] if the upload was deleted in the meantime;
    /// [`Refusal::TokenNotValid`] if the caller was signed out; [`Refusal::QuotaExceeded`].
    pub(crate) async fn change_for(
        &self,
        caller: &Caller,
        upload: Upload,
        max_total: Option<u64>,
        kept: KeptDays,
        change: impl Fn(&Upload) -> Result<Upload, Error>,
    ) -> Result<Upload, Error> {
        let mut current = upload;
        let mut room = Room::new(max_total.unwrap_or(u64::MAX), &caller.user);
        for _ in 0..MAX_CHANGES {
            let after = change(&current)?;
            self.note_month_of(&after).await?;
            let difference = Difference::new(&current, &after, kept);
            let account = difference.of_caller(caller, &room);
            let mut writes = [vec![caller.session_is_there(), account], writes(&current, &after)?].concat();
            writes.extend(difference.kept_record(current.owner));
            let reasons = match self.table.transact(writes).await? {
                Outcome::Done => return Ok(after),
                Outcome::Cancelled(reasons) => reasons,
            };
            match refusal(caller, &reasons, difference.more, &room) {
                Ok(None) => {}
                // Only the account's numbers have changed.
                Ok(Some(fresh)) => {
                    room = fresh;
                    continue;
                }
                Err(refusal) => return Err(refusal),
            }
            let changed = found_instead(reasons, 2)?;
            current = changed.filter(|found| found.status != Status::Deleting).ok_or(Refusal::NotFound)?;
        }
        Err(StoreError::Conflict.into())
    }

    /// Applies `change` to another account's `upload`, for staff, and returns the new record.
    ///
    /// If the record has changed in the meantime, `change` is applied to the new version.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] if the upload or its account was deleted in the meantime, or the caller is no
    /// longer staff; [`Refusal::TokenNotValid`] if the caller was signed out.
    pub(crate) async fn change_for_staff(
        &self,
        caller: &Caller,
        upload: Upload,
        kept: KeptDays,
        change: impl Fn(&Upload) -> Upload,
    ) -> Result<Upload, Error> {
        let mut current = upload;
        for _ in 0..MAX_CHANGES {
            let after = change(&current);
            let difference = Difference::new(&current, &after, kept);
            let mut writes = [caller.is_still_staff().to_vec(), writes(&current, &after)?].concat();
            writes.extend(difference.of_owner(&after));
            writes.extend(difference.kept_record(current.owner));
            let reasons = match self.table.transact(writes).await? {
                Outcome::Done => return Ok(after),
                Outcome::Cancelled(reasons) => reasons,
            };
            if failed(&reasons, 0) {
                return Err(Refusal::TokenNotValid.into());
            }
            if failed(&reasons, 1) {
                return Err(Refusal::NotFound.into());
            }
            let changed = found_instead(reasons, 2)?;
            current = changed.filter(|found| found.status != Status::Deleting).ok_or(Refusal::NotFound)?;
        }
        Err(StoreError::Conflict.into())
    }

    /// Applies `change` to `upload` without a caller, and returns the new record.
    ///
    /// If the record has changed in the meantime, `change` is applied to the new version. Returns `None` if
    /// `change` does, or if the record no longer exists. `change` deletes nothing that is stored; see
    /// [`change_keeping`](Self::change_keeping).
    ///
    /// # Errors
    /// [`Unowned`](StoreError::Unowned) if the owner's account no longer exists or is being erased; or if the
    /// table does not answer.
    pub(crate) async fn change(
        &self,
        upload: &Upload,
        change: impl Fn(&Upload) -> Option<Upload>,
    ) -> Result<Option<Upload>, StoreError> {
        self.change_keeping(upload, KeptDays::default(), change).await
    }

    /// Like [`change`](Self::change), but counts what `change` deletes, if S3 keeps it for some days.
    ///
    /// # Errors
    /// Those of [`change`](Self::change).
    pub(crate) async fn change_keeping(
        &self,
        upload: &Upload,
        kept: KeptDays,
        change: impl Fn(&Upload) -> Option<Upload>,
    ) -> Result<Option<Upload>, StoreError> {
        let mut current = upload.clone();
        for _ in 0..MAX_CHANGES {
            let Some(after) = change(&current) else { return Ok(None) };
            self.note_month_of(&after).await?;
            let difference = Difference::new(&current, &after, kept);
            let mut writes = writes(&current, &after)?;
            let owner_place = writes.len();
            writes.extend(difference.of_owner(&after));
            writes.extend(difference.kept_record(current.owner));
            let reasons = match self.table.transact(writes).await? {
                Outcome::Done => return Ok(Some(after)),
                Outcome::Cancelled(reasons) => reasons,
            };
            if failed(&reasons, owner_place) && !failed(&reasons, 0) {
                return Err(StoreError::Unowned);
            }
            match found_instead(reasons, 0)? {
                Some(found) if found.revision != current.revision => current = found,
                _ => return Ok(None),
            }
        }
        Err(StoreError::Conflict)
    }
}

/// The write of the whole record, with the attributes by which the index `due` finds it.
pub(crate) fn put(upload: &Upload) -> Result<Write, StoreError> {
    let mut record = item(&Key::upload(upload.owner, upload.kind, upload.id), upload, None)?;
    if let Some(at) = upload.due_at() {
        record.extend(satchel_table::due::attributes(&upload.id.to_string(), at));
    }
    Ok(Write::put(record))
}

/// The record on which the condition of the write at `place` failed, if it exists.
pub(crate) fn found_instead(
    reasons: Vec<CancellationReason>,
    place: usize,
) -> Result<Option<Upload>, StoreError> {
    let found = reasons.into_iter().nth(place).and_then(|reason| reason.item);
    Ok(found.filter(|item| !item.is_empty()).map(read).transpose()?)
}

/// For the transaction that changes `before` to `after`: the record, if it has not changed since it was read,
/// and its copy.
fn writes(before: &Upload, after: &Upload) -> Result<Vec<Write>, StoreError> {
    let revision = AttributeValue::N(before.revision.to_string());
    let record = put(after)?.when("#revision = :revision").value(":revision", revision);
    Ok([vec![record], shared::copies(before, Some(after))?].concat())
}
