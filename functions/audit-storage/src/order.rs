//! The order for an audit, and its current place.

use satchel_model::{FileId, UserId};
use serde::{Deserialize, Serialize};

/// The age in seconds above which an object without a record counts as an orphan. Events delete the bytes of a
/// late PUT within minutes, and the sweep runs every quarter of an hour.
const OBJECT_AGE: u32 = 3600;
/// The same age for a multipart upload, which may take a day; its last URL is valid for another hour.
const PARTS_AGE: u32 = 25 * 3600;

/// What to audit. `{}` audits everything and changes nothing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Order {
    /// Whether to repair what is found.
    pub repair: bool,
    /// Where to begin: `next` from an earlier report.
    pub from: Option<Place>,
    /// Whether to continue where the last audit with `resume` stopped, and to store where this one stops.
    pub resume: bool,
    /// The minimum age of an orphan in seconds. The default is 3600 for objects and 90000 for multipart
    /// uploads.
    pub older_than_seconds: Option<u32>,
}

/// A place in an audit. The steps run in the order of the variants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "lowercase", deny_unknown_fields)]
pub enum Place {
    /// After a key of the bucket.
    Originals { after: Option<String> },
    /// After a multipart upload.
    Parts { after: Option<PartsPlace> },
    /// After a key of the bucket.
    Renditions { after: Option<String> },
    /// After an account, in the order of a scan.
    Accounts { after: Option<UserId> },
    /// After the copy of a shared file, in the order of a scan.
    Copies { after: Option<FileId> },
}

/// A place in the list of multipart uploads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartsPlace {
    pub key: String,
    pub upload_id: String,
}

impl Order {
    /// Seconds.
    pub(crate) fn object_age(&self) -> i64 {
        self.older_than_seconds.unwrap_or(OBJECT_AGE).into()
    }

    /// Seconds.
    pub(crate) fn parts_age(&self) -> i64 {
        self.older_than_seconds.unwrap_or(PARTS_AGE).into()
    }
}

impl Place {
    /// The name of the step.
    pub(crate) fn step(&self) -> &'static str {
        match self {
            Self::Originals { .. } => "originals",
            Self::Parts { .. } => "parts",
            Self::Renditions { .. } => "renditions",
            Self::Accounts { .. } => "accounts",
            Self::Copies { .. } => "copies",
        }
    }

    pub(crate) fn to_text(&self) -> String {
        serde_json::json!(self).to_string()
    }

    pub(crate) fn of_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

impl Default for Place {
    /// Where an audit begins.
    fn default() -> Self {
        Self::Originals { after: None }
    }
}
