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
    /// `None` if the link never expires.
    pub expires_at: Option<Timestamp>,
    /// The hash of the link's password (a PHC string), if it has one.
    pub password_hash: Option<String>,
    pub max_downloads: Option<u32>,
    /// How often the link was opened.
    pub downloads: u32,
    /// The generation of the secret from which the link's token is derived; `None` for links with a random
    /// token, which were made before tokens were derived.
    #[serde(default)]
    pub generation: Option<u32>,
}

impl Share {
    /// Whether the link can still be opened.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        !self.is_expired(now) && self.max_downloads.is_none_or(|max| self.downloads < max)
    }

    /// Whether the link has expired.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }

    /// Whether the link opens only by the button of its page: programs that preview links must not use it up,
    /// and they cannot know a password.
    #[must_use]
    pub fn asks_first(&self) -> bool {
        self.password_hash.is_some() || self.max_downloads.is_some()
    }
}
