//! What an audit is to do, and where it is.

use satchel_model::{FileId, UserId};
use serde::{Deserialize, Serialize};

/// Seconds after which an object without record is no accident of the moment: what a late PUT brings is deleted within
/// minutes by the event that it causes, and what is due is swept within a quarter of an hour.
const OBJECT_AGE: u32 = 3600;
/// The same of an upload in parts: it may take a day, and its last URL lives an hour longer.
const PARTS_AGE: u32 = 25 * 3600;

/// What whoever invokes the function wants; `{}` audits everything and changes nothing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Order {
    /// Whether what is found is also put right.
    pub repair: bool,
    /// Where to begin: `next` of an answer before.
    pub from: Option<Place>,
    /// Whether to begin where the last audit stopped that was told so, and to note where this one does.
    pub resume: bool,
    /// How old an object without record is at least, or an upload in parts: 3600, and 90000 for parts.
    pub older_than_seconds: Option<u32>,
}

/// A place in an audit, whose steps follow in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "lowercase", deny_unknown_fields)]
pub enum Place {
    /// Behind a key of the bucket.
    Originals { after: Option<String> },
    /// Behind an upload in parts.
    Parts { after: Option<PartsPlace> },
    /// Behind a key of the bucket.
    Renditions { after: Option<String> },
    /// Behind an account, in the order of a scan.
    Accounts { after: Option<UserId> },
    /// After the copy of a shared file, in the order of a scan.
    Copies { after: Option<FileId> },
}

/// A place among the uploads in parts.
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
    /// Which step it is in.
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
