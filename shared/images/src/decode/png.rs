//! Decodes PNG.

use std::io::Cursor;

use png::{
    BitDepth, ColorType, Decoder, DecodingError, InterlaceInfo, InterlacedRow, Limits as PngLimits, Reader,
    Transformations, expand_interlaced_row, splat_interlaced_row,
};

use super::{
    Decoded,
    png_profile::profile,
    reducer::{Channels, Reducer},
    require_half,
};
use crate::{error::ImageError, limits::Limits, sniff::Kind};

type Source<'a> = Reader<Cursor<&'a [u8]>>;

/// Decodes row by row, so that only the reduced picture is in memory. An interlaced picture must be read completely.
///
/// Damaged or missing rows become grey, or coarse if the picture is interlaced. At least half of the picture must be
/// present.
pub(super) fn decode(bytes: &[u8], wanted: u32, limits: &Limits) -> Result<Decoded, ImageError> {
    let mut reader = open(bytes, limits)?;
    let (width, height) = reader.info().size();
    let samples = Samples::of(&reader)?;
    let line = width as usize * samples.channels.count();
    let whole = if reader.info().interlaced { line as u64 * u64::from(height) } else { line as u64 };
    limits.check_alloc(inflated(&reader))?;
    let mut reducer = Reducer::new(samples.channels, (width, height), wanted, limits, whole)?;
    if reader.info().interlaced {
        let pixels = read_interlaced(&mut reader, &samples).or_else(|_| {
            let mut again = open(bytes, limits)?;
            read_coarse(&mut again, &samples)
        })?;
        pixels.chunks_exact(line).for_each(|row| reducer.push(row));
    } else {
        read_rows(&mut reader, &samples, &mut reducer)?;
    }
    Ok(Decoded {
        original: (width, height),
        reduction: f64::from(reducer.factor()),
        exif: reader.info().exif_metadata.as_deref().map(<[u8]>::to_vec),
        profile: profile(bytes),
        picture: reducer.finish(),
    })
}

fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Source<'a>, ImageError> {
    let budget = usize::try_from(limits.max_alloc).unwrap_or(usize::MAX);
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), PngLimits { bytes: budget });
    decoder.set_ignore_text_chunk(true);
    // The decoder would inflate the profile without a limit of its own.
    decoder.set_ignore_iccp_chunk(true);
    // Data with wrong checksums can often be decoded.
    decoder.ignore_checksums(true);
    let header = decoder.read_header_info().map_err(from_png)?;
    let (width, height) = (header.width, header.height);
    limits.check_pixels(width, height)?;
    limits.check_side(width, height)?;
    if header.color_type != ColorType::Grayscale || header.bit_depth as u8 >= 8 {
        // Converts samples to 8 bits, palettes to colours, and transparency to alpha.
        decoder.set_transformations(Transformations::normalize_to_color8());
    }
    decoder.read_info().map_err(from_png)
}

/// The number of bytes of all rows. They are not in memory at the same time, but cost time, which this limits.
/// Interlaced rows are copied once more.
fn inflated(reader: &Source) -> u64 {
    let info = reader.info();
    let (width, height) = info.size();
    let bits = u64::from(width) * info.bits_per_pixel() as u64;
    let bytes = bits.div_ceil(8) * u64::from(height);
    if info.interlaced { bytes + bytes / 2 } else { bytes }
}

/// The conversion of a row's bytes to 8-bit samples.
struct Samples {
    channels: Channels,
    packed: Option<Packed>,
}

/// Grey samples of fewer than 8 bits.
struct Packed {
    depth: u8,
    transparent: Option<u8>,
}

impl Samples {
    fn of(reader: &Source) -> Result<Self, ImageError> {
        let (colour, depth) = reader.output_color_type();
        let channels = match colour {
            ColorType::Grayscale => Channels::Grey,
            ColorType::GrayscaleAlpha => Channels::GreyAlpha,
            ColorType::Rgb => Channels::Rgb,
            ColorType::Rgba => Channels::Rgba,
            ColorType::Indexed => {
                return Err(ImageError::unsupported(Kind::Png, "a palette"));
            }
        };
        if depth == BitDepth::Eight {
            return Ok(Self { channels, packed: None });
        }
        let depth = depth as u8;
        // Only the low bits are compared, as many as a sample has (PNG, 11.3.1.1).
        let transparent = reader.info().trns.as_ref().and_then(|key| key.last()).map(|key| key & mask(depth));
        let channels = if transparent.is_some() { Channels::GreyAlpha } else { Channels::Grey };
        Ok(Self { channels, packed: Some(Packed { depth, transparent }) })
    }

