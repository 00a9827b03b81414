//! Errors.

use crate::sniff::Kind;

/// The error of [`render`](crate::render).
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImageError {
    /// The file is not a JPEG, PNG, WebP or GIF, according to its first bytes.
    #[error("not an image: {}", .0.map_or("unknown kind of file", Kind::content_type))]
    NotAnImage(Option<Kind>),
    /// The picture uses an unsupported feature of its format, such as arithmetic coding or 12 bits in a JPEG.
    #[error("{format} image with an unsupported feature: {what}", format = .format.content_type())]
    Unsupported {
        /// The format of the file.
        format: Kind,
        /// The unsupported feature.
        what: String,
    },
    /// Less than half of the picture can be decoded, because the file is damaged or ends too early.
    #[error("corrupt {format} image: {what}", format = .format.content_type())]
    Corrupt {
        /// The format of the file.
        format: Kind,
        /// The first error.
        what: String,
    },
    /// The header declares more pixels than [`Limits::max_pixels`](crate::Limits). Nothing was decoded.
    #[error("{width} x {height} pixels are more than the {limit} that are allowed")]
    TooManyPixels {
        /// The declared size, in pixels.
        width: u32,
        /// The declared size, in pixels.
        height: u32,
        /// The limit, in pixels.
        limit: u64,
    },
    /// A side is longer than the limit for all pictures. Nothing was decoded.
    #[error("{width} x {height} pixels: no side may be longer than {limit}")]
    TooLong {
        /// The declared size, in pixels.
        width: u32,
        /// The declared size, in pixels.
        height: u32,
        /// The limit, in pixels.
        limit: u32,
    },
    /// Decoding would need more memory than [`Limits::max_alloc`](crate::Limits). Nothing was decoded.
    #[error("decoding would need {needed} bytes, more than the {limit} that are allowed")]
    TooMuchMemory {
        /// The memory that decoding would need, in bytes.
        needed: u64,
        /// The limit, in bytes.
        limit: u64,
    },
}

impl ImageError {
    pub(crate) fn corrupt(format: Kind, what: impl ToString) -> Self {
        Self::Corrupt { format, what: what.to_string() }
    }

    pub(crate) fn unsupported(format: Kind, what: impl ToString) -> Self {
        Self::Unsupported { format, what: what.to_string() }
    }
}
