use crate::error::ImageError;

/// What one picture may cost. Both limits are checked on the header's figures, before anything is allocated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most pixels that a picture (or its canvas, or one of its frames) may announce.
    pub max_pixels: u64,
    /// Most bytes that decoding may allocate at a time, besides the file itself. A file under 1 MB may take at
    /// most half of the default.
    pub max_alloc: u64,
}

/// A file under this size is small and has a lower limit, because a client that can send one can send hundreds.
const SMALL: usize = 1_000_000;

/// Most bytes that decoding a small file may take: with it, none takes over 400 MiB or a second.
const MAX_ALLOC_OF_SMALL: u64 = 384 << 20;

/// An ICC profile that is larger is left out, in every format: those of printers have a few MiB at most, but
/// a file under 1 MB can hold one that inflates to hundreds of MiB.
pub(crate) const MAX_PROFILE: usize = 4 << 20;

/// Longest side that a picture may have, in pixels: libpng's limit, and so that of browsers. Each row takes time,
/// however few pixels it has.
const MAX_SIDE: u32 = 1_000_000;

impl Default for Limits {
    /// 64 megapixels, binary ones, because a camera that is sold as 64-megapixel makes 9248 x 6936 = 64.1
    /// million; and 768 MiB, which is enough for so many in any format (a WebP with alpha takes most, 11
    /// bytes a pixel; a baseline JPEG of that size some 10 MB).
    fn default() -> Self {
        Self { max_pixels: 64 << 20, max_alloc: 768 << 20 }
    }
}

impl Limits {
    /// The limits for a file.
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

    #[expect(clippy::unused_self, reason = "a limit like the others")]
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
