//! Progressive scans, which contain some bits of some coefficients of all blocks (T.81, annex G).

use std::rc::Rc;

use super::{
    bits::Bits,
    coefficients::{Block, Coefficients},
    corrupt,
    huffman::Huffman,
    scan::{BlockReader, Scan},
};
use crate::error::ImageError;

/// Reads one scan.
pub(super) struct Progressive<'a> {
    coefficients: &'a mut [Coefficients],
    components: Vec<State>,
    /// The band of coefficients of the scan.
    band: Band,
    refines: bool,
}

struct State {
    index: usize,
    table: Option<Rc<Huffman>>,
    prediction: i32,
}

/// A band of coefficients, and the rest of a run of empty blocks.
struct Band {
    first: u32,
    last: u32,
    /// The position of the lowest bit of the coefficients in this scan.
    shift: u32,
    /// How many of the next blocks have no data in this scan.
    empty_blocks: u32,
}

impl<'a> Progressive<'a> {
    pub(super) fn new(scan: &Scan, coefficients: &'a mut [Coefficients]) -> Result<Self, ImageError> {
        let is_dc = scan.spectrum.0 == 0;
        let components: Vec<State> = scan
            .components
            .iter()
            .map(|component| State {
                index: component.index,
                table: if is_dc { component.dc.clone() } else { component.ac.clone() },
                prediction: 0,
            })
            .collect();
        if !(is_dc && scan.refines()) && components.iter().any(|component| component.table.is_none()) {
            return Err(corrupt("Huffman table missing"));
        }
        let position = |at| u32::try_from(at).unwrap_or(0);
        let band = Band {
            first: position(scan.spectrum.0),
            last: position(scan.spectrum.1),
            shift: scan.approximation.1,
            empty_blocks: 0,
        };
        Ok(Self { coefficients, components, band, refines: scan.refines() })
    }
}

impl BlockReader for Progressive<'_> {
    #[inline]
    fn block(&mut self, bits: &mut Bits, nth: usize, column: usize, row: usize) -> Option<()> {
        let state = &mut self.components[nth];
        let stored = &mut self.coefficients[state.index];
        let shift = self.band.shift;
        match (self.band.first, self.refines, &state.table) {
            (0, true, _) => {
                bits.refill();
                *stored.first(column, row) |= to_coefficient(bits.take(1).cast_signed() << shift);
            }
            (0, false, Some(table)) => {
                bits.refill();
                state.prediction = state.prediction.wrapping_add(table.difference(bits)?);
                *stored.first(column, row) = to_coefficient(state.prediction << shift);
            }
            (_, false, Some(table)) => self.band.begin(bits, table, stored.block(column, row))?,
            (_, true, Some(table)) => self.band.refine(bits, table, stored.block(column, row))?,
            (_, _, None) => return None,
        }
        Some(())
    }

    fn restart(&mut self) {
        self.band.empty_blocks = 0;
        for component in &mut self.components {
            component.prediction = 0;
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "valid coefficients have at most 16 bits")]
fn to_coefficient(value: i32) -> i16 {
    value as i16
}

impl Block<'_> {
    fn set(&mut self, at: u32, value: i16) {
        *self.nonzero = *self.nonzero & !(1 << at) | u64::from(value != 0) << at;
        if let Some(stored) = self.values.get_mut(at as usize) {
            *stored = value;
        }
    }

    /// Reads another bit of a nonzero coefficient.
    #[inline]
    fn refine(&mut self, bits: &mut Bits, at: u32, one: i16) -> Option<()> {
        bits.refill();
        let more = bits.take(1) == 1;
        if let Some(value) = self.values.get_mut(at as usize).filter(|value| more && **value & one == 0) {
            *value = value.checked_add(one * value.signum())?;
        }
        Some(())
    }
}

impl Band {
    /// Reads the first bits of the coefficients of a block (T.81, G.1.2.2).
    #[inline]
    fn begin(&mut self, bits: &mut Bits, table: &Huffman, mut block: Block) -> Option<()> {
        if self.empty_blocks > 0 {
            self.empty_blocks -= 1;
            return Some(());
        }
        let mut at = self.first;
        while at <= self.last {
            bits.refill();
            let symbol = table.symbol(bits)?;
            let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
            if size == 0 && run < 15 {
                self.empty_blocks = (1 << run) - 1 + bits.take(run);
                break;
            }
            at += run;
            if at > 63 {
                return None;
            }
            block.set(at, to_coefficient(bits.take_signed(size) << self.shift));
            at += 1;
        }
        Some(())
    }

    /// Reads another bit of the coefficients of a block (T.81, G.1.2.3).
    #[inline]
    fn refine(&mut self, bits: &mut Bits, table: &Huffman, mut block: Block) -> Option<()> {
        let one = 1_i16 << self.shift;
        let mut at = self.first;
        while self.empty_blocks == 0 && at <= self.last {
            bits.refill();
            let symbol = table.symbol(bits)?;
            let (run, size) = (u32::from(symbol >> 4), symbol & 15);
            let new = match size {
                0 if run < 15 => {
                    self.empty_blocks = (1 << run) + bits.take(run);
                    break;
                }
                0 => 0,
                1 if bits.take(1) == 1 => one,
                1 => -one,
                _ => return None,
            };
            at = self.refine_until(bits, &mut block, at, run, one)?;
            if new != 0 {
                if at > 63 {
                    return None;
                }
                block.set(at, new);
            }
            at += 1;
        }
        if self.empty_blocks > 0 {
            self.refine_rest(bits, &mut block, at, one)?;
            self.empty_blocks -= 1;
        }
        Some(())
    }

    /// Refines nonzero coefficients, and skips `zeros` zeros. Returns the position of the next zero, or the position
    /// after the band.
    fn refine_until(
        &self,
        bits: &mut Bits,
        block: &mut Block,
        from: u32,
        mut zeros: u32,
        one: i16,
    ) -> Option<u32> {
        for at in from..=self.last {
            if *block.nonzero >> at & 1 == 1 {
                block.refine(bits, at, one)?;
            } else if zeros == 0 {
                return Some(at);
            } else {
                zeros -= 1;
            }
        }
        Some(self.last + 1)
    }

    /// Refines the nonzero coefficients from the position `from` on. Most blocks have none.
    #[inline]
    fn refine_rest(&self, bits: &mut Bits, block: &mut Block, from: u32, one: i16) -> Option<()> {
        let up_to = |end: u32| u64::MAX.checked_shl(end).map_or(u64::MAX, |above| !above);
        let mut rest = *block.nonzero & up_to(self.last + 1) & !up_to(from);
        while rest != 0 {
            block.refine(bits, rest.trailing_zeros(), one)?;
            rest &= rest - 1;
        }
        Some(())
    }
}
