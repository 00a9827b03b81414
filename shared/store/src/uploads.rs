//! Files and images: one record each, which exists before any byte and outlives the last.

mod description;
mod listing;
mod shared;

use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason};
use jiff::Timestamp;
use satchel_core::http::ApiError;
use satchel_core::model::{FileId, Kind, Picture, Reason, Rendition, Status, Upload, UserId, Visibility};
use serde_json::json;

pub use description::Description;
pub use listing::Filter;

use crate::auth::Caller;
use crate::keys::Key;
use crate::table::{Outcome, failed, item, read};
use crate::write::Write;
use crate::{StoreError, Table};

/// How often a record may change between reading and deleting it: it becomes ready, or rejected, and may get a
/// thumbnail or two.
const MAX_CHANGES: usize = 5;

/// Keeps the records of files and images, and the quota they take.
#[derive(Clone)]
pub struct Uploads {
    table: Table,
    months: shared::Months,
}

/// What became of the attempt to settle a pending record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    Now,
    /// It was not pending any more, or its content was replaced: nothing was changed.
    Before,
}

impl Uploads {
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table, months: shared::Months::default() }
    }

    /// Announces an upload and reserves its size, all or nothing.
    ///
    /// # Errors
    /// 403 if it does not fit into `max_total` bytes; 401 if the caller was signed out meanwhile.
    pub async fn create(&self, caller: &Caller, upload: &Upload, max_total: u64) -> Result<(), ApiError> {
        let Some(room) = max_total.checked_sub(upload.size) else { return Err(quota_exceeded()) };
        let key = Key::upload(upload.owner, upload.kind, upload.id);
        let writes = vec![
            caller.session_is_there(),
            caller
                .update_user("ADD #used_bytes :size", " AND #used_bytes <= :room")
                .number(":size", upload.size)
                .number(":room", room),
            Write::put(item(&key, upload, None)?).when("attribute_not_exists(pk)"),
        ];
        let reasons = match self.table.transact(writes).await? {
            Outcome::Done => return Ok(()),
            Outcome::Cancelled(reasons) => reasons,
        };
        if failed(&reasons, 0) {
            return Err(ApiError::TokenNotValid);
        }
        // Which part of the condition failed shows in the account as it was then.
        let user = reasons.into_iter().nth(1).and_then(|reason| reason.item).filter(|item| !item.is_empty());
        match user.map(read::<satchel_core::model::User>).transpose().map_err(StoreError::from)? {
            Some(user) if user.is_active && user.auth_epoch == caller.session.auth_epoch => {
                Err(quota_exceeded())
            }
            _ => Err(ApiError::TokenNotValid),
        }
    }

    /// An upload of `owner`, unless it is deleted.
    ///
    /// # Errors
    /// If the table does not answer.
    async fn get(&self, owner: UserId, kind: Kind, id: FileId) -> Result<Option<Upload>, StoreError> {
        let upload: Option<Upload> = self.table.get(&Key::upload(owner, kind, id)).await?;
        Ok(upload.filter(|upload| upload.status != Status::Deleting))
    }

    /// An upload of `owner`.
    ///
    /// # Errors
    /// 404 if there is none.
    pub async fn find(&self, owner: UserId, kind: Kind, id: FileId) -> Result<Upload, ApiError> {
        self.get(owner, kind, id).await?.ok_or(ApiError::NotFound)
    }

    /// The record of stored bytes, of either kind and in any state.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn of_object(&self, owner: UserId, id: FileId) -> Result<Option<Upload>, StoreError> {
        let keys = [Key::upload(owner, Kind::File, id), Key::upload(owner, Kind::Image, id)];
        let [file, image] = self.table.get_all(keys).await?;
        Ok(file.or(image).map(read).transpose()?)
    }

    /// Makes a pending record ready.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn make_ready(
        &self,
        upload: &Upload,
        picture: Option<&Picture>,
        sequencer: Option<&str>,
        now: Timestamp,
    ) -> Result<Settled, StoreError> {
        let settle = |upload: &Upload| {
            let ready = Upload {
                status: Status::Ready,
                updated_at: now,
                picture: picture.cloned(),
                sequencer: sequencer.map(ToOwned::to_owned),
                revision: upload.revision + 1,
                ..upload.clone()
            };
            let set = "SET #status = :to, #updated_at = :now, #picture = :picture, #sequencer = :sequencer";
            let write = as_read(upload, &format!("{set} ADD #revision :one"))
                .number(":one", 1)
                .text(":to", Status::Ready.as_str())
                .text(":now", now)
                .value(":picture", serde_dynamo::to_attribute_value(picture)?)
                .value(":sequencer", serde_dynamo::to_attribute_value(sequencer)?);
            Ok([vec![write], shared::copies(upload, Some(&ready))?].concat())
        };
        if upload.visibility == Visibility::Members {
            self.note_month(upload).await?;
        }
        self.settled(upload, settle).await
    }

    /// Rejects a pending record and gives back what it had reserved.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn reject(
        &self,
        upload: &Upload,
        reason: Reason,
        now: Timestamp,
    ) -> Result<Settled, StoreError> {
        let settle = |upload: &Upload| {
            let set = "SET #status = :to, #updated_at = :now, #reason = :reason";
            let write = as_read(upload, &format!("{set} ADD #revision :one"))
                .number(":one", 1)
                .text(":to", Status::Rejected.as_str())
                .text(":now", now)
                .value(":reason", serde_dynamo::to_attribute_value(reason)?);
            let give_back = Write::update(Key::user(upload.owner), "ADD #used_bytes :less")
                .when("attribute_exists(pk)")
                .number(":less", -i128::from(upload.size));
            Ok(vec![write, give_back])
        };
        self.settled(upload, settle).await
    }

    /// Adds a thumbnail that was made later to an image that is still the same; `Settled::Before` if it is not.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn add_rendition(&self, upload: &Upload, rendition: &Rendition) -> Result<Settled, StoreError> {
        let key = Key::upload(upload.owner, upload.kind, upload.id);
        let made: AttributeValue = serde_dynamo::to_attribute_value(rendition)?;
        // Appended to what is there: thumbnails of other sizes may be added at the same moment.
        let append = "SET #picture.#renditions = list_append(#picture.#renditions, :list) ADD #revision :one";
        let write = Write::update(key, append)
            .when(
                "#status = :ready AND #version = :version AND NOT contains(#picture.#renditions, :rendition)",
            )
            .number(":one", 1)
            .text(":ready", Status::Ready.as_str())
            .text(":version", upload.version)
            .value(":list", AttributeValue::L(vec![made.clone()]))
            .value(":rendition", made);
        let reasons = match self.table.transact(vec![write]).await? {
            Outcome::Done => return Ok(Settled::Now),
            Outcome::Cancelled(reasons) => reasons,
        };
        let found = found_instead(reasons, 0)?;
        let is_there = |found: &Upload| found.is_ready() && found.version == upload.version;
        Ok(if found.is_some_and(|found| is_there(&found)) { Settled::Now } else { Settled::Before })
    }

    /// Deletes an upload for its owner and gives back what it had reserved. The record stays as a tombstone
    /// until no URL can write to its key any more. Answers with the record as it was then: since it was read it
    /// may have become ready, and have thumbnails to delete.
    ///
    /// # Errors
    /// 404 if it was deleted meanwhile, 401 if the caller was signed out.
    pub async fn delete(&self, caller: &Caller, upload: Upload, now: Timestamp) -> Result<Upload, ApiError> {
        let mut upload = upload;
        for _ in 0..MAX_CHANGES {
            let mut writes = vec![
                caller.session_is_there(),
                caller.update_user("ADD #used_bytes :less", "").number(":less", -reserved(&upload)),
                mark_deleting(&upload, now),
            ];
            writes.extend(shared::copies(&upload, None)?);
            let reasons = match self.table.transact(writes).await? {
                Outcome::Done => return Ok(upload),
                Outcome::Cancelled(reasons) => reasons,
            };
            if failed(&reasons, 0) || failed(&reasons, 1) {
                return Err(ApiError::TokenNotValid);
            }
            let changed = found_instead(reasons, 2)?;
            upload = changed.filter(|upload| upload.status != Status::Deleting).ok_or(ApiError::NotFound)?;
        }
        Err(StoreError::Busy.into())
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
    ) -> Result<Upload, ApiError> {
        let mut file = file;
        for _ in 0..MAX_CHANGES {
            let described = change.of(&file, now);
            if described.is_shared() {
                self.note_month(&file).await?;
            }
            let set =
                "SET #title = :title, #filename = :filename, #visibility = :visibility, #updated_at = :now";
            let write = as_read(&file, &format!("{set} ADD #revision :one"))
                .number(":one", 1)
                .value(
                    ":title",
                    serde_dynamo::to_attribute_value(&described.title).map_err(StoreError::from)?,
                )
                .value(
                    ":filename",
                    serde_dynamo::to_attribute_value(&described.filename).map_err(StoreError::from)?,
                )
                .value(
                    ":visibility",
                    serde_dynamo::to_attribute_value(described.visibility).map_err(StoreError::from)?,
                )
                .text(":now", now);
            let [session, account] = caller.is_still_good();
            let writes = [vec![session, account, write], shared::copies(&file, Some(&described))?].concat();
            let reasons = match self.table.transact(writes).await? {
                Outcome::Done => return Ok(described),
                Outcome::Cancelled(reasons) => reasons,
            };
            if failed(&reasons, 0) || failed(&reasons, 1) {
                return Err(ApiError::TokenNotValid);
            }
            let changed = found_instead(reasons, 2)?;
            file = changed.filter(|file| file.status != Status::Deleting).ok_or(ApiError::NotFound)?;
        }
        Err(StoreError::Busy.into())
    }

    /// Settles a pending record of this version, whatever else of it was changed since it was read.
    async fn settled(
        &self,
        upload: &Upload,
        settle: impl Fn(&Upload) -> Result<Vec<Write>, StoreError>,
    ) -> Result<Settled, StoreError> {
        let mut current = upload.clone();
        for _ in 0..MAX_CHANGES {
            let reasons = match self.table.transact(settle(&current)?).await? {
                Outcome::Done => return Ok(Settled::Now),
                Outcome::Cancelled(reasons) => reasons,
            };
            let is_meant =
                |found: &Upload| found.status == Status::Pending && found.version == upload.version;
            match found_instead(reasons, 0)?.filter(is_meant) {
                Some(found) if found.revision != current.revision => current = found,
                _ => return Ok(Settled::Before),
            }
        }
        Err(StoreError::Busy)
    }
}