    /// Returns the samples of a row with this number of pixels. `buffer` is used if they have to be converted.
    fn unpack<'a>(&self, row: &'a [u8], pixels: usize, buffer: &'a mut Vec<u8>) -> &'a [u8] {
        let Some(Packed { depth, transparent }) = self.packed else { return row };
        let mask = mask(depth);
        let values = row.iter().flat_map(|&byte| {
            (1..=8 / depth).map(move |nth| byte.rotate_left(u32::from(depth * nth)) & mask)
        });
        buffer.clear();
        match transparent {
            None => buffer.extend(values.take(pixels).map(|value| value * (255 / mask))),
            Some(key) => buffer.extend(
                values
                    .take(pixels)
                    .flat_map(|value| [value * (255 / mask), if value == key { 0 } else { 255 }]),
            ),
        }
        buffer
    }

    fn of_pass<'a>(&self, row: &InterlacedRow<'a>, buffer: &'a mut Vec<u8>) -> &'a [u8] {
        // Bits after the last pixel are not part of the picture.
        self.unpack(row.data(), usize::MAX, buffer)
    }

    fn bits(&self) -> u8 {
        u8::try_from(self.channels.count() * 8).unwrap_or(u8::MAX)
    }
}

/// The largest value with this many bits.
fn mask(depth: u8) -> u8 {
    u8::MAX >> (8 - depth)
}

fn read_rows(reader: &mut Source, samples: &Samples, reducer: &mut Reducer) -> Result<(), ImageError> {
    let (width, height) = reader.info().size();
    let mut row = vec![0; reader.output_line_size(width).unwrap_or(0)];
    let mut buffer = Vec::new();
    for done in 0..height {
        if let Err(damage) = reader.read_row(&mut row) {
            require_half(u64::from(done), u64::from(height)).ok_or_else(|| from_png(damage))?;
            reducer.push_grey();
            break;
        }
        reducer.push(samples.unpack(&row, width as usize, &mut buffer));
    }
    Ok(())
}

fn read_interlaced(reader: &mut Source, samples: &Samples) -> Result<Vec<u8>, ImageError> {
    let (mut pixels, line) = canvas(reader, samples);
    let bits = samples.bits();
    let mut buffer = Vec::new();
    while let Some(row) = reader.next_interlaced_row().map_err(from_png)? {
        if let InterlaceInfo::Adam7(place) = row.interlace() {
            expand_interlaced_row(&mut pixels, line, samples.of_pass(&row, &mut buffer), place, bits);
        }
    }
    Ok(pixels)
}

/// Reads all available data. Each pixel fills the area that missing later passes would refine.
fn read_coarse(reader: &mut Source, samples: &Samples) -> Result<Vec<u8>, ImageError> {
    let (mut pixels, line) = canvas(reader, samples);
    let (mut read, mut buffer) = (0, Vec::new());
    loop {
        match reader.next_interlaced_row() {
            Ok(Some(row)) => {
                let InterlaceInfo::Adam7(place) = row.interlace() else { continue };
                let samples_of_row = samples.of_pass(&row, &mut buffer);
                read += samples_of_row.len() as u64;
                splat_interlaced_row(&mut pixels, line, samples_of_row, place, samples.bits());
            }
            Ok(None) => return Ok(pixels),
            Err(damage) => {
                return require_half(read, pixels.len() as u64)
                    .map(|()| pixels)
                    .ok_or_else(|| from_png(damage));
            }
        }
    }
}

/// A buffer for the whole picture, initially black and transparent, and the length of its lines.
fn canvas(reader: &Source, samples: &Samples) -> (Vec<u8>, usize) {
    let (width, height) = reader.info().size();
    let line = width as usize * samples.channels.count();
    (vec![0; line * height as usize], line)
}

fn from_png(error: DecodingError) -> ImageError {
    match error {
        DecodingError::LimitsExceeded => ImageError::corrupt(Kind::Png, "a chunk that is too large"),
        error => ImageError::corrupt(Kind::Png, error),
    }
}
