use crate::sniff::Kind;

/// Why no renditions were made.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImageError {
    /// The bytes are no JPEG, PNG, WebP or GIF, whatever the file is called.
    #[error("not an image: {}", .0.map_or("unknown kind of file", Kind::content_type))]
    NotAnImage(Option<Kind>),
    /// A valid picture of a sort that is not read here, e.g. an arithmetic-coded or 12-bit JPEG.
    #[error("{format} image of an unsupported sort: {what}", format = .format.content_type())]
    Unsupported {
        /// The container.
        format: Kind,
        /// The feature that is missing.
        what: String,
    },
    /// Less than half of the picture can be decoded, because the file is damaged or ends too early.
    #[error("corrupt {format} image: {what}", format = .format.content_type())]
    Corrupt {
        /// The container.
        format: Kind,
        /// The first thing that was wrong.
        what: String,
    },
    /// The header announces more pixels than [`Limits::max_pixels`](crate::Limits); nothing was decoded.
    #[error("{width} x {height} pixels are more than the {limit} that are allowed")]
    TooManyPixels {
        /// As announced, in pixels.
        width: u32,
        /// As announced, in pixels.
        height: u32,
        /// The limit, in pixels.
        limit: u64,
    },
    /// A side is longer than the limit for any picture; nothing was decoded.
    #[error("{width} x {height} pixels: no side may be longer than {limit}")]
    TooLong {
        /// As announced, in pixels.
        width: u32,
        /// As announced, in pixels.
        height: u32,
        /// The limit, in pixels.
        limit: u32,
    },
    /// Decoding would take more memory than [`Limits::max_alloc`](crate::Limits); nothing was decoded.
    #[error("decoding would take {needed} bytes, more than the {limit} that are allowed")]
    TooMuchMemory {
        /// Bytes that decoding would take.
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
