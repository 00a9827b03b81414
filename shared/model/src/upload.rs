//! Files and images: their announcement, their content and their state.

mod changes;
mod content;
mod kept;
mod picture;
mod status;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub use content::{MAX_PARTS, Multipart, NewContent, OldVersion, Replacement};
pub use kept::Kept;
pub use picture::{Picture, Rendition};
pub use status::{Kind, Reason, Status, Visibility};

use super::{FileId, FileName, MediaType, Title, UserId, VersionId};

/// How long the record of a rejected upload is stored, so that its owner can read the reason.
const REJECTED_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A file or an image, from its announcement to its tombstone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Upload {
    pub id: FileId,
    pub owner: UserId,
    pub kind: Kind,
    /// The current version of the content; part of the object's key.
    pub version: VersionId,
    pub title: Title,
    pub filename: FileName,
    pub content_type: MediaType,
    /// Size in bytes, reserved from the owner's quota until the record is rejected or deleted.
    pub size: u64,
    /// Hex SHA-256, if known.
    pub sha256: Option<String>,
    pub visibility: Visibility,
    pub uploaded_by: String,
    pub status: Status,
    /// Why the upload was rejected.
    pub reason: Option<Reason>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// When a pending record expires.
    pub pending_until: Timestamp,
    /// When every URL signed for uploading has expired; `None` once what clients may have stored by them has
    /// been deleted.
    pub upload_until: Option<Timestamp>,
    /// The parts of a multipart upload.
    #[serde(default)]
    pub multipart: Option<Multipart>,
    #[serde(default)]
    pub replacement: Option<Replacement>,
    /// Replaced versions that may still have objects, latest first.
    #[serde(default)]
    pub old_versions: Vec<OldVersion>,
    /// `sequencer` of the S3 event that settled the upload.
    pub sequencer: Option<String>,
    /// The dimensions and thumbnails of an image, once it has been inspected.
    pub picture: Option<Picture>,
    /// S3's id of the stored object, which has the content of `version`; `None` if it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The content of `version`, once it is counted among the deleted bytes that S3 keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Kept>,
    /// The number of runs of the sweep that began to settle the upload and recorded no result.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub sweeps: u32,
    /// Raised by every change, so that a change of an outdated copy fails and is repeated.
    #[serde(default)]
    pub revision: u64,
}

impl Upload {
    /// The object's key in the bucket of originals.
    #[must_use]
    pub fn key(&self) -> String {
        self.key_of(self.version)
    }

    /// The key of one version of the content in the bucket of originals.
    #[must_use]
    pub fn key_of(&self, version: VersionId) -> String {
        format!("{}/{}/{version}", self.owner, self.id)
    }

    /// The key of a thumbnail in the bucket of renditions.
    #[must_use]
    pub fn rendition_key(&self, rendition: &Rendition) -> String {
        rendition.key(self.id, self.version)
    }

    /// The thumbnail of a size, if it exists.
    #[must_use]
    pub fn rendition(&self, size: u32) -> Option<&Rendition> {
        self.picture.as_ref()?.renditions.iter().find(|rendition| rendition.size == size)
    }

    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.status == Status::Ready
    }

    /// Whether the upload was rejected because S3 refuses to read its bytes; these bytes are not deleted.
    #[must_use]
    pub fn is_unreadable(&self) -> bool {
        self.status == Status::Rejected && self.reason == Some(Reason::Unreadable)
    }

    /// When the record of a rejected upload is removed; `None` while its bytes remain or another version is
    /// being uploaded.
    #[must_use]
    pub fn removed_at(&self) -> Option<Timestamp> {
        let is_removed = self.status == Status::Rejected
            && !self.is_unreadable()
            && self.replacement.is_none()
            && self.old_versions.is_empty();
        is_removed.then(|| self.updated_at.saturating_add(REJECTED_KEPT).unwrap_or(Timestamp::MAX))
    }

    /// Whether every signed-in user may see the file.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.kind == Kind::File && self.is_ready() && self.visibility == Visibility::Members
    }

    /// The bytes that the upload reserves from its owner's quota: `used_bytes` of an account is the sum of
    /// these.
    #[must_use]
    pub fn reserved(&self) -> u64 {
        let content = match self.status {
            Status::Pending | Status::Ready => self.size,
            Status::Rejected if self.is_unreadable() => self.size,
            Status::Rejected => 0,
            Status::Deleting => return 0,
        };
        content + self.replacement.as_ref().map_or(0, |replacement| replacement.size)
    }

    /// All versions of the content that S3 may contain.
    pub fn versions(&self) -> impl Iterator<Item = VersionId> {
        let others = self.replacement.iter().map(|replacement| replacement.version);
        let others = others.chain(self.old_versions.iter().map(|old| old.version));
        std::iter::once(self.version).chain(others)
    }

    /// Whether the bytes of `version` are to remain in S3; bytes of any other version are deleted when they
    /// arrive.
    #[must_use]
    pub fn keeps(&self, version: VersionId) -> bool {
        let is_kept = matches!(self.status, Status::Pending | Status::Ready) || self.is_unreadable();
        let counts = version == self.version && is_kept;
        let will_count = self.replacement.as_ref().is_some_and(|replacement| replacement.version == version);
        let is_read = self.old_versions.iter().any(|old| old.readable && old.version == version);
        self.status != Status::Deleting && (counts || will_count || is_read)
    }

    /// When the sweep must process the record next, because a part of it expires; `None` if never.
    #[must_use]
    pub fn due_at(&self) -> Option<Timestamp> {
        let content = match self.status {
            Status::Pending => Some(self.pending_until),
            // A signed PUT to an existing object has no effect; but a multipart upload may have been begun
            // twice.
            Status::Ready => self.upload_until.filter(|_| self.multipart.is_some()),
            Status::Rejected if self.is_unreadable() => {
                self.upload_until.filter(|_| self.multipart.is_some())
            }
            Status::Rejected => self.upload_until.or(self.removed_at()),
            Status::Deleting => {
                return self
                    .upload_until
                    .into_iter()
                    .chain(self.others_until())
                    .max()
                    .or(Some(self.updated_at));
            }
        };
        content.into_iter().chain(self.others_until()).min()
    }

    /// When the versions other than the current one may be deleted.
    fn others_until(&self) -> impl Iterator<Item = Timestamp> {
        let replacement = self.replacement.iter().map(|replacement| replacement.until);
        replacement.chain(self.old_versions.iter().map(|old| old.until))
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests;
