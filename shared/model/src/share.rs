//! Share links: each opens one file to anyone who has its URL, until it expires.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{FileId, Kind, ShareId, UserId};

/// A share link. Only the hash of its token is stored, as the record's key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Share {
    pub id: ShareId,
    pub owner: UserId,
    pub kind: Kind,
    pub file_id: FileId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// The hash of the link's password (a PHC string), if it has one.
    pub password_hash: Option<String>,
    pub max_downloads: Option<u32>,
    /// How often the link was opened by its form.
    pub downloads: u32,
}

impl Share {
    /// Whether the link can still be opened.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.expires_at > now && self.max_downloads.is_none_or(|max| self.downloads < max)
    }

    /// Whether the link opens only by a form: programs that preview links must not use it up, and they cannot
    /// know a password.
    #[must_use]
    pub fn asks_first(&self) -> bool {
        self.password_hash.is_some() || self.max_downloads.is_some()
    }
}
