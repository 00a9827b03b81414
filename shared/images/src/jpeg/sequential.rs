//! Sequential scans, which contain complete blocks: baseline and extended sequential JPEG.

use std::rc::Rc;

use super::{
    bits::Bits,
    corrupt,
    huffman::Huffman,
    idct::ZIGZAG,
    plane::Plane,
    scan::{BlockReader, Scan},
};
use crate::error::ImageError;

/// Transforms each block as soon as it is read, so that coefficients need not be stored.
pub(super) struct Sequential<'a> {
    planes: &'a mut [Plane],
    components: Vec<State>,
}

struct State {
    plane: usize,
    dc: Rc<Huffman>,
    ac: Rc<Huffman>,
    prediction: i32,
}

impl<'a> Sequential<'a> {
    pub(super) fn new(scan: &Scan, planes: &'a mut [Plane]) -> Result<Self, ImageError> {
        let states = scan.components.iter().map(|component| {
            let tables = component.dc.clone().zip(component.ac.clone());
            let (dc, ac) = tables.ok_or_else(|| corrupt("Huffman table missing"))?;
            Ok(State { plane: component.index, dc, ac, prediction: 0 })
        });
        Ok(Self { components: states.collect::<Result<_, _>>()?, planes })
    }
}

impl BlockReader for Sequential<'_> {
    #[inline]
    fn block(&mut self, bits: &mut Bits, nth: usize, column: usize, row: usize) -> Option<()> {
        let state = &mut self.components[nth];
        let plane = &mut self.planes[state.plane];
        let mut coefficients = [0.0; 64];
        bits.refill();
        state.prediction = state.prediction.wrapping_add(state.dc.difference(bits)?);
        coefficients[0] = dequantised(state.prediction, plane.step(0));
        let last = plane.idct.last();
        let mut at = 1;
        while at <= last {
            bits.refill();
            let symbol = state.ac.symbol(bits)?;
            let (run, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
            if size == 0 && run < 15 {
                at = 64;
                break;
            }
            at += run;
            let value = bits.take_signed(size);
            if at <= last {
                coefficients[usize::from(ZIGZAG[at])] = dequantised(value, plane.step(at));
            }
            at += 1;
        }
        if at > 64 {
            return None;
        }
        state.ac.skip(bits, u32::try_from(at).ok()?)?;
        plane.put(&coefficients, column, row);
        Some(())
    }

    fn restart(&mut self) {
        for component in &mut self.components {
            component.prediction = 0;
        }
    }
}

#[inline]
#[expect(clippy::cast_precision_loss, reason = "valid coefficients have at most 16 bits")]
pub(super) fn dequantised(coefficient: i32, step: f32) -> f32 {
    coefficient as f32 * step
}
