//! The JSON view of a share link.

use jiff::Timestamp;
use serde::Serialize;

use satchel_model::{Share, ShareId};

/// The view of a share link for its owner.
#[derive(Debug, Serialize)]
pub struct ShareView {
    id: ShareId,
    /// Present only when the link is created: later, only those who have the link know its token.
    url: Option<String>,
    expires_at: Timestamp,
    max_downloads: Option<u32>,
    downloads: u32,
    has_password: bool,
}

impl ShareView {
    /// The view of `share`; `url` is the URL of the link, if it is known.
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
