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

/// A share link as its owner reads it.
#[derive(Debug, Serialize)]
pub struct ShareView {
    id: ShareId,
    /// Only when it is made: afterwards nobody knows the token any more but who has it.
    url: Option<String>,
    expires_at: Timestamp,
    max_downloads: Option<u32>,
    downloads: u32,
    has_password: bool,
}

impl ShareView {
    /// `url` is where it opens, if that is known.
    #[must_use]
    pub fn of(share: &Share, url: Option<String>) -> Self {
        Self {
            id: share.id,
            url,
            expires_at: share.expires_at,
            max_downloads: share.max_downloads,
            downloads: share.downloads,
            has_password: share.password_hash.is_some(),
        }
    }
}
