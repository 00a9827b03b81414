//! What is known of an image, and its thumbnails.

use serde::{Deserialize, Serialize};

use crate::{FileId, VersionId};

/// What an image was found to be; sizes upright, in pixels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub renditions: Vec<Rendition>,
}

/// One thumbnail in the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendition {
    /// What was asked for; the picture fits within `size` x `size`.
    pub size: u32,
    pub extension: String,
}

impl Rendition {
    /// Key in the bucket of renditions, for this version of an image.
    #[must_use]
    pub fn key(&self, image: FileId, version: VersionId) -> String {
        format!("{image}/{version}/{}.{}", self.size, self.extension)
    }
}