/// An update of a record that is still exactly as it was read.
fn as_read(upload: &Upload, expression: &str) -> Write {
    Write::update(Key::upload(upload.owner, upload.kind, upload.id), expression)
        .when("#revision = :revision AND #status = :status")
        .number(":revision", upload.revision)
        .text(":status", upload.status.as_str())
}

/// What is then deleted from the store is what the record speaks of.
fn mark_deleting(upload: &Upload, now: Timestamp) -> Write {
    as_read(upload, "SET #status = :deleting, #updated_at = :now ADD #revision :one")
        .number(":one", 1)
        .text(":deleting", Status::Deleting.as_str())
        .text(":now", now)
}

/// Bytes of the quota that a record holds.
fn reserved(upload: &Upload) -> i128 {
    if upload.status == Status::Rejected { 0 } else { upload.size.into() }
}

/// The record that a condition failed on, if there is one.
fn found_instead(reasons: Vec<CancellationReason>, place: usize) -> Result<Option<Upload>, StoreError> {
    let found = reasons.into_iter().nth(place).and_then(|reason| reason.item);
    Ok(found.filter(|item| !item.is_empty()).map(read).transpose()?)
}

fn quota_exceeded() -> ApiError {
    let body = json!({ "detail": "Storage quota exceeded.", "code": "quota_exceeded" });
    ApiError::Body(http::StatusCode::FORBIDDEN, body)
}
