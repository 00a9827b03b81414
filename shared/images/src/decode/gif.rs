use std::io::Cursor;

use image::{ImageDecoder, codecs::gif::GifDecoder};

use super::{
    Decoded,
    reducer::{Channels, Reducer},
};
use crate::{error::ImageError, limits::Limits, sniff::Kind};

/// Decodes the first frame, placed on the canvas; the others are not read.
pub(super) fn decode(bytes: &[u8], wanted: u32, limits: &Limits) -> Result<Decoded, ImageError> {
    let corrupt = |error| match error {
        image::ImageError::Limits(_) => ImageError::corrupt(Kind::Gif, "a frame larger than memory allows"),
        error => ImageError::corrupt(Kind::Gif, error),
    };
    let mut decoder = GifDecoder::new(Cursor::new(bytes)).map_err(corrupt)?;
    let (width, height) = decoder.dimensions();
    limits.check_pixels(width, height)?;
    let mut reducer = Reducer::new(Channels::Rgba, (width, height), wanted, limits, decoder.total_bytes())?;
    // A frame may be larger than the canvas, and is decoded whole.
    let mut frame_limits = image::Limits::no_limits();
    frame_limits.max_alloc = Some(limits.max_alloc.min(limits.max_pixels.saturating_mul(4)));
    decoder.set_limits(frame_limits).map_err(corrupt)?;
    let line = width as usize * 4;
    let mut pixels = vec![0; line * height as usize];
    decoder.read_image(&mut pixels).map_err(corrupt)?;
    pixels.chunks_exact(line).for_each(|row| reducer.push(row));
    Ok(Decoded {
        original: (width, height),
        reduction: f64::from(reducer.factor()),
        exif: None,
        profile: None,
        picture: reducer.finish(),
    })
}
