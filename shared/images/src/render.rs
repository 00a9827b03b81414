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

/// What was read of an image, and what was made of it.
#[derive(Debug)]
pub struct Rendered {
    /// What the file is, whatever it is called.
    pub format: Kind,
    /// Width of the original as it is looked at, in pixels.
    pub width: u32,
    /// Height of the original as it is looked at, in pixels.
    pub height: u32,
    /// One for each wanted size, largest first.
    pub renditions: Vec<Rendition>,
}

/// A smaller version of an image: upright, in sRGB, without metadata.
#[derive(Debug)]
pub struct Rendition {
    /// The wanted size: the side of the square that it fits into, in pixels.
    pub size: u32,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// `image/jpeg`, or `image/png` if anything is transparent.
    pub content_type: &'static str,
    /// `jpg` or `png`.
    pub extension: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Decodes an image once, at the smallest scale that is enough for the largest of `sizes`, and makes a
/// rendition of each size from that.
///
/// The picture keeps its aspect and is never enlarged. EXIF orientation is applied and an ICC profile
/// converted to sRGB; no metadata gets into a rendition. Of an animation it is the first frame. Sizes are 1
/// to 65 535; others, and repeated ones, are left out.
///
/// # Errors
///
/// The image is of no known kind, unsupported, damaged, truncated or larger than `limits`, see
/// [`ImageError`]. Never panics, whatever the bytes.
pub fn render(bytes: &[u8], sizes: &[u32], limits: &Limits) -> Result<Rendered, ImageError> {
    let kind = sniff(bytes);
    let format = kind.filter(|kind| kind.is_image()).ok_or(ImageError::NotAnImage(kind))?;
    // PNG, WebP, GIF and ICC profiles are read by crates that do not promise what this function promises. A
    // panic of theirs drops what they had in hand and touches nothing else, so it is as good as an error.
    catch_unwind(|| render_known(format, bytes, sizes, limits))
        .unwrap_or_else(|_| Err(ImageError::corrupt(format, "no decoder can make sense of it")))
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
        if sizes.get(nth + 1).is_some_and(|next| size / next >= ENOUGH) {
            decoded.reduction = f64::from(decoded.original.0) / f64::from(width);
            decoded.picture = picture.clone();
        }
        renditions.push(rendition(picture, &decoded, orientation, size));
    }
    Ok(Rendered { format, width, height, renditions })
}

/// How many times as large a rendition must be so that a smaller one can be made from it, instead of from the
/// decoded picture, which may be many times larger still.
const ENOUGH: u32 = 4;

/// JPEG's longest side.
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
    // PNG and WebP hold the bare TIFF structure, but some programs put JPEG's prefix in front of it.
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
