//! Files and images: one record each, which exists before any byte and outlives the last.

pub(crate) mod change;
mod listing;
mod shared;

use jiff::Timestamp;

use satchel_api::Description;
use satchel_guard::{Caller, IdempotentRequest};
use satchel_model::{Error, FileId, Kind, Refusal, Status, Upload, UserId};
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::keys::Key;
use satchel_table::{Outcome, StoreError, Table, read};

/// Keeps the records of files and images, and the quota they take.
#[derive(Clone)]
pub struct Uploads {
    pub(crate) table: Table,
    pub(crate) months: shared::Months,
}

impl Wired for Uploads {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self { table: wiring.get()?, months: shared::Months::default() })
    }
}

impl Uploads {
    /// Announces an upload and reserves its size, all or nothing. Answers with the record first made, if this is a
    /// repetition.
    ///
    /// # Errors
    /// 403 if it does not fit into `max_total` bytes; 401 if the caller was signed out meanwhile; what a repetition may
    /// meet, 404 if the record was deleted since.
    pub async fn create(
        &self,
        caller: &Caller,
        upload: Upload,
        max_total: u64,
        once: &IdempotentRequest,
    ) -> Result<Upload, Error> {
        let mut writes = vec![
            caller.session_is_there(),
            change::quota(caller, upload.reserved().into(), max_total),
            change::put(&upload)?.when("attribute_not_exists(pk)"),
        ];
        writes.extend(once.write(caller, upload.id)?);
        let reasons = match self.table.transact(writes).await? {
            Outcome::Done => return Ok(upload),
            Outcome::Cancelled(reasons) => reasons,
        };
        let refusal = change::refusal(caller, &reasons);
        if matches!(refusal, Some(Error::Refused(Refusal::TokenNotValid))) {
            return Err(Refusal::TokenNotValid.into());
        }
        match once.made(&reasons)? {
            Some(made) => self.find(caller.user.id, upload.kind, made).await,
            None => Err(refusal.unwrap_or_else(|| StoreError::Conflict.into())),
        }
    }

    /// An upload of `owner`, unless it is deleted.
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

    /// An upload of `owner`.
    ///
    /// # Errors
    /// 404 if there is none.
    pub async fn find(&self, owner: UserId, kind: Kind, id: FileId) -> Result<Upload, Error> {
        self.get(owner, kind, id).await?.ok_or(Error::Refused(Refusal::NotFound))
    }

    /// The record of stored bytes, of either kind and in any state. `None` also if its account is gone or being erased:
    /// then the bytes have no owner, whatever the record says.
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

    /// Changes the caller's file in what its owner says of it: title, name and who may see it.
    ///
    /// # Errors
    /// 404 if it was deleted meanwhile, 401 if the caller was signed out.
    pub async fn describe(
        &self,
        caller: &Caller,
        file: Upload,
        change: &Description,
        now: Timestamp,
    ) -> Result<Upload, Error> {
        self.change_for(caller, file, None, |file| Ok(change.applied_to(file, now))).await
    }
}
