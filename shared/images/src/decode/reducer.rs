//! Reduces a picture while its rows arrive.

use crate::{
    error::ImageError,
    limits::Limits,
    picture::{Picture, Samples},
};

/// Averages squares of pixels while rows arrive, so that a large picture is never completely in memory.
///
/// The result has at least twice the requested size, which the final resize filter needs for its quality.
pub(super) struct Reducer {
    channels: Channels,
    /// The width of the source in pixels.
    width: usize,
    /// The number of rows of the source that have not arrived yet.
    height: usize,
    /// The side of the squares in pixels.
    factor: usize,
    /// For each sample of a row, its sum over the rows since the last finished row of squares. Colours are multiplied
    /// by alpha if there is an alpha channel.
    sums: Vec<u32>,
    rows_summed: usize,
    pixels: Vec<u8>,
}

/// The samples of a source pixel, with 8 bits each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Channels {
    Grey,
    GreyAlpha,
    Rgb,
    Rgba,
}

impl Channels {
    pub(super) const fn count(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::GreyAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }

    const fn have_alpha(self) -> bool {
        matches!(self, Self::GreyAlpha | Self::Rgba)
    }
}

/// The number of rows with the value 255 x 255 that a `u32` can sum, rounded down.
const MAX_FACTOR: u32 = 1 << 15;

impl Reducer {
    /// A reducer for a source of `width` x `height` that keeps at least `wanted` pixels of the longer side. `held` is
    /// the number of bytes that the decoder allocates meanwhile.
    pub(super) fn new(
        channels: Channels,
        (width, height): (u32, u32),
        wanted: u32,
        limits: &Limits,
        held: u64,
    ) -> Result<Self, ImageError> {
        let factor = (width.max(height) / wanted.saturating_mul(2).max(1)).clamp(1, MAX_FACTOR);
        let (columns, rows) = (width.div_ceil(factor), height.div_ceil(factor));
        let result = u64::from(columns) * u64::from(rows) * 4;
        limits.check_alloc(held + result + u64::from(width) * 4 * channels.count() as u64)?;
        let factor = factor as usize;
        Ok(Self {
            channels,
            width: width as usize,
            height: height as usize,
            factor,
            sums: if factor == 1 { Vec::new() } else { vec![0; width as usize * channels.count()] },
            rows_summed: 0,
            pixels: Vec::with_capacity(columns as usize * rows as usize * 4),
        })
    }

    /// The side of the squares in pixels of the source.
    pub(super) fn factor(&self) -> u32 {
        u32::try_from(self.factor).unwrap_or(MAX_FACTOR)
    }

    /// Adds the next row of the source.
    pub(super) fn push(&mut self, row: &[u8]) {
        self.height -= 1;
        if self.factor == 1 {
            self.copy(row);
            return;
        }
        if self.channels.have_alpha() {
            let count = self.channels.count();
            for (sums, pixel) in self.sums.chunks_exact_mut(count).zip(row.chunks_exact(count)) {
                let alpha = u32::from(pixel[count - 1]);
                for (sum, &colour) in sums.iter_mut().zip(&pixel[..count - 1]) {
                    *sum += u32::from(colour) * alpha;
                }
                sums[count - 1] += alpha;
            }
        } else {
            for (sum, &sample) in self.sums.iter_mut().zip(row) {
                *sum += u32::from(sample);
            }
        }
        self.rows_summed += 1;
        if self.rows_summed == self.factor || self.height == 0 {
            self.average();
            self.sums.fill(0);
            self.rows_summed = 0;
        }
    }

    /// Adds grey rows for all that have not arrived.
    pub(super) fn push_grey(&mut self) {
        let count = self.channels.count();
        let mut row = vec![128; self.width * count];
        if self.channels.have_alpha() {
            row.iter_mut().skip(count - 1).step_by(count).for_each(|alpha| *alpha = 0xFF);
        }
        while self.height > 0 {
            self.push(&row);
        }
    }

