use std::io::Cursor;

use png::{BitDepth, ColorType, DecodingError, Transformations};

use super::{
    Decoded,
    reducer::{Channels, Reducer},
};
use crate::{error::ImageError, limits::Limits, sniff::Kind};

/// Decodes row by row, so that memory holds the reduced picture only; an interlaced one must be read whole.
pub(super) fn decode(bytes: &[u8], wanted: u32, limits: &Limits) -> Result<Decoded, ImageError> {
    let budget = usize::try_from(limits.max_alloc).unwrap_or(usize::MAX);
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), png::Limits { bytes: budget });
    // 8 bits a sample, a palette looked up, transparency as alpha.
    decoder.set_transformations(Transformations::normalize_to_color8());
    decoder.set_ignore_text_chunk(true);
    let header = decoder.read_header_info().map_err(from_png)?;
    let (width, height, interlaced) = (header.width, header.height, header.interlaced);
    limits.check_pixels(width, height)?;

    let mut reader = decoder.read_info().map_err(from_png)?;
    let (colour, depth) = reader.output_color_type();
    let channels = match colour {
        ColorType::Grayscale => Channels::Grey,
        ColorType::GrayscaleAlpha => Channels::GreyAlpha,
        ColorType::Rgb => Channels::Rgb,
        ColorType::Rgba => Channels::Rgba,
        ColorType::Indexed => {
            return Err(ImageError::unsupported(Kind::Png, "palette that was not looked up"));
        }
    };
    debug_assert_eq!(depth, BitDepth::Eight);
    let line = width as usize * channels.count();
    let whole = if interlaced { line as u64 * u64::from(height) } else { line as u64 };
    let mut reducer = Reducer::new(channels, (width, height), wanted, limits, whole)?;
    if interlaced {
        let mut pixels = vec![0; line * height as usize];
        reader.next_frame(&mut pixels).map_err(from_png)?;
        pixels.chunks_exact(line).for_each(|row| reducer.push(row));
    } else {
        let mut row = vec![0; line];
        for _ in 0..height {
            reader.read_row(&mut row).map_err(from_png)?;
            reducer.push(&row);
        }
    }
    let info = reader.info();
    let owned = |chunk: &Option<std::borrow::Cow<[u8]>>| chunk.as_deref().map(<[u8]>::to_vec);
    Ok(Decoded {
        original: (width, height),
        reduction: f64::from(reducer.factor()),
        exif: owned(&info.exif_metadata),
        profile: owned(&info.icc_profile),
        picture: reducer.finish(),
    })
}

fn from_png(error: DecodingError) -> ImageError {
    match error {
        DecodingError::LimitsExceeded => {
            ImageError::corrupt(Kind::Png, "a chunk that is larger than any picture's")
        }
        error => ImageError::corrupt(Kind::Png, error),
    }
}
