//! Encodes renditions.

use image::{DynamicImage, RgbaImage, metadata::Orientation};
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, SamplingFactor};
use png::{BitDepth, Compression, Filter};

use crate::picture::{Picture, Samples};

/// The quality of JPEG renditions. Quality and chroma subsampling (4:2:0) are the defaults of the library sharp.
///
/// Optimised Huffman tables would save 3 to 10 %. But with them, the encoder writes a separate scan for each component,
/// and some decoders, such as zune-jpeg 0.5, decode such files wrongly.
const JPEG_QUALITY: u8 = 80;

/// An encoded picture.
pub(crate) struct Encoded {
    pub content_type: &'static str,
    pub extension: &'static str,
    pub bytes: Vec<u8>,
}

/// Encodes an opaque picture as JPEG, and one with transparency as PNG. The file contains no metadata.
pub(crate) fn encode(picture: &Picture) -> Encoded {
    if picture.samples == Samples::Alpha {
        Encoded { content_type: "image/png", extension: "png", bytes: png(picture) }
    } else {
        Encoded { content_type: "image/jpeg", extension: "jpg", bytes: jpeg(picture) }
    }
}

fn jpeg(picture: &Picture) -> Vec<u8> {
    let side = |length| {
        u16::try_from(length).expect("no side of a rendition is longer than JPEG's limit of 65 535 pixels")
    };
    let mut bytes = Vec::with_capacity(picture.pixels.len() / 16);
    let mut encoder = Encoder::new(&mut bytes, JPEG_QUALITY);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    encoder
        .encode(&picture.pixels, side(picture.width), side(picture.height), ColorType::Rgba)
        .expect("the buffer has four bytes per pixel, and writing to memory does not fail");
    bytes
}

fn png(picture: &Picture) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(picture.pixels.len() / 2);
    let mut encoder = png::Encoder::new(&mut bytes, picture.width, picture.height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Fast);
    encoder.set_filter(Filter::Adaptive);
    encoder
        .write_header()
        .and_then(|mut writer| writer.write_image_data(&picture.pixels))
        .expect("the buffer has four bytes per pixel, and writing to memory does not fail");
    bytes
}

/// Applies the EXIF orientation to a picture.
pub(crate) fn upright(picture: Picture, orientation: Orientation) -> Picture {
    if orientation == Orientation::NoTransforms {
        return picture;
    }
    let Picture { width, height, pixels, samples } = picture;
    let image = RgbaImage::from_raw(width, height, pixels).expect("the buffer has four bytes per pixel");
    let mut image = DynamicImage::ImageRgba8(image);
    image.apply_orientation(orientation);
    let (width, height) = (image.width(), image.height());
    Picture { width, height, pixels: image.into_bytes(), samples }
}
