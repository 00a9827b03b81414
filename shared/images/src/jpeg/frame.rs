//! Frame headers.

use super::{corrupt, unsupported};
use crate::error::ImageError;

/// A frame header (T.81, B.2.2).
pub(super) struct Frame {
    pub width: u32,
    pub height: u32,
    pub progressive: bool,
    pub components: Vec<Component>,
    /// The number of minimum coded units, across and down.
    pub units: (usize, usize),
    /// The largest sampling factors, across and down.
    pub max_factors: (usize, usize),
}

pub(super) struct Component {
    pub id: u8,
    /// The sampling factors, across and down.
    pub factors: (usize, usize),
    pub quantisation: usize,
    /// The number of blocks with pixels of the picture, across and down. Units at the edges may have more blocks.
    pub blocks: (usize, usize),
}

impl Frame {
    /// Parses the body of a frame header with the marker `FF <marker>`.
    pub(super) fn parse(marker: u8, body: &[u8]) -> Result<Self, ImageError> {
        if !matches!(marker, 0xC0..=0xC2) {
            return Err(unsupported("lossless, hierarchical or arithmetic-coded"));
        }
        let &[precision, h1, h0, w1, w0, count, ref rest @ ..] = body else {
            return Err(corrupt("short frame header"));
        };
        let (width, height) =
            (u32::from(u16::from_be_bytes([w1, w0])), u32::from(u16::from_be_bytes([h1, h0])));
        if precision != 8 {
            return Err(unsupported(format!("{precision} bits per sample")));
        }
        if width == 0 || height == 0 || rest.len() != usize::from(count) * 3 {
            return Err(corrupt("impossible frame header"));
        }
        if !matches!(count, 1 | 3 | 4) {
            return Err(unsupported(format!("{count} components")));
        }
        let mut components: Vec<Component> = rest.chunks_exact(3).map(Component::parse).collect();
        if components
            .iter()
            .any(|c| !(1..=4).contains(&c.factors.0) || !(1..=4).contains(&c.factors.1) || c.quantisation > 3)
        {
            return Err(corrupt("impossible sampling factors or quantisation table"));
        }
        if let [only] = components.as_mut_slice() {
            // A single component is never interleaved, so its factors have no meaning (T.81, A.2.2).
            only.factors = (1, 1);
        }
        let across = components.iter().map(|c| c.factors.0).max().unwrap_or(1);
        let down = components.iter().map(|c| c.factors.1).max().unwrap_or(1);
        let samples = |length: u32, factor: usize, max: usize| (length as usize * factor).div_ceil(max);
        for component in &mut components {
            component.blocks = (
                samples(width, component.factors.0, across).div_ceil(8),
                samples(height, component.factors.1, down).div_ceil(8),
            );
        }
        Ok(Self {
            width,
            height,
            progressive: marker == 0xC2,
            components,
            units: ((width as usize).div_ceil(8 * across), (height as usize).div_ceil(8 * down)),
            max_factors: (across, down),
        })
    }

    /// The number of blocks of a component in memory, across and down. The blocks of all units count.
    pub(super) fn padded_blocks(&self, component: &Component) -> (usize, usize) {
        (self.units.0 * component.factors.0, self.units.1 * component.factors.1)
    }
}

impl Component {
    fn parse(bytes: &[u8]) -> Self {
        Self {
            id: bytes[0],
            factors: (usize::from(bytes[1] >> 4), usize::from(bytes[1] & 15)),
            quantisation: usize::from(bytes[2]),
            blocks: (0, 0),
        }
    }
}
