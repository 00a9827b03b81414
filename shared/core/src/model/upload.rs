//! Files and images: what was announced, what was stored, and what became of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{FileId, FileName, MediaType, Title, UserId, VersionId};

/// A file or an image, from its announcement to its tombstone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Upload {
    pub id: FileId,
    pub owner: UserId,
    pub kind: Kind,
    /// Which content is meant: part of the key in the store.
    pub version: VersionId,
    pub title: Title,
    pub filename: FileName,
    pub content_type: MediaType,
    /// Bytes; reserved from the owner's quota until the record is rejected or deleted.
    pub size: u64,
    /// Hex SHA-256, if known.
    pub sha256: Option<String>,
    pub visibility: Visibility,
    pub uploaded_by: String,
    pub status: Status,
    /// Why it was rejected.
    pub reason: Option<Reason>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// When a pending record is given up.
    pub pending_until: Timestamp,
    /// When every URL signed for uploading has expired: a deleted record may go after it.
    pub upload_until: Timestamp,
    /// `sequencer` of the store's event that settled it.
    pub sequencer: Option<String>,
    /// For images, once looked at.
    pub picture: Option<Picture>,
    /// Raised by every change: whoever read an older one reads again before changing it.
    #[serde(default)]
    pub revision: u64,
}

/// What an upload is: an image's id on a file route is not found, and the reverse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    File,
    Image,
}

/// Where an upload is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Announced; its bytes are not there or not looked at yet.
    Pending,
    Ready,
    /// Looked at and refused; its bytes are gone.
    Rejected,
    /// Deleted for its owner; the record waits for its upload URLs to expire.
    Deleting,
}

impl Status {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Ready => "ready",
            Self::Rejected => "rejected",
            Self::Deleting => "deleting",
        }
    }

    /// A status that callers may filter by.
    ///
    /// # Errors
    /// If it is none.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        match text {
            "pending" => Ok(Self::Pending),
            "ready" => Ok(Self::Ready),
            "rejected" => Ok(Self::Rejected),
            _ => Err(vec![format!("\"{text}\" is not a valid choice.")]),
        }
    }
}

/// Why an upload was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The content is of another type than was declared.
    ContentTypeMismatch,
    /// The stored object has another size than was declared.
    SizeMismatch,
    /// The content cannot be decoded.
    InvalidImage,
    /// The picture has more pixels than are taken.
    ImageTooLarge,
}

/// Who may see a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    #[default]
    Private,
    /// Every signed-in user.
    Members,
}

impl std::str::FromStr for Visibility {
    type Err = Vec<String>;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "private" => Ok(Self::Private),
            "members" => Ok(Self::Members),
            _ => Err(vec![format!("\"{text}\" is not a valid choice.")]),
        }
    }
}

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

impl Upload {
    /// Key of the bytes in the bucket of originals.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}/{}/{}", self.owner, self.id, self.version)
    }

    /// Key of a thumbnail in the bucket of renditions.
    #[must_use]
    pub fn rendition_key(&self, rendition: &Rendition) -> String {
        rendition.key(self.id, self.version)
    }

    /// The thumbnail of a size, if it has been made.
    #[must_use]
    pub fn rendition(&self, size: u32) -> Option<&Rendition> {
        self.picture.as_ref()?.renditions.iter().find(|rendition| rendition.size == size)
    }

    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.status == Status::Ready
    }

    /// Whether every signed-in user may see it.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.kind == Kind::File && self.is_ready() && self.visibility == Visibility::Members
    }
}
