//! The samples of one component.

use std::rc::Rc;

use super::{
    corrupt,
    frame::{Component, Frame},
    idct::Idct,
    tables::Tables,
    unsupported,
};
use crate::error::ImageError;

/// The samples of one component at the scale of the decoded picture. Chroma planes are as large as luma planes.
pub(super) struct Plane {
    pub samples: Vec<u8>,
    pub stride: usize,
    /// The number of samples of a block, across and down.
    block: (usize, usize),
    pub idct: Idct,
    /// The quantisation table in zigzag order, which is set when the first scan of the component begins (T.81,
    /// B.2.4.1).
    quantisation: Option<Rc<[u16; 64]>>,
    dequantisation: [f32; 64],
}

impl Plane {
    /// The memory for all planes of a frame at the scale `eighths`/8 and for the joined picture, in bytes.
    pub(super) fn bytes(frame: &Frame, eighths: u32) -> u64 {
        let (stride, rows) = Self::size(frame, eighths as usize);
        stride as u64 * rows as u64 * (frame.components.len() as u64 + 4)
    }

    fn size(frame: &Frame, eighths: usize) -> (usize, usize) {
        (frame.units.0 * frame.max_factors.0 * eighths, frame.units.1 * frame.max_factors.1 * eighths)
    }

    pub(super) fn all(frame: &Frame, eighths: u32) -> Result<Vec<Self>, ImageError> {
        let eighths = eighths as usize;
        let (stride, rows) = Self::size(frame, eighths);
        let plane = |component: &Component| {
            let (across, down) = (eighths * frame.max_factors.0, eighths * frame.max_factors.1);
            let block = (across / component.factors.0, down / component.factors.1);
            let whole = across % component.factors.0 == 0 && down % component.factors.1 == 0;
            let idct = Idct::new(block.0, block.1).filter(|_| whole);
            Ok(Self {
                // Parts that are not decoded stay grey.
                samples: vec![128; stride * rows],
                stride,
                block,
                idct: idct.ok_or_else(|| unsupported("sampling factors without a whole ratio"))?,
                quantisation: None,
                dequantisation: [0.0; 64],
            })
        };
        frame.components.iter().map(plane).collect()
    }

    /// Call this for each scan with this component.
    pub(super) fn begin(&mut self, tables: &Tables, slot: usize) -> Result<(), ImageError> {
        if self.quantisation.is_none() {
            let table =
                tables.quantisation[slot].clone().ok_or_else(|| corrupt("quantisation table missing"))?;
            self.dequantisation = table.map(f32::from);
            self.quantisation = Some(table);
        }
        Ok(())
    }

    pub(super) fn begun(&self) -> bool {
        self.quantisation.is_some()
    }

    /// The factor that dequantises the coefficient at a zigzag position.
    #[inline]
    pub(super) fn step(&self, position: usize) -> f32 {
        self.dequantisation[position]
    }

    /// Transforms a block and writes its samples at `column` and `row`, which count blocks.
    #[inline]
    pub(super) fn put(&mut self, coefficients: &[f32; 64], column: usize, row: usize) {
        let start = row * self.block.1 * self.stride + column * self.block.0;
        self.idct.block(coefficients, &mut self.samples[start..], self.stride);
    }
}
