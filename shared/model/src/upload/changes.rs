//! The state changes of an upload: each takes the record before the change and returns the one after it.

use jiff::Timestamp;

use super::{Kept, Multipart, NewContent, OldVersion, Picture, Reason, Replacement, Status, Upload};
use crate::{MediaType, VersionId};

/// Bytes of older versions are deleted at once, so that frequent replacements cannot store data without using
/// quota.
const MAX_OLD_VERSIONS: usize = 3;

impl Upload {
    /// Makes this a multipart upload, which gets more time.
    #[must_use]
    pub fn in_parts(self, parts: Multipart, pending_until: Timestamp, upload_until: Timestamp) -> Self {
        // S3 computes a checksum of each part, but none of the whole object.
        Self { multipart: Some(parts), sha256: None, pending_until, upload_until: Some(upload_until), ..self }
    }

    /// Records S3's id of the multipart upload.
    #[must_use]
    pub fn with_upload_id(&self, upload_id: &str, now: Timestamp) -> Self {
        let named = |parts: &Multipart| Multipart { upload_id: Some(upload_id.to_owned()), ..parts.clone() };
        Self { multipart: self.multipart.as_ref().map(named), ..self.changed(now) }
    }

    /// Makes the upload ready: its bytes are acceptable for what was announced, and have the type
    /// `content_type`.
    ///
    /// `object` is S3's id of the inspected object.
    #[must_use]
    pub fn ready(
        &self,
        content_type: &MediaType,
        picture: Option<&Picture>,
        sequencer: Option<&str>,
        object: Option<&str>,
        now: Timestamp,
    ) -> Self {
        Self {
            status: Status::Ready,
            object: object.map(ToOwned::to_owned),
            content_type: content_type.clone(),
            picture: picture.cloned(),
            sequencer: sequencer.map(ToOwned::to_owned),
            ..self.changed(now)
        }
    }

    /// Rejects the upload: its bytes are not what was announced, or never arrived.
    ///
    /// `kept` is the content that is deleted because of this.
    #[must_use]
    pub fn rejected(&self, reason: Reason, kept: Option<Kept>, now: Timestamp) -> Self {
        Self { status: Status::Rejected, reason: Some(reason), kept, ..self.changed(now) }
    }

    /// Marks the upload as deleted. The record still lists what is to be deleted from S3.
    #[must_use]
    pub fn deleting(&self, now: Timestamp) -> Self {
        let kept = self.kept.clone().or_else(|| self.stored());
        Self { status: Status::Deleting, kept, ..self.changed(now) }
    }

    /// Announces another version; one that was announced before is abandoned.
    #[must_use]
    pub fn awaiting(&self, replacement: Replacement, now: Timestamp) -> Self {
        let given_up = self.replacement.as_ref().map(|given_up| OldVersion {
            version: given_up.version,
            until: given_up.until,
            in_parts: false,
            readable: false,
            object: None,
        });
        let old_versions = given_up.into_iter().chain(self.old_versions.clone()).collect();
        // Nothing visible to readers has changed.
        let updated_at = self.updated_at;
        Self { replacement: Some(replacement), old_versions, updated_at, ..self.changed(now) }
    }

    /// The old versions whose bytes must be deleted before another one is added.
    #[must_use]
    pub fn surplus(&self) -> Vec<VersionId> {
        self.old_versions.iter().skip(MAX_OLD_VERSIONS - 1).map(|old| old.version).collect()
    }

    /// Makes the announced version current.
    ///
    /// The previous version remains as long as it has signed URLs; the versions in `gone` are removed from
    /// the record.
    #[must_use]
    pub fn replaced(
        &self,
        content: NewContent,
        old_until: Timestamp,
        gone: &[VersionId],
        now: Timestamp,
    ) -> Self {
        let until = self.upload_until.map_or(old_until, |upload_until| upload_until.max(old_until));
        let old = OldVersion {
            version: self.version,
            until,
            in_parts: self.multipart.is_some(),
            readable: self.is_ready(),
            object: self.object.clone(),
        };
        let older = self.old_versions.iter().filter(|old| !gone.contains(&old.version)).cloned();
        Self {
            version: content.version,
            size: content.size,
            sha256: content.sha256,
            content_type: content.content_type,
            filename: content.filename,
            title: content.title,
            visibility: content.visibility.unwrap_or(self.visibility),
            status: Status::Ready,
            reason: None,
            sequencer: None,
            object: None,
            kept: None,
            upload_until: None,
            multipart: None,
            replacement: None,
            old_versions: std::iter::once(old).chain(older).collect(),
            ..self.changed(now)
        }
    }

    /// Abandons the announced version, which has expired; its bytes, if there are any, will never become
    /// current.
    #[must_use]
    pub fn given_up(&self, now: Timestamp) -> Self {
        let given_up = self.replacement.as_ref().map(|given_up| OldVersion {
            version: given_up.version,
            until: now,
            in_parts: false,
            readable: false,
            object: None,
        });
        let old_versions = given_up.into_iter().chain(self.old_versions.clone()).collect();
        let updated_at = self.updated_at;
        Self { replacement: None, old_versions, updated_at, ..self.changed(now) }
    }

    /// Removes expired versions and deadlines, whose bytes have been deleted already.
    #[must_use]
    pub fn tidied(&self, now: Timestamp) -> Self {
        let mut old_versions = self.old_versions.clone();
        old_versions.retain(|old| old.until > now);
        let is_over = |until: &Timestamp| self.status != Status::Pending && *until <= now;
        let upload_until = self.upload_until.filter(|until| !is_over(until));
        let updated_at = self.updated_at;
        Self { updated_at, upload_until, old_versions, ..self.changed(now) }
    }

    fn changed(&self, now: Timestamp) -> Self {
        Self { updated_at: now, revision: self.revision + 1, ..self.clone() }
    }
}
