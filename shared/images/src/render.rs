//! Makes renditions.

use std::panic::catch_unwind;

use image::metadata::Orientation;

use crate::{
    colour::to_srgb,
    decode::{self, Decoded},
    encode::{encode, upright},
    error::ImageError,
    limits::Limits,
    picture::Picture,
    resize::{fit, resize},
    sniff::{Kind, sniff},
};

/// The properties of an image, and its renditions.
#[derive(Debug)]
pub struct Rendered {
    /// The format according to the bytes of the file.
    pub format: Kind,
    /// The width of the upright original, in pixels.
    pub width: u32,
    /// The height of the upright original, in pixels.
    pub height: u32,
    /// One rendition for each requested size, largest first.
    pub renditions: Vec<Rendition>,
}

/// A smaller version of an image: upright, in sRGB, without metadata.
#[derive(Debug)]
pub struct Rendition {
    /// The requested size: the side of the square that the rendition fits into, in pixels.
    pub size: u32,
    /// The width, in pixels.
    pub width: u32,
    /// The height, in pixels.
    pub height: u32,
    /// `image/jpeg`, or `image/png` if a pixel is transparent.
    pub content_type: &'static str,
    /// `jpg` or `png`.
    pub extension: &'static str,
    /// The contents of the file.
    pub bytes: Vec<u8>,
}

/// Makes a rendition of an image for each of `sizes`.
///
/// The image is decoded once, at the smallest scale that is sufficient for the largest size. Renditions keep the aspect
/// ratio and are never enlarged. The EXIF orientation is applied, and colours are converted from the ICC profile to
/// sRGB. Renditions contain no metadata. For an animation, they show the first frame. Sizes are 1 to 65 535. Other and
/// repeated sizes are ignored.
///
/// # Errors
///
/// If the file is not an image, or if the image is unsupported, damaged, truncated or larger than `limits`. No input
/// causes a panic.
pub fn render(bytes: &[u8], sizes: &[u32], limits: &Limits) -> Result<Rendered, ImageError> {
    let kind = sniff(bytes);
    let format = kind.filter(|kind| kind.is_image()).ok_or(ImageError::NotAnImage(kind))?;
    // The crates that read PNG, WebP, GIF and ICC profiles may panic. A panic is treated as an error, because it leaves
    // no shared state behind.
    catch_unwind(|| render_known(format, bytes, sizes, limits))
        .unwrap_or_else(|_| Err(ImageError::corrupt(format, "the decoder panicked")))
}

fn render_known(format: Kind, bytes: &[u8], sizes: &[u32], limits: &Limits) -> Result<Rendered, ImageError> {
    let mut sizes: Vec<u32> = sizes.iter().copied().filter(|size| (1..=MAX_SIZE).contains(size)).collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    sizes.dedup();

    let mut decoded = decode::decode(format, bytes, sizes.first().copied().unwrap_or(1), &limits.of(bytes))?;
    let orientation = orientation(&decoded);
    let (width, height) = turned(decoded.original, orientation);
    let mut renditions = Vec::with_capacity(sizes.len());
    for (nth, &size) in sizes.iter().enumerate() {
        let (width, height) = fit(decoded.original, size);
        let picture = resize(&decoded, width, height);
        if sizes.get(nth + 1).is_some_and(|next| size / next >= MIN_RATIO) {
            decoded.reduction = f64::from(decoded.original.0) / f64::from(width);
            decoded.picture = picture.clone();
        }
        renditions.push(rendition(picture, &decoded, orientation, size));
    }
    Ok(Rendered { format, width, height, renditions })
}

/// A rendition is made from a larger rendition, instead of from the decoded picture, if that one is at least this many
/// times as large.
const MIN_RATIO: u32 = 4;

/// The maximum length of a side of a JPEG, in pixels.
const MAX_SIZE: u32 = 65_535;

fn rendition(mut picture: Picture, decoded: &Decoded, orientation: Orientation, size: u32) -> Rendition {
    to_srgb(&mut picture, decoded.profile.as_deref());
    let picture = upright(picture, orientation);
    let encoded = encode(&picture);
    Rendition {
        size,
        width: picture.width,
        height: picture.height,
        content_type: encoded.content_type,
        extension: encoded.extension,
        bytes: encoded.bytes,
    }
}

fn orientation(decoded: &Decoded) -> Orientation {
    // In PNG and WebP, EXIF data are a bare TIFF structure. Some programs write the prefix of JPEG's EXIF segment
    // before it.
    let exif = decoded.exif.as_deref().map(|exif| exif.strip_prefix(b"Exif\0\0").unwrap_or(exif));
    exif.and_then(Orientation::from_exif_chunk).unwrap_or(Orientation::NoTransforms)
}

fn turned((width, height): (u32, u32), orientation: Orientation) -> (u32, u32) {
    match orientation {
        Orientation::Rotate90
        | Orientation::Rotate270
        | Orientation::Rotate90FlipH
        | Orientation::Rotate270FlipH => (height, width),
        _ => (width, height),
    }
}
