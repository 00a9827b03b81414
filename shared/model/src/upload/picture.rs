//! The dimensions and the thumbnails of an image.

use serde::{Deserialize, Serialize};

use crate::{FileId, VersionId};

/// The dimensions in pixels, after the image has been rotated upright, and the thumbnails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub renditions: Vec<Rendition>,
}

/// A stored thumbnail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendition {
    /// The requested size: the thumbnail fits within `size` x `size` pixels.
    pub size: u32,
    pub extension: String,
}

impl Rendition {
    /// The key in the bucket of renditions, for this version of an image.
    #[must_use]
    pub fn key(&self, image: FileId, version: VersionId) -> String {
        format!("{image}/{version}/{}.{}", self.size, self.extension)
    }
}
