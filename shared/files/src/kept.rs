//! The bytes that S3 keeps for some days after they were deleted, as older versions of their objects.
//!
//! The account carries their number, `kept_bytes`, and each part of this number has a record in the account's
//! partition: one for each day, to which the transactions that change files add, and one for each stored object
//! that no file had counted. When the record is due, the sweep subtracts its bytes and deletes it, in one
//! transaction. So the number is always the sum of the records.

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::try_join_all;
use jiff::Timestamp;
use serde::Deserialize;

use satchel_model::clock::later;
use satchel_model::{FileId, Upload, UserId, VersionId};
use satchel_objects::{Found, ObjectError, Objects};
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::keys::{IS_KEPT, Key};
use satchel_table::write::Write;
use satchel_table::{Outcome, StoreError, due, failed};

use crate::{Failure, Uploads};

const DAY: i64 = 86_400;
/// The days between the last day of a version and the end of its count. S3 expires versions at a midnight in
/// UTC, and may need another day to delete them
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html>).
const GRACE_DAYS: i64 = 2;

/// For how many days S3 keeps what was deleted; 0 if the bucket has no versions.
#[derive(Debug, Clone, Copy, Default)]
pub struct KeptDays(u16);

impl Wired for KeptDays {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self(wiring.parsed("KEEP_DELETED_DAYS")))
    }
}

impl KeptDays {
    /// Whether S3 keeps deleted bytes at all.
    #[must_use]
    pub fn keeps(self) -> bool {
        self.0 > 0
    }

    /// For a transaction: adds `bytes`, which are deleted at the time `at`, to those of that day.
    pub(crate) fn add(self, owner: UserId, bytes: u64, at: Timestamp) -> Write {
        let key = Key::kept(owner, &at.strftime("%Y-%m-%d").to_string());
        // The first deletion of a day decides when the bytes of that day are subtracted, because the time of day
        // spreads the work of the sweep. S3 has deleted all of them by then: they expire at a midnight before.
        let add = "SET #due = if_not_exists(#due, :due), #due_at = if_not_exists(#due_at, :due_at) ADD #bytes :bytes";
        let [(_, shard), (_, due_at)] = self.due(owner, at);
        Write::update(key, add).value(":due", shard).value(":due_at", due_at).number(":bytes", bytes)
    }

    fn due(self, owner: UserId, at: Timestamp) -> [(String, AttributeValue); 2] {
        due::attributes(&owner.to_string(), later(at, (i64::from(self.0) + GRACE_DAYS) * DAY))
    }
}

/// A part of an account's kept bytes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct KeptRecord {
    pub bytes: u64,
    /// When the sweep subtracts the bytes.
    pub due_at: Timestamp,
}

/// Deletes contents, and counts the bytes that S3 keeps.
#[derive(Clone)]
pub struct Disposal {
    pub(crate) uploads: Uploads,
    pub(crate) objects: Objects,
    pub(crate) days: KeptDays,
}

impl Wired for Disposal {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self { uploads: wiring.get()?, objects: wiring.get()?, days: wiring.get()? })
    }
}

impl Disposal {
    /// The same, for originals in another bucket; see [`Objects::in_bucket`].
    #[must_use]
    pub fn in_bucket(&self, originals: &str) -> Self {
        Self { objects: self.objects.in_bucket(originals), ..self.clone() }
    }

    /// Deletes the content of `version` that no record holds, if there is any; counts its bytes as kept unless
    /// `has_counted` says of the object's id that a record has counted it.
    ///
    /// The count precedes the deletion, and a repetition counts nothing: each object has one record of its own.
    /// Bytes of an account that is gone or being erased are not counted.
    ///
    /// # Errors
    /// If a service does not answer.
    pub async fn discard(
        &self,
        owner: UserId,
        file: FileId,
        version: VersionId,
        has_counted: impl Fn(Option<&str>) -> bool,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let key = format!("{owner}/{file}/{version}");
        if self.days.keeps() {
            let Some(found) = self.stored(&key).await? else { return Ok(()) };
            if found.size > 0 && !has_counted(found.object.as_deref()) {
                let name = found.object.unwrap_or_else(|| version.to_string());
                self.count(owner, &name, found.size, now).await?;
            }
        }
        Ok(self.objects.delete_original(&key).await?)
    }

    /// Deletes contents of `upload` that it does not hold any more, in parallel; counts those that it has not
    /// counted.
    ///
    /// # Errors
    /// If a service does not answer; deletions until then remain.
    pub async fn discard_versions(
        &self,
        upload: &Upload,
        versions: &[VersionId],
        now: Timestamp,
    ) -> Result<(), Failure> {
        let discard = |version: &VersionId| {
            let version = *version;
            let has_counted = move |object: Option<&str>| upload.has_counted_object(version, object);
            self.discard(upload.owner, upload.id, version, has_counted, now)
        };
        try_join_all(versions.iter().map(discard)).await.map(drop)
    }

    /// The size and the id of an object, without its bytes; `None` if it does not exist.
    async fn stored(&self, key: &str) -> Result<Option<Found>, ObjectError> {
        match self.objects.original(key, Some(1)).await {
            // S3 may refuse to read an object, but still lists it.
            Err(ObjectError::Refused(_)) => self.objects.listed(key).await,
            found => found,
        }
    }

    /// Counts the bytes of one object, unless they are counted already or the account is gone.
    async fn count(&self, owner: UserId, object: &str, bytes: u64, now: Timestamp) -> Result<(), StoreError> {
        let key = Key::kept(owner, object);
        let mut record = key.item();
        record.extend(self.days.due(owner, now));
        record.insert("bytes".to_owned(), AttributeValue::N(bytes.to_string()));
        let writes = vec![
            Write::put(record).when("attribute_not_exists(pk)"),
            Write::update(Key::user(owner), "ADD #kept_bytes :kept").when(IS_KEPT).number(":kept", bytes),
        ];
        match self.uploads.table.transact(writes).await? {
            Outcome::Done | Outcome::Cancelled(_) => Ok(()),
        }
    }
}

impl Uploads {
    /// Subtracts the bytes of a due record from the account's kept bytes, and deletes the record; returns
    /// `false` if it has changed since it was read.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn subtract_kept(&self, key: &Key, record: &KeptRecord) -> Result<bool, StoreError> {
        let delete = Write::delete(key.clone())
            .when("#bytes = :bytes AND #due_at = :due_at")
            .number(":bytes", record.bytes)
            .text(":due_at", due::sortable(record.due_at));
        let Some(owner) = key.account() else { return Ok(false) };
        let subtract = Write::update(Key::user(owner), "ADD #kept_bytes :less").when(IS_KEPT);
        let writes = vec![delete.clone(), subtract.number(":less", -i128::from(record.bytes))];
        let reasons = match self.table.transact(writes).await? {
            Outcome::Done => return Ok(true),
            Outcome::Cancelled(reasons) => reasons,
        };
        if failed(&reasons, 0) {
            return Ok(false);
        }
        // The account is gone or being erased.
        Ok(matches!(self.table.transact(vec![delete]).await?, Outcome::Done))
    }
}
