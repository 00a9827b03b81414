//! Share links: each opens one file to anyone who has its URL, until it expires.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{FileId, Kind, ShareId, UserId};

/// The expiry, in seconds since 1970, that is stored for a link without one: the year 9999. Releases before such
/// links can read it.
pub const NEVER: i64 = 253_370_764_800;

/// A share link. Only the hash of its token is stored, as the record's key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Share {
    pub id: ShareId,
    pub owner: UserId,
    pub kind: Kind,
    pub file_id: FileId,
    pub created_at: Timestamp,
    /// `None` if the link never expires.
    #[serde(with = "never")]
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

    /// The stored expiry in seconds since 1970.
    #[must_use]
    pub fn stored_expiry(&self) -> i64 {
        self.expires_at.map_or(NEVER, Timestamp::as_second)
    }

    /// Whether the link opens only by the button of its page: programs that preview links must not use it up,
    /// and they cannot know a password.
    #[must_use]
    pub fn asks_first(&self) -> bool {
        self.password_hash.is_some() || self.max_downloads.is_some()
    }
}

/// The stored form of an expiry.
mod never {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::NEVER;

    #[expect(clippy::ref_option, reason = "the signature that serde calls")]
    pub fn serialize<S: Serializer>(time: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
        let never = Timestamp::from_second(NEVER).expect("the year 9999 is a time");
        time.unwrap_or(never).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
        let time = Timestamp::deserialize(deserializer)?;
        Ok(Some(time).filter(|time| time.as_second() < NEVER))
    }
}