    fn copy(&mut self, row: &[u8]) {
        let pixel: fn(&[u8]) -> [u8; 4] = match self.channels {
            Channels::Grey => |p| [p[0], p[0], p[0], 0xFF],
            Channels::GreyAlpha => |p| [p[0], p[0], p[0], p[1]],
            Channels::Rgb => |p| [p[0], p[1], p[2], 0xFF],
            Channels::Rgba => |p| [p[0], p[1], p[2], p[3]],
        };
        self.pixels.extend(row.chunks_exact(self.channels.count()).take(self.width).flat_map(pixel));
    }

    fn average(&mut self) {
        let count = self.channels.count();
        for square in self.sums.chunks(self.factor * count) {
            let pixels = square.len() / count * self.rows_summed;
            let mut sums = [0_u64; 4];
            for column in square.chunks_exact(count) {
                for (sum, &value) in sums.iter_mut().zip(column) {
                    *sum += u64::from(value);
                }
            }
            let of = |sum: u64, parts: u64| u8::try_from((sum + parts / 2) / parts.max(1)).unwrap_or(0xFF);
            let all = pixels as u64;
            self.pixels.extend(match self.channels {
                Channels::Grey => [of(sums[0], all), of(sums[0], all), of(sums[0], all), 0xFF],
                Channels::GreyAlpha => {
                    let grey = of(sums[0], sums[1]);
                    [grey, grey, grey, of(sums[1], all)]
                }
                Channels::Rgb => [of(sums[0], all), of(sums[1], all), of(sums[2], all), 0xFF],
                Channels::Rgba => {
                    let alpha = sums[3];
                    [of(sums[0], alpha), of(sums[1], alpha), of(sums[2], alpha), of(alpha, all)]
                }
            });
        }
    }

    /// The reduced picture, once every row has been pushed.
    pub(super) fn finish(self) -> Picture {
        let width = self.width.div_ceil(self.factor);
        let height = self.pixels.len() / (width * 4);
        let opaque = !self.channels.have_alpha() || self.pixels.chunks_exact(4).all(|pixel| pixel[3] == 0xFF);
        Picture {
            width: u32::try_from(width).unwrap_or(0),
            height: u32::try_from(height).unwrap_or(0),
            pixels: self.pixels,
            samples: if opaque { Samples::Opaque } else { Samples::Alpha },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reduced(channels: Channels, size: (u32, u32), wanted: u32, rows: &[&[u8]]) -> Picture {
        let mut reducer = Reducer::new(channels, size, wanted, &Limits::default(), 0).unwrap();
        for row in rows {
            reducer.push(row);
        }
        reducer.finish()
    }

    #[test]
    fn each_square_becomes_its_average_also_smaller_ones_at_the_edges() {
        let rows: [&[u8]; 3] = [&[0, 10, 20, 30, 200], &[0, 10, 20, 30, 200], &[100, 100, 0, 0, 7]];
        let picture = reduced(Channels::Grey, (5, 3), 1, &rows);
        assert_eq!((picture.width, picture.height), (3, 2));
        let greys: Vec<u8> = picture.pixels.chunks(4).map(|pixel| pixel[0]).collect();
        assert_eq!(greys, [5, 25, 200, 100, 0, 7]);
        assert_eq!(picture.samples, Samples::Opaque);
    }

    #[test]
    fn transparent_pixels_do_not_contribute_colour() {
        let picture = reduced(Channels::Rgba, (2, 1), 1, &[&[255, 0, 0, 255, 0, 255, 0, 0]]);
        assert_eq!(picture.pixels, [255, 0, 0, 255, 0, 255, 0, 0]);
        assert_eq!(picture.samples, Samples::Alpha);
        let picture = reduced(Channels::Rgba, (4, 1), 1, &[&[255, 0, 0, 255, 0, 255, 0, 0].repeat(2)]);
        assert_eq!(picture.pixels, [255, 0, 0, 128, 255, 0, 0, 128]);
    }
}
