//! The contents that a file has had, has, and may get.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{FileName, MediaType, Title, VersionId, Visibility};

/// The most parts that S3 takes of one object.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>
pub const MAX_PARTS: u64 = 10_000;
const MEBIBYTE: u64 = 1024 * 1024;
/// Smaller parts would be more requests than a client likes to make; S3 itself takes 5 MiB.
const LEAST_PART: u64 = 16 * MEBIBYTE;

/// How a file comes that is too large for one PUT.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Multipart {
    /// Bytes of each part but the last.
    pub part_size: u64,
    /// The store's name for the upload, once a part was asked for.
    pub upload_id: Option<String>,
}

impl Multipart {
    /// Parts of which [`MAX_PARTS`] hold the largest file of a tier: whole mebibytes, so that an account that moves up
    /// half-way need not begin again.
    #[must_use]
    pub fn for_files_of(max_file_bytes: u64) -> Self {
        let part_size = max_file_bytes.div_ceil(MAX_PARTS).next_multiple_of(MEBIBYTE).max(LEAST_PART);
        Self { part_size, upload_id: None }
    }

    /// How many parts a file of `size` bytes has.
    #[must_use]
    pub fn part_count(&self, size: u64) -> u64 {
        size.div_ceil(self.part_size)
    }

    /// Bytes of part `number`, from 1, of a file of `size` bytes; `None` if it has no such part.
    #[must_use]
    pub fn part_length(&self, number: u64, size: u64) -> Option<u64> {
        let before = number.checked_sub(1)?.checked_mul(self.part_size)?;
        size.checked_sub(before).filter(|rest| *rest > 0).map(|rest| rest.min(self.part_size))
    }
}

/// A content that is on its way to take the place of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replacement {
    pub version: VersionId,
    /// Bytes; reserved from the owner's quota beside those of the content that is shown.
    pub size: u64,
    /// When it is given up.
    pub until: Timestamp,
}

/// A content that counts no more, as long as there are signed URLs of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OldVersion {
    pub version: VersionId,
    /// When no URL reads or writes it any more.
    pub until: Timestamp,
    /// Whether it came, or was to come, in parts.
    #[serde(default)]
    pub in_parts: bool,
    /// Whether it ever counted: then its readers may read it to the end. The bytes of any other go when they come.
    pub readable: bool,
}

/// A whole new content, as its form described it.
#[derive(Debug, Clone)]
pub struct NewContent {
    pub version: VersionId,
    pub size: u64,
    pub sha256: Option<String>,
    pub content_type: MediaType,
    pub filename: FileName,
    pub title: Title,
    /// `None` leaves it as it was.
    pub visibility: Option<Visibility>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1024 * MEBIBYTE;

    #[test]
    fn ten_thousand_parts_hold_the_largest_file_of_a_tier() {
        for max in [GIB, 50 * GIB, 5 * 1024 * GIB] {
            let parts = Multipart::for_files_of(max);
            assert!(parts.part_count(max) <= MAX_PARTS, "{max}");
            // S3 takes parts of 5 MiB to 5 GiB.
            assert!((5 * MEBIBYTE..=5 * GIB).contains(&parts.part_size), "{max}");
        }
        assert_eq!(Multipart::for_files_of(GIB).part_size, 16 * MEBIBYTE);
        assert_eq!(Multipart::for_files_of(1024 * GIB).part_size, 105 * MEBIBYTE);
    }

    #[test]
    fn all_parts_are_as_long_as_the_file() {
        let parts = Multipart { part_size: 10, upload_id: None };
        for (size, lengths) in [(30, vec![10, 10, 10]), (31, vec![10, 10, 10, 1]), (1, vec![1])] {
            let found: Vec<_> = (1..).map_while(|number| parts.part_length(number, size)).collect();
            assert_eq!(found, lengths);
            assert_eq!(parts.part_count(size), lengths.len() as u64);
            assert_eq!(parts.part_length(0, size), None);
        }
    }
}
