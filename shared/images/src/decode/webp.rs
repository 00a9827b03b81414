//! Decodes WebP.

use std::io::Cursor;

use image::{ColorType, ImageDecoder, codecs::webp::WebPDecoder};

use super::{
    Decoded,
    reducer::{Channels, Reducer},
};
use crate::{
    error::ImageError,
    limits::{Limits, MAX_PROFILE},
    sniff::Kind,
};

/// Decodes the picture, or the first frame of an animation. WebP's prediction needs the whole picture in memory.
pub(super) fn decode(bytes: &[u8], wanted: u32, limits: &Limits) -> Result<Decoded, ImageError> {
    for (width, height) in frames(bytes) {
        limits.check_pixels(width, height)?;
    }
    let corrupt = |error| ImageError::corrupt(Kind::WebP, error);
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(corrupt)?;
    let (width, height) = decoder.dimensions();
    limits.check_pixels(width, height)?;
    if width == 0 || height == 0 {
        return Err(ImageError::corrupt(Kind::WebP, "an empty picture"));
    }
    let channels = if decoder.color_type() == ColorType::Rgba8 { Channels::Rgba } else { Channels::Rgb };
    // In addition to the pixels, the decoder allocates either a 4:2:0 frame (1.5 bytes per pixel) and an alpha plane
    // (5), or a lossless frame (4).
    let held = decoder.total_bytes() + u64::from(width) * u64::from(height) * 7;
    let mut reducer = Reducer::new(channels, (width, height), wanted, limits, held)?;
    let exif = decoder.exif_metadata().ok().flatten();
    let profile = decoder.icc_profile().ok().flatten().filter(|profile| profile.len() <= MAX_PROFILE);
    let line = width as usize * channels.count();
    let mut pixels = vec![0; line * height as usize];
    decoder.read_image(&mut pixels).map_err(corrupt)?;
    pixels.chunks_exact(line).for_each(|row| reducer.push(row));
    let reduction = f64::from(reducer.factor());
    Ok(Decoded { original: (width, height), reduction, exif, profile, picture: reducer.finish() })
}

/// Width and height of each bitstream in the file (RFC 9649, 2.5 to 2.7).
///
/// The decoder allocates memory for these sizes before it compares them with the canvas.
fn frames(bytes: &[u8]) -> Vec<(u32, u32)> {
    let mut found = Vec::new();
    let mut rest = bytes.get(12..).unwrap_or_default();
    while let Some((header, body)) = rest.split_first_chunk::<8>() {
        let length = u32::from_le_bytes([header[4], header[5], header[6], header[7]]) as usize;
        match (&header[..4], body) {
            // A frame of an animation has 16 bytes of header, followed by chunks.
            (b"ANMF", [_, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, inner @ ..]) => {
                rest = inner;
                continue;
            }
            (b"VP8 ", [_, _, _, 0x9D, 0x01, 0x2A, w0, w1, h0, h1, ..]) => {
                let fourteen_bits = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3FFF);
                found.push((fourteen_bits(*w0, *w1), fourteen_bits(*h0, *h1)));
            }
            (b"VP8L", [0x2F, a, b, c, d, ..]) => {
                let bits = u32::from_le_bytes([*a, *b, *c, *d]);
                found.push(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1));
            }
            _ => {}
        }
        rest = body.get(length.saturating_add(length & 1)..).unwrap_or_default();
    }
    found
}
