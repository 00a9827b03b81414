//! Decodes files to pixels. Pictures are reduced during decoding, as far as the requested size allows.

mod gif;
mod gif_blocks;
mod png;
mod png_profile;
mod reducer;
mod webp;

use crate::{error::ImageError, jpeg, limits::Limits, picture::Picture, sniff::Kind};

/// A decoded picture, before its EXIF orientation is applied.
pub(crate) struct Decoded {
    /// Width and height in the file, in pixels.
    pub original: (u32, u32),
    /// The pixels. The picture has at least the requested size, if the file has.
    pub picture: Picture,
    /// How many pixels of the file one pixel of `picture` stands for, in each direction. The last column and row may
    /// stand for fewer.
    pub reduction: f64,
    /// The EXIF data, a TIFF structure.
    pub exif: Option<Vec<u8>>,
    /// The ICC profile.
    pub profile: Option<Vec<u8>>,
}

/// The rule for damaged pictures in all formats: `None` if less than half of the picture was read.
pub(crate) fn require_half(read: u64, all: u64) -> Option<()> {
    (all > 0 && read.saturating_mul(2) >= all).then_some(())
}

/// Decodes the first frame so that its longer side has at least `wanted` pixels, or all pixels of a smaller file.
pub(crate) fn decode(kind: Kind, bytes: &[u8], wanted: u32, limits: &Limits) -> Result<Decoded, ImageError> {
    match kind {
        Kind::Jpeg => jpeg::decode(bytes, wanted, limits),
        Kind::Png => png::decode(bytes, wanted, limits),
        Kind::WebP => webp::decode(bytes, wanted, limits),
        Kind::Gif => gif::decode(bytes, wanted, limits),
        other => Err(ImageError::NotAnImage(Some(other))),
    }
}
