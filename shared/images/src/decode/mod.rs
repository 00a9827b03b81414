//! From a file's bytes to pixels, reduced on the way as far as the wanted size allows.

mod gif;
mod gif_blocks;
mod png;
mod png_profile;
mod reducer;
mod webp;

use crate::{error::ImageError, jpeg, limits::Limits, picture::Picture, sniff::Kind};

/// A decoded picture, not yet turned upright.
pub(crate) struct Decoded {
    /// Width and height in the file.
    pub original: (u32, u32),
    /// Holds at least the wanted size, if the file does.
    pub picture: Picture,
    /// How many pixels of the file's width one of the picture's stands for. The last column and row may stand
    /// for fewer.
    pub reduction: f64,
    /// A TIFF structure.
    pub exif: Option<Vec<u8>>,
    /// An ICC profile.
    pub profile: Option<Vec<u8>>,
}

/// The rule for damaged pictures in every format: at most half of the picture may be missing.
pub(crate) fn half(read: u64, all: u64) -> Option<()> {
    (all > 0 && read.saturating_mul(2) >= all).then_some(())
}

/// Decodes the first frame so that its longer side has at least `wanted` pixels, if the file has so many.
pub(crate) fn decode(kind: Kind, bytes: &[u8], wanted: u32, limits: &Limits) -> Result<Decoded, ImageError> {
    match kind {
        Kind::Jpeg => jpeg::decode(bytes, wanted, limits),
        Kind::Png => png::decode(bytes, wanted, limits),
        Kind::WebP => webp::decode(bytes, wanted, limits),
        Kind::Gif => gif::decode(bytes, wanted, limits),
        other => Err(ImageError::NotAnImage(Some(other))),
    }
}
