//! Resizes pictures.

use fast_image_resize::{
    PixelType, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};

use crate::{
    decode::Decoded,
    picture::{Picture, Samples},
};

/// Width and height of a picture that fits into a square of `size` pixels. It keeps its aspect ratio, is not enlarged,
/// and each side has at least one pixel.
///
/// The shorter side is rounded half up, as in sharp and Pillow.
pub(crate) fn fit((width, height): (u32, u32), size: u32) -> (u32, u32) {
    let longer = width.max(height);
    if longer <= size {
        return (width, height);
    }
    let scaled = |length: u32| {
        let (length, size, longer) = (u64::from(length), u64::from(size), u64::from(longer));
        u32::try_from((2 * length * size + longer) / (2 * longer)).unwrap_or(u32::MAX).max(1)
    };
    (scaled(width), scaled(height))
}

/// Resizes the decoded picture with a Lanczos filter of three lobes, as sharp and Pillow do. Transparent pixels have no
/// weight, so their colours do not bleed into edges.
pub(crate) fn resize(decoded: &Decoded, width: u32, height: u32) -> Picture {
    let picture = &decoded.picture;
    let mut resized = Image::new(width, height, PixelType::U8x4);
    // The last decoded column and row may cover less than a full pixel.
    let exact = |length: u32, most: u32| (f64::from(length) / decoded.reduction).min(f64::from(most));
    let options = ResizeOptions::new()
        .crop(0.0, 0.0, exact(decoded.original.0, picture.width), exact(decoded.original.1, picture.height))
        .use_alpha(picture.samples == Samples::Alpha);
    ImageRef::new(picture.width, picture.height, &picture.pixels, PixelType::U8x4)
        .map_err(|error| error.to_string())
        .and_then(|source| {
            Resizer::new().resize(&source, &mut resized, &options).map_err(|error| error.to_string())
        })
        .expect("the buffer has four bytes per pixel, and the crop is inside it");
    Picture { width, height, pixels: resized.into_vec(), samples: picture.samples }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_fits_and_keeps_its_aspect_ratio() {
        assert_eq!(fit((4000, 3000), 400), (400, 300));
        assert_eq!(fit((3000, 4000), 200), (150, 200));
        assert_eq!(fit((1000, 1000), 16), (16, 16));
    }

    #[test]
    fn a_picture_is_never_enlarged() {
        assert_eq!(fit((30, 20), 200), (30, 20));
        assert_eq!(fit((200, 1), 200), (200, 1));
    }

    #[test]
    fn the_shorter_side_is_rounded_and_at_least_one_pixel() {
        assert_eq!(fit((400, 301), 200), (200, 151));
        assert_eq!(fit((400, 299), 200), (200, 150));
        assert_eq!(fit((600, 299), 200), (200, 100));
        assert_eq!(fit((50_000, 2), 200), (200, 1));
    }
}
