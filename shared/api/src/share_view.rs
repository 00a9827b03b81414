//! The JSON view of a share link, and what its page shows to a stranger.

use jiff::Timestamp;
use serde::Serialize;

use satchel_model::{FileName, MediaType, Share, ShareId};

/// The view of a share link for its owner.
#[derive(Debug, Serialize)]
pub struct ShareView {
    id: ShareId,
    /// Null for a link with a random token, which only those who have the link know.
    url: Option<String>,
    /// Null if the link never expires.
    expires_at: Option<Timestamp>,
    max_downloads: Option<u32>,
    downloads: u32,
    has_password: bool,
    created_at: Timestamp,
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
            created_at: share.created_at,
        }
    }
}

/// What the page of a share link shows of its file.
#[derive(Debug, Clone)]
pub struct SharedFile {
    pub filename: FileName,
    pub content_type: MediaType,
    /// In bytes.
    pub size: u64,
    /// Who shares the file.
    pub sharer: String,
    /// A signed URL of a thumbnail.
    pub thumbnail: Option<String>,
    /// How often the link can still be opened, if that is limited.
    pub openings_left: Option<u32>,
}
