//! Changes records: writes the whole record with its copy and its owner's quota, if it has not changed since
//! it was read.

use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason};

use satchel_guard::Caller;
use satchel_model::{Error, Refusal, Status, Upload, User};
use satchel_table::keys::{IS_KEPT, Key};
use satchel_table::write::Write;
use satchel_table::{Outcome, StoreError, failed, item, read};

use super::{Uploads, shared};

/// The number of attempts at a change, if the record changes again between the read and the write. It may
/// become ready or get thumbnails, and several requests of its owner may run at the same time; after each
/// failed attempt, another request has finished.
const MAX_CHANGES: usize = 16;

impl Uploads {
    /// Applies `change` to `upload` for its owner, and returns the new record.
    ///
    /// If the record has changed in the meantime, `change` is applied to the new version. If the change takes
    /// more of the quota than before, the total must fit into `max_total` bytes.
    ///
    /// # Errors
    /// The error of `change`; [`Refusal::NotFound`] if the upload was deleted in the meantime;
    /// [`Refusal::TokenNotValid`] if the caller was signed out; [`Refusal::QuotaExceeded`].
    pub(crate) async fn change_for(
        &self,
        caller: &Caller,
        upload: Upload,
        max_total: Option<u64>,
        change: impl Fn(&Upload) -> Result<Upload, Error>,
    ) -> Result<Upload, Error> {
        let mut current = upload;
        for _ in 0..MAX_CHANGES {
            let after = change(&current)?;
            self.note_month_of(&after).await?;
            let [session, account] = caller.is_still_good();
            let account = match more(&current, &after) {
                0 => account,
                more => quota(caller, more, max_total.unwrap_or(u64::MAX)),
            };
            let writes = [vec![session, account], writes(&current, &after)?].concat();
            let reasons = match self.table.transact(writes).await? {
                Outcome::Done => return Ok(after),
                Outcome::Cancelled(reasons) => reasons,
            };
            if let Some(refusal) = refusal(caller, &reasons) {
                return Err(refusal);
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
        change: impl Fn(&Upload) -> Upload,
    ) -> Result<Upload, Error> {
        let mut current = upload;
        for _ in 0..MAX_CHANGES {
            let after = change(&current);
            let mut writes = [caller.is_still_staff().to_vec(), writes(&current, &after)?].concat();
            writes.extend(owner(&current, &after));
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
    /// `change` does, or if the record no longer exists.
    ///
    /// # Errors
    /// [`Unowned`](StoreError::Unowned) if the owner's account no longer exists or is being erased; or if the
    /// table does not answer.
    pub(crate) async fn change(
        &self,
        upload: &Upload,
        change: impl Fn(&Upload) -> Option<Upload>,
    ) -> Result<Option<Upload>, StoreError> {
        let mut current = upload.clone();
        for _ in 0..MAX_CHANGES {
            let Some(after) = change(&current) else { return Ok(None) };
            self.note_month_of(&after).await?;
            let mut writes = writes(&current, &after)?;
            let owner_place = writes.len();
            writes.extend(owner(&current, &after));
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

/// For a transaction: adds `more`, which may be negative, to the bytes that the caller's account uses, up to
/// `max_total` bytes.
pub(crate) fn quota(caller: &Caller, more: i128, max_total: u64) -> Write {
    let update = "ADD #used_bytes :more";
    if more <= 0 {
        return caller.update_user(update, "").number(":more", more);
    }
    // Negative if the upload can never fit.
    let room = i128::from(max_total) - more;
    caller.update_user(update, " AND #used_bytes <= :room").number(":more", more).number(":room", room)
}

/// The refusal if the condition on the session or on the account failed, which are the first two writes of
/// the transaction.
///
/// The account as it was then shows which part of its condition failed.
pub(crate) fn refusal(caller: &Caller, reasons: &[CancellationReason]) -> Option<Error> {
    if failed(reasons, 0) {
        return Some(Error::Refused(Refusal::TokenNotValid));
    }
    if !failed(reasons, 1) {
        return None;
    }
    let account = reasons.get(1).and_then(|reason| reason.item.clone()).filter(|item| !item.is_empty());
    Some(match account.map(read::<User>).transpose() {
        Ok(Some(user)) if user.is_active && user.auth_epoch == caller.session.auth_epoch => {
            Error::Refused(Refusal::QuotaExceeded)
        }
        Ok(_) => Error::Refused(Refusal::TokenNotValid),
        Err(error) => StoreError::from(error).into(),
    })
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

/// The bytes by which a change raises or lowers the used quota.
fn more(before: &Upload, after: &Upload) -> i128 {
    i128::from(after.reserved()) - i128::from(before.reserved())
}

/// For a transaction that the owner did not request: changes the owner's quota or, for a shared file, checks
/// that the account is not being erased, because nothing would remove the copy.
///
/// An account that staff closed may be reopened, so its files still change; readers check the account.
fn owner(before: &Upload, after: &Upload) -> Option<Write> {
    let key = Key::user(before.owner);
    match more(before, after) {
        0 if after.is_shared() => Some(Write::check(key).when(IS_KEPT)),
        0 => None,
        more => Some(Write::update(key, "ADD #used_bytes :more").when(IS_KEPT).number(":more", more)),
    }
}
