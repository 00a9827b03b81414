//! The kind, the status and the visibility of an upload.

use serde::{Deserialize, Serialize};

use crate::MediaType;

/// Whether an upload is a file or an image. The routes of files do not find images, and the reverse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    File,
    Image,
}

/// The state of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Announced; its bytes have not arrived or have not been inspected.
    Pending,
    Ready,
    /// Inspected and refused, or expired; its bytes are deleted, except those of an unreadable upload.
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

    /// Parses a status that callers may filter by.
    ///
    /// # Errors
    /// The message, if the text is not such a status.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        match text {
            "pending" => Ok(Self::Pending),
            "ready" => Ok(Self::Ready),
            "rejected" => Ok(Self::Rejected),
            _ => Err(vec![format!("\"{text}\" is not a valid choice.")]),
        }
    }
}

/// Why an upload was rejected. As a text it is one word; [`Reason::UnsupportedType`] appends the type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Reason {
    /// The content does not have the declared type.
    ContentTypeMismatch,
    /// The content has this type, which is not accepted for images: `unsupported_type: image/tiff`.
    UnsupportedType(MediaType),
    /// The stored object does not have the declared size.
    SizeMismatch,
    /// The content cannot be decoded.
    InvalidImage,
    /// The picture has too many pixels.
    ImageTooLarge,
    /// The content did not arrive in time.
    Expired,
    /// S3 refuses to read the content but still stores it; an operator's scanner may have locked it.
    Unreadable,
}

const UNSUPPORTED_TYPE: &str = "unsupported_type: ";

impl From<Reason> for String {
    fn from(reason: Reason) -> Self {
        let word = match reason {
            Reason::ContentTypeMismatch => "content_type_mismatch",
            Reason::UnsupportedType(found) => return format!("{UNSUPPORTED_TYPE}{}", found.as_str()),
            Reason::SizeMismatch => "size_mismatch",
            Reason::InvalidImage => "invalid_image",
            Reason::ImageTooLarge => "image_too_large",
            Reason::Expired => "expired",
            Reason::Unreadable => "unreadable",
        };
        word.to_owned()
    }
}

impl TryFrom<String> for Reason {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let found = text.strip_prefix(UNSUPPORTED_TYPE).and_then(|found| MediaType::parse(found).ok());
        Ok(match (text.as_str(), found) {
            (_, Some(found)) => Self::UnsupportedType(found),
            ("content_type_mismatch", _) => Self::ContentTypeMismatch,
            ("size_mismatch", _) => Self::SizeMismatch,
            ("invalid_image", _) => Self::InvalidImage,
            ("image_too_large", _) => Self::ImageTooLarge,
            ("expired", _) => Self::Expired,
            ("unreadable", _) => Self::Unreadable,
            _ => return Err(format!("unknown reason {text:?}")),
        })
    }
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

impl Visibility {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Members => "members",
        }
    }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_reason_is_serialized_as_text_and_parsed_again() {
        for (reason, text) in [
            (Reason::ContentTypeMismatch, "content_type_mismatch"),
            (Reason::UnsupportedType(MediaType::known("image/tiff")), "unsupported_type: image/tiff"),
            (Reason::SizeMismatch, "size_mismatch"),
            (Reason::InvalidImage, "invalid_image"),
            (Reason::ImageTooLarge, "image_too_large"),
            (Reason::Expired, "expired"),
            (Reason::Unreadable, "unreadable"),
        ] {
            assert_eq!(json!(reason), json!(text));
            assert_eq!(serde_json::from_value::<Reason>(json!(text)).unwrap(), reason);
        }
        assert!(serde_json::from_value::<Reason>(json!("unsupported_type: ")).is_err());
    }
}
