use crate::error::ImageError;

/// What one picture may cost. Both limits are checked on the header's figures, before anything is allocated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most pixels that a picture (or its canvas, or one of its frames) may announce.
    pub max_pixels: u64,
    /// Most bytes that decoding may allocate at a time, besides the file itself.
    pub max_alloc: u64,
}

impl Default for Limits {
    /// 64 megapixels, binary ones, because a camera that is sold as 64-megapixel makes 9248 x 6936 = 64.1
    /// million; and 768 MiB, which is enough for so many in any format (a WebP with alpha takes most, 10
    /// bytes a pixel; a baseline JPEG of that size some 10 MB).
    fn default() -> Self {
        Self { max_pixels: 64 << 20, max_alloc: 768 << 20 }
    }
}

impl Limits {
    pub(crate) fn check_pixels(&self, width: u32, height: u32) -> Result<(), ImageError> {
        if u64::from(width) * u64::from(height) > self.max_pixels {
            return Err(ImageError::TooManyPixels { width, height, limit: self.max_pixels });
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
