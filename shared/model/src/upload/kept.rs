//! Contents that were deleted, replaced or rejected, and whose bytes S3 keeps for some days.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Upload;
use crate::VersionId;

/// A stored content that is counted among the kept bytes of its owner when it is deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Size of the stored object in bytes.
    pub bytes: u64,
    /// S3's id of the object; `None` if it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
}

/// An object that a record has counted, by S3's id; `None` if the id is not known.
struct Counted<'a>(Option<&'a str>);

impl Upload {
    /// The current content, if the record is certain that S3 stores it.
    ///
    /// A pending record cannot know this: its bytes may be on their way.
    #[must_use]
    pub fn stored(&self) -> Option<Kept> {
        let is_stored = self.is_ready() || self.is_unreadable();
        is_stored.then(|| Kept { bytes: self.size, object: self.object.clone() })
    }

    /// The bytes that stopped being current with the change from `before` to this record, and when they are
    /// deleted; `None` if the change deletes nothing that is stored.
    #[must_use]
    pub fn newly_kept(&self, before: &Self) -> Option<(u64, Timestamp)> {
        let (kept, at) = if self.version == before.version {
            (self.kept.clone().filter(|_| before.kept.is_none()), self.updated_at)
        } else {
            let old = self.old_versions.iter().find(|old| old.version == before.version);
            (before.stored(), old.map_or(self.updated_at, |old| old.until))
        };
        kept.map(|kept| (kept.bytes, at)).filter(|(bytes, _)| *bytes > 0)
    }

    /// Whether the record has counted the content of `version` as kept.
    #[must_use]
    pub fn has_counted(&self, version: VersionId) -> bool {
        self.counted_object(version).is_some()
    }

    /// Whether the record has counted the object with S3's id `object` as kept.
    ///
    /// A signed URL may store another object with the key of a content that was deleted. If one of the ids is
    /// not known, the object counts as the same one.
    #[must_use]
    pub fn has_counted_object(&self, version: VersionId, object: Option<&str>) -> bool {
        let counted = self.counted_object(version);
        counted.is_some_and(|Counted(known)| known.is_none() || object.is_none() || known == object)
    }

    /// The object of `version` that the record has counted.
    fn counted_object(&self, version: VersionId) -> Option<Counted<'_>> {
        if version == self.version {
            return self.kept.as_ref().map(|kept| Counted(kept.object.as_deref()));
        }
        let old = self.old_versions.iter().find(|old| old.readable && old.version == version);
        old.map(|old| Counted(old.object.as_deref()))
    }
}
