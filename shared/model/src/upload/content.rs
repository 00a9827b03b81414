//! The versions of a file's content: past, current and announced.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{FileName, MediaType, Title, VersionId, Visibility};

/// The most parts that S3 accepts for one object
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>).
pub const MAX_PARTS: u64 = 10_000;
const MEBIBYTE: u64 = 1024 * 1024;
/// Smaller parts would mean too many requests; S3's own minimum is 5 MiB.
const LEAST_PART: u64 = 16 * MEBIBYTE;

/// The parts of a file that is too large for one PUT.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Multipart {
    /// Size of each part except the last, in bytes.
    pub part_size: u64,
    /// S3's id of the upload, once the client has requested a part.
    pub upload_id: Option<String>,
}

impl Multipart {
    /// Chooses a part size with which [`MAX_PARTS`] parts can contain the largest file of a tier, in whole
    /// mebibytes.
    #[must_use]
    pub fn for_files_of(max_file_bytes: u64) -> Self {
        let part_size = max_file_bytes.div_ceil(MAX_PARTS).next_multiple_of(MEBIBYTE).max(LEAST_PART);
        Self { part_size, upload_id: None }
    }

    /// The number of parts of a file of `size` bytes.
    #[must_use]
    pub fn part_count(&self, size: u64) -> u64 {
        size.div_ceil(self.part_size)
    }

    /// The length of part `number`, counted from 1, of a file of `size` bytes; `None` if it has no such part.
    #[must_use]
    pub fn part_length(&self, number: u64, size: u64) -> Option<u64> {
        let before = number.checked_sub(1)?.checked_mul(self.part_size)?;
        size.checked_sub(before).filter(|rest| *rest > 0).map(|rest| rest.min(self.part_size))
    }
}

/// An announced version that will replace the current one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replacement {
    pub version: VersionId,
    /// Size in bytes, reserved from the owner's quota in addition to the current version's.
    pub size: u64,
    /// When the announced version expires.
    pub until: Timestamp,
}

/// A version that is no longer current, or never was, as long as it has signed URLs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OldVersion {
    pub version: VersionId,
    /// When all URLs that read or write the version have expired.
    pub until: Timestamp,
    /// Whether the version was uploaded, or was to be uploaded, in parts.
    #[serde(default)]
    pub in_parts: bool,
    /// Whether the version was ever current; then its readers may finish reading. The bytes of others are
    /// deleted when they arrive.
    pub readable: bool,
    /// S3's id of the stored object of a readable version; `None` if it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
}

/// A new version, as its form described it.
#[derive(Debug, Clone)]
pub struct NewContent {
    pub version: VersionId,
    pub size: u64,
    pub sha256: Option<String>,
    pub content_type: MediaType,
    pub filename: FileName,
    pub title: Title,
    /// `None` leaves the visibility unchanged.
    pub visibility: Option<Visibility>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1024 * MEBIBYTE;

    #[test]
    fn ten_thousand_parts_can_contain_the_largest_file_of_a_tier() {
        for max in [GIB, 50 * GIB, 5 * 1024 * GIB] {
            let parts = Multipart::for_files_of(max);
            assert!(parts.part_count(max) <= MAX_PARTS, "{max}");
            // S3 accepts parts of 5 MiB to 5 GiB.
            assert!((5 * MEBIBYTE..=5 * GIB).contains(&parts.part_size), "{max}");
        }
        assert_eq!(Multipart::for_files_of(GIB).part_size, 16 * MEBIBYTE);
        assert_eq!(Multipart::for_files_of(1024 * GIB).part_size, 105 * MEBIBYTE);
    }

    #[test]
    fn the_lengths_of_all_parts_add_up_to_the_file() {
        let parts = Multipart { part_size: 10, upload_id: None };
        for (size, lengths) in [(30, vec![10, 10, 10]), (31, vec![10, 10, 10, 1]), (1, vec![1])] {
            let found: Vec<_> = (1..).map_while(|number| parts.part_length(number, size)).collect();
            assert_eq!(found, lengths);
            assert_eq!(parts.part_count(size), lengths.len() as u64);
            assert_eq!(parts.part_length(0, size), None);
        }
    }
}
