//! Share links: what opens one file to whoever has its address, for a while.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{FileId, Kind, ShareId, UserId};

/// A share link; of its token only the hash is kept, as the record's key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Share {
    pub id: ShareId,
    pub owner: UserId,
    pub kind: Kind,
    pub file_id: FileId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// PHC string, if it asks for a password.
    pub password_hash: Option<String>,
    pub max_downloads: Option<u32>,
    /// How often it was opened by its form.
    pub downloads: u32,
}

impl Share {
    /// Whether it still opens its file.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.expires_at > now && self.max_downloads.is_none_or(|max| self.downloads < max)
    }

    /// Whether it opens by a form only: programs that look at links must not use it up, nor can they know a password.
    #[must_use]
    pub fn asks_first(&self) -> bool {
        self.password_hash.is_some() || self.max_downloads.is_some()
    }
}
