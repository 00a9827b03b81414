//! The journal: what has to be done again on a table that was restored to an earlier time.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::clock::later;
use crate::{FileId, Kind, ResourceId, ShareId, UserId};

/// Something that must not be undone by a restore. It contains ids only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Entry {
    /// The owner deleted the account.
    Erased { user: UserId },
    /// A file or an image was deleted.
    Deleted { owner: UserId, kind: Kind, id: FileId },
    /// A share link was revoked.
    Revoked { owner: UserId, file: FileId, link: ShareId },
    /// A resource was deleted.
    ResourceDeleted { owner: UserId, id: ResourceId },
    /// Staff closed or reopened the account, or an operator made it staff or revoked this.
    Standing { user: UserId, is_active: bool, is_staff: bool },
}

/// The entries of one batch of the table's stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entries {
    pub entries: Vec<Entry>,
}

/// The time to which a table was restored.
pub type RestorePoint = Timestamp;

/// How much earlier than a restore point the journal is read, in seconds. What is done already is recognised.
const MARGIN: i64 = 900;

/// What the keys of all journal objects begin with.
pub const PREFIX: &str = "journal/";

/// The key of a journal object whose last record was written at `at`, with this sequence number in the stream.
///
/// Keys sort by time. They name the last record, so that no object before the key of a time has a record after it. The
/// same batch always has the same key.
#[must_use]
pub fn key(at: Timestamp, sequence_number: &str) -> String {
    // DynamoDB's sequence numbers have at most 40 digits.
    format!("{}-{sequence_number:0>40}.json", place(at))
}

/// The place at which to begin to read the journal after a restore.
#[must_use]
pub fn place_before(point: RestorePoint) -> String {
    place(later(point, -MARGIN))
}

/// The place of a time among the keys: every object with a record at or after `at` follows it.
fn place(at: Timestamp) -> String {
    format!("{PREFIX}{}", at.strftime("%Y-%m-%d/%H:%M:%SZ"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_by_time_and_then_by_sequence_number() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let keys = [
            key(at("2026-11-30T23:59:59Z"), "99900000000000000000001"),
            key(at("2026-12-01T00:00:00Z"), "900000000000000000001"),
            key(at("2026-12-01T00:00:00Z"), "100000000000000000000001"),
            key(at("2026-12-01T00:00:01Z"), "1"),
        ];
        assert!(keys.is_sorted(), "{keys:?}");
        assert_eq!(keys[3], format!("journal/2026-12-01/00:00:01Z-{}1.json", "0".repeat(39)));
        let since = place(at("2026-12-01T00:00:00.900Z"));
        assert!(keys[0] < since && since < keys[1], "a record has whole seconds");
    }

    #[test]
    fn entries_are_json_with_ids_only() {
        let user: UserId = "019ce36f-2530-7000-8000-000000000001".parse().unwrap();
        let entry = Entry::Standing { user, is_active: false, is_staff: true };
        let text = serde_json::to_string(&Entries { entries: vec![entry] }).unwrap();
        let expected = r#"{"entries":[{"what":"standing","user":"019ce36f-2530-7000-8000-000000000001","is_active":false,"is_staff":true}]}"#;
        assert_eq!(text, expected);
        assert_eq!(serde_json::from_str::<Entries>(&text).unwrap().entries, [entry]);
    }
}
