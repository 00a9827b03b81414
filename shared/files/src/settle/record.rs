//! Updates pending records after their bytes have been inspected.

use std::sync::{Mutex, PoisonError};

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use satchel_model::{Kept, MediaType, Picture, Reason, Rendition, Status, Upload};
use satchel_runtime::Metric;
use satchel_table::keys::Key;
use satchel_table::write::Write;
use satchel_table::{Outcome, StoreError};

use crate::records::change::found_instead;
use crate::{KeptDays, Uploads};

impl Uploads {
    /// Makes a pending record ready, with the type of its bytes and S3's id of the object.
    ///
    /// Returns `None`, without a change, if the record was no longer pending or its content was replaced.
    ///
    /// # Errors
    /// [`Unowned`](StoreError::Unowned) if the file is shared and its account no longer exists or is being
    /// erased; or if the table does not answer.
    pub async fn make_ready(
        &self,
        upload: &Upload,
        content_type: &MediaType,
        picture: Option<&Picture>,
        sequencer: Option<&str>,
        object: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<Upload>, StoreError> {
        let ready = |pending: &Upload| pending.ready(content_type, picture, sequencer, object, now);
        let ready = self.settle(upload, KeptDays::default(), ready).await?;
        Ok(ready.inspect(|_| self.metrics.count(Metric::UploadsReady)))
    }

    /// Makes a pending record ready with the type and the picture of `upload`.
    ///
    /// If another request or event has settled or deleted the record first, returns the record as it is;
    /// `None` if it no longer exists.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn make_ready_or_find(
        &self,
        upload: &Upload,
        now: Timestamp,
    ) -> Result<Option<Upload>, StoreError> {
        let last_seen = Mutex::new(None);
        let ready = self.change(upload, |found| {
            *last_seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(found.clone());
            is_meant(upload, found)
                .then(|| found.ready(&upload.content_type, upload.picture.as_ref(), None, None, now))
        });
        let ready = ready.await?.inspect(|_| self.metrics.count(Metric::UploadsReady));
        let last_seen = last_seen.into_inner().unwrap_or_else(PoisonError::into_inner);
        // If the last seen record is the one that was passed in, no other was found in its place.
        Ok(ready.or(last_seen.filter(|seen: &Upload| seen.revision != upload.revision)))
    }

    /// Rejects a pending record of which S3 stores nothing that is deleted, and gives back its reserved bytes;
    /// returns `None` in the same cases as [`make_ready`](Self::make_ready).
    ///
    /// # Errors
    /// [`Unowned`](StoreError::Unowned) if its account no longer exists or is being erased; or if the table
    /// does not answer.
    pub async fn reject(
        &self,
        upload: &Upload,
        reason: Reason,
        now: Timestamp,
    ) -> Result<Option<Upload>, StoreError> {
        let reject = |pending: &Upload| pending.rejected(reason.clone(), None, now);
        let rejected = self.settle(upload, KeptDays::default(), reject).await?;
        Ok(rejected.inspect(|_| self.metrics.count(metric_of(&reason))))
    }

    /// Like [`reject`](Self::reject), but for a record whose content is stored, and is counted as kept.
    ///
    /// # Errors
    /// Those of [`reject`](Self::reject).
    pub(crate) async fn reject_stored(
        &self,
        upload: &Upload,
        reason: Reason,
        kept: &Kept,
        days: KeptDays,
        now: Timestamp,
    ) -> Result<Option<Upload>, StoreError> {
        let reject = |pending: &Upload| pending.rejected(reason.clone(), Some(kept.clone()), now);
        let rejected = self.settle(upload, days, reject).await?;
        Ok(rejected.inspect(|_| self.metrics.count(metric_of(&reason))))
    }

    /// Settles a pending record of this version, even if other parts of it have changed since it was read.
    async fn settle(
        &self,
        upload: &Upload,
        days: KeptDays,
        settle: impl Fn(&Upload) -> Upload,
    ) -> Result<Option<Upload>, StoreError> {
        self.change_keeping(upload, days, |found| is_meant(upload, found).then(|| settle(found))).await
    }

    /// Adds a thumbnail that was created later to a ready image; returns `false` if the image or its content
    /// has changed.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn add_rendition(&self, upload: &Upload, rendition: &Rendition) -> Result<bool, StoreError> {
        let key = Key::upload(upload.owner, upload.kind, upload.id);
        let made: AttributeValue = serde_dynamo::to_attribute_value(rendition)?;
        // Appended, because thumbnails of other sizes may be added at the same moment.
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
            Outcome::Done => return Ok(true),
            Outcome::Cancelled(reasons) => reasons,
        };
        let found = found_instead(reasons, 0)?;
        let is_there = |found: &Upload| found.is_ready() && found.version == upload.version;
        Ok(found.is_some_and(|found| is_there(&found)))
    }
}

/// What counts an upload that was rejected for this reason.
fn metric_of(reason: &Reason) -> Metric {
    match reason {
        Reason::Expired => Metric::UploadsExpired,
        Reason::ContentTypeMismatch | Reason::UnsupportedType(_) | Reason::SizeMismatch => {
            Metric::UploadsMismatched
        }
        Reason::InvalidImage | Reason::ImageTooLarge => Metric::UploadsUndecodable,
        Reason::Unreadable => Metric::UploadsUnreadable,
    }
}

/// Whether the current record still waits for the content of `upload`.
fn is_meant(upload: &Upload, found: &Upload) -> bool {
    found.status == Status::Pending && found.version == upload.version
}
