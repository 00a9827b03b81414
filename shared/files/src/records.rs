//! The records of files and images. Each exists before any byte is stored and remains until the last one is
//! deleted.

pub(crate) mod change;
mod listing;
mod quota;
mod shared;

use jiff::Timestamp;

use satchel_api::Description;
use satchel_guard::{Caller, IdempotentRequest};
use satchel_model::{Error, FileId, Kind, Refusal, Status, Upload, UserId};
use satchel_runtime::{Metric, Metrics, StartError, Wired, Wiring};
use satchel_table::keys::Key;
use satchel_table::{Outcome, StoreError, Table, read};

use crate::KeptDays;
use change::MAX_CHANGES;
use quota::Room;

/// Stores the records of files and images, and the quota that they use.
#[derive(Clone)]
pub struct Uploads {
    pub(crate) table: Table,
    pub(crate) months: shared::Months,
    pub(crate) metrics: Metrics,
}

impl Wired for Uploads {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self { table: wiring.get()?, months: shared::Months::default(), metrics: wiring.get()? })
    }
}

impl Uploads {
    /// Creates the record of an upload and reserves its size, in one transaction.
    ///
    /// A repetition of an idempotent request returns the first record.
    ///
    /// # Errors
    /// [`Refusal::QuotaExceeded`] if the upload does not fit into `max_total` bytes;
    /// [`Refusal::TokenNotValid`] if the caller was signed out in the meantime; the errors of
    /// [`IdempotentRequest::made`]; [`Refusal::NotFound`] if the first record has been deleted.
    pub async fn create(
        &self,
        caller: &Caller,
        upload: Upload,
        max_total: u64,
        idempotent: &IdempotentRequest,
    ) -> Result<Upload, Error> {
        let mut room = Room::new(max_total, &caller.user);
        let difference = quota::reserves(&upload);
        for _ in 0..MAX_CHANGES {
            let mut writes = vec![
                caller.session_is_there(),
                difference.of_caller(caller, &room),
                change::put(&upload)?.when("attribute_not_exists(pk)"),
            ];
            writes.extend(idempotent.write(caller, upload.id)?);
            let reasons = match self.table.transact(writes).await? {
                Outcome::Done => {
                    self.metrics.count(Metric::UploadsAnnounced);
                    return Ok(upload);
                }
                Outcome::Cancelled(reasons) => reasons,
            };
            let refusal = quota::refusal(caller, &reasons, difference.more, &room);
            if matches!(refusal, Err(Error::Refused(Refusal::TokenNotValid))) {
                return Err(Refusal::TokenNotValid.into());
            }
            if let Some(made) = idempotent.made(&reasons)? {
                return self.find(caller.user.id, upload.kind, made).await;
            }
            match refusal? {
                // Only the number of kept bytes has grown since the account was read.
                Some(fresh) => room = fresh,
                None => break,
            }
        }
        Err(StoreError::Conflict.into())
    }

    /// Reads an upload of `owner`; `None` if it does not exist or is deleted.
    ///
    /// # Errors
    /// If the table does not answer.
    pub(crate) async fn get(
        &self,
        owner: UserId,
        kind: Kind,
        id: FileId,
    ) -> Result<Option<Upload>, StoreError> {
        let upload: Option<Upload> = self.table.get(&Key::upload(owner, kind, id)).await?;
        Ok(upload.filter(|upload| upload.status != Status::Deleting))
    }

    /// Reads an upload of `owner`.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] if it does not exist or is deleted.
    pub async fn find(&self, owner: UserId, kind: Kind, id: FileId) -> Result<Upload, Error> {
        self.get(owner, kind, id).await?.ok_or(Error::Refused(Refusal::NotFound))
    }

    /// Finds the record of a stored object, of either kind and in any state.
    ///
    /// Returns `None` also if the account no longer exists or is being erased: then the object has no owner,
    /// regardless of the record.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn of_object(&self, owner: UserId, id: FileId) -> Result<Option<Upload>, StoreError> {
        let [file, image] = [Kind::File, Kind::Image].map(|kind| Key::upload(owner, kind, id));
        let [file, image, account] = self.table.get_all([file, image, Key::user(owner)]).await?;
        if account.is_none_or(|account| account.contains_key("erasing")) {
            return Ok(None);
        }
        Ok(file.or(image).map(read).transpose()?)
    }

    /// Changes the description of the caller's file or image.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] if it was deleted in the meantime; [`Refusal::TokenNotValid`] if the caller was
    /// signed out.
    pub async fn describe(
        &self,
        caller: &Caller,
        file: Upload,
        change: &Description,
        now: Timestamp,
    ) -> Result<Upload, Error> {
        self.change_for(caller, file, None, KeptDays::default(), |file| Ok(change.applied_to(file, now)))
            .await
    }
}
