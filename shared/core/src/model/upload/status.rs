//! What an upload is, where it is in its life, and who may see it.

use serde::{Deserialize, Serialize};

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
    /// Looked at and refused; its bytes are gone, except those of an unreadable one.
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
    /// No content came in the time that it had.
    Expired,
    /// The store refuses to show the content, which it still holds: an operator's scanner may have locked it.
    Unreadable,
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
