//! Limits on the size and memory of a picture.

use crate::error::ImageError;

/// The limits for one picture. They are checked against the header before memory is allocated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The maximum number of pixels of a picture, its canvas and each of its frames.
    pub max_pixels: u64,
    /// The maximum memory for decoding, in bytes, not counting the file itself. For a file under 1 MB, it is at most
    /// half of the default.
    pub max_alloc: u64,
}

/// Files under this size, in bytes, have a lower limit, because a client can send many of them.
const SMALL: usize = 1_000_000;

/// The maximum memory for decoding a small file, in bytes. With this limit, no small file needs more than 400 MiB or a
/// second.
const MAX_ALLOC_OF_SMALL: u64 = 384 << 20;

/// The maximum size of an ICC profile, in bytes. Larger ones are ignored in all formats. Profiles of printers have at
/// most a few MiB, but a file under 1 MB can contain a profile that inflates to hundreds of MiB.
pub(crate) const MAX_PROFILE: usize = 4 << 20;

/// The maximum length of a side, in pixels. It is the limit of libpng, and thus of browsers. Even rows with few pixels
/// cost time.
const MAX_SIDE: u32 = 1_000_000;

impl Default for Limits {
    /// 64 x 2^20 pixels and 768 MiB.
    ///
    /// Pictures of a 64-megapixel camera have up to 9248 x 6936 = 64.1 million pixels. 768 MiB is enough for them in
    /// all formats. A WebP with alpha needs most, 11 bytes per pixel. A baseline JPEG of that size needs only about 10
    /// MB.
    fn default() -> Self {
        Self { max_pixels: 64 << 20, max_alloc: 768 << 20 }
    }
}

impl Limits {
    /// The limits for the file `file`, which are lower for a small one.
    pub(crate) fn of(&self, file: &[u8]) -> Self {
        let max_alloc = if file.len() < SMALL { MAX_ALLOC_OF_SMALL } else { u64::MAX };
        Self { max_alloc: self.max_alloc.min(max_alloc), ..*self }
    }

    pub(crate) fn check_pixels(&self, width: u32, height: u32) -> Result<(), ImageError> {
        if u64::from(width) * u64::from(height) > self.max_pixels {
            return Err(ImageError::TooManyPixels { width, height, limit: self.max_pixels });
        }
        Ok(())
    }

    #[expect(clippy::unused_self, reason = "called like the other limits")]
    pub(crate) fn check_side(&self, width: u32, height: u32) -> Result<(), ImageError> {
        if width.max(height) > MAX_SIDE {
            return Err(ImageError::TooLong { width, height, limit: MAX_SIDE });
        }
        Ok(())
    }

    pub(crate) fn check_alloc(&self, needed: u64) -> Result<(), ImageError> {
        if needed > self.max_alloc {
            return Err(ImageError::TooMuchMemory { needed, limit: self.max_alloc });
        }
        Ok(())
    }
}
