//! A share link as its owner reads it.

use jiff::Timestamp;
use serde::Serialize;

use satchel_model::{Share, ShareId};

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
