//! Scans that each hold a part of every block's coefficients (T.81, annex G).

use std::rc::Rc;

use super::{
    bits::Bits,
    corrupt,
    frame::Frame,
    huffman::Huffman,
    idct::ZIGZAG,
    plane::Plane,
    scan::{BlockReader, Scan},
    sequential::dequantised,
};
use crate::error::ImageError;

/// The coefficients of one component that have been read so far.
pub(super) struct Coefficients {
    values: Vec<i16>,
    /// Blocks, across.
    columns: usize,
    /// Coefficients of a block that are kept, in zigzag order: all, or only the first.
    kept: usize,
}

impl Coefficients {
    /// `last`: zigzag position of the last coefficient that the plane uses. If that is the first, scans of
    /// others are not read at all, which are most of the file.
    pub(super) fn new(frame: &Frame, index: usize, last: usize) -> Self {
        let kept = kept(last);
        let (columns, rows) = frame.padded_blocks(&frame.components[index]);
        Self { values: vec![0; columns * rows * kept], columns, kept }
    }

    /// What the coefficients of all components take, whose planes use them up to these positions.
    pub(super) fn bytes(frame: &Frame, lasts: &[usize]) -> u64 {
        let of_component = |(component, &last)| {
            let (columns, rows) = frame.padded_blocks(component);
            (columns * rows * kept(last) * size_of::<i16>()) as u64
        };
        frame.components.iter().zip(lasts).map(of_component).sum()
    }

    /// Whether a scan of this spectrum holds anything that is kept.
    pub(super) fn wants(&self, spectrum: (usize, usize)) -> bool {
        spectrum.0 < self.kept
    }

    /// Fills the plane.
    pub(super) fn put(&self, plane: &mut Plane) {
        let last = plane.idct.last().min(self.kept - 1);
        for (nth, block) in self.values.chunks_exact(self.kept).enumerate() {
            let mut coefficients = [0.0; 64];
            for (at, &value) in block[..=last].iter().enumerate() {
                coefficients[usize::from(ZIGZAG[at])] = dequantised(i32::from(value), plane.step(at));
            }
            plane.put(&coefficients, nth % self.columns, nth / self.columns);
        }
    }
}

/// Later bits of a coefficient cannot be told apart without all that came before, so it is the first one or
/// all.
fn kept(last: usize) -> usize {
    if last == 0 { 1 } else { 64 }
}

/// Reads one scan.
pub(super) struct Progressive<'a> {
    coefficients: &'a mut [Coefficients],
    components: Vec<State>,
    spectrum: (usize, usize),
    /// Whether these are more bits of coefficients that an earlier scan began.
    refines: bool,
    /// The bit of a coefficient that stands for one.
    shift: u32,
    /// Blocks, from the next on, that have nothing in this scan.
    empty_blocks: u32,
}

struct State {
    index: usize,
    table: Option<Rc<Huffman>>,
    prediction: i32,
}

impl<'a> Progressive<'a> {
    pub(super) fn new(scan: &Scan, coefficients: &'a mut [Coefficients]) -> Result<Self, ImageError> {
        let is_dc = scan.spectrum.0 == 0;
        let refines = scan.approximation.0 != 0;
        let components: Vec<State> = scan
            .components
            .iter()
            .map(|component| State {
                index: component.index,
                table: if is_dc { component.dc.clone() } else { component.ac.clone() },
                prediction: 0,
            })
            .collect();
        if !(is_dc && refines) && components.iter().any(|component| component.table.is_none()) {
            return Err(corrupt("Huffman table missing"));
        }
        let (spectrum, shift) = (scan.spectrum, scan.approximation.1);
        Ok(Self { coefficients, components, spectrum, refines, shift, empty_blocks: 0 })
    }
}

impl BlockReader for Progressive<'_> {
    #[inline]
    fn block(&mut self, bits: &mut Bits, nth: usize, column: usize, row: usize) -> Option<()> {
        let state = &mut self.components[nth];
        let kept = &mut self.coefficients[state.index];
        let start = (row * kept.columns + column) * kept.kept;
        let block = &mut kept.values[start..start + kept.kept];
        bits.refill();
        match (self.spectrum.0, self.refines, &state.table) {
            (0, true, _) => block[0] |= to_coefficient(bits.take(1).cast_signed() << self.shift),
            (0, false, Some(table)) => {
                state.prediction = state.prediction.wrapping_add(table.difference(bits)?);
                block[0] = to_coefficient(state.prediction << self.shift);
            }
            (_, false, Some(table)) => {
                begin_block(bits, table, block, self.spectrum, self.shift, &mut self.empty_blocks)?;
            }
            (_, true, Some(table)) => {
                refine_block(bits, table, block, self.spectrum, self.shift, &mut self.empty_blocks)?;
            }
            (_, _, None) => return None,
        }
        Some(())
    }

    fn restart(&mut self) {
        self.empty_blocks = 0;
        for component in &mut self.components {
            component.prediction = 0;
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "coefficients have 16 bits; what has more is damaged anyway"
)]
fn to_coefficient(value: i32) -> i16 {
    value as i16
}

/// First bits of the coefficients of a block (T.81, G.1.2.2).
fn begin_block(
    bits: &mut Bits,
    table: &Huffman,
    block: &mut [i16],
    (mut at, last): (usize, usize),
    shift: u32,
    empty_blocks: &mut u32,
) -> Option<()> {
    if *empty_blocks > 0 {
        *empty_blocks -= 1;
        return Some(());
    }
    while at <= last {
        bits.refill();
        let symbol = table.symbol(bits)?;
        let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
        if size == 0 && run < 15 {
            *empty_blocks = (1 << run) - 1 + bits.take(run);
            break;
        }
        at += run as usize;
        *block.get_mut(at)? = to_coefficient(bits.take_signed(size) << shift);
        at += 1;
    }
    Some(())
}

/// One more bit of the coefficients of a block (T.81, G.1.2.3).
fn refine_block(
    bits: &mut Bits,
    table: &Huffman,
    block: &mut [i16],
    (mut at, last): (usize, usize),
    shift: u32,
    empty_blocks: &mut u32,
) -> Option<()> {
    let one = 1_i16 << shift;
    while *empty_blocks == 0 && at <= last {
        bits.refill();
        let symbol = table.symbol(bits)?;
        let (run, size) = (u32::from(symbol >> 4), symbol & 15);
        let new = match size {
            0 if run < 15 => {
                *empty_blocks = (1 << run) + bits.take(run);
                break;
            }
            0 => 0,
            1 if bits.take(1) == 1 => one,
            1 => -one,
            _ => return None,
        };
        at = refine_until(bits, block, (at, last), one, run)?;
        if new != 0 {
            *block.get_mut(at)? = new;
        }
        at += 1;
    }
    if *empty_blocks > 0 {
        refine_until(bits, block, (at, last), one, u32::MAX)?;
        *empty_blocks -= 1;
    }
    Some(())
}

/// Refines what is not zero and passes over `zeros` that stay so; gives the position of the zero after them,
/// or the one behind `last`.
fn refine_until(
    bits: &mut Bits,
    block: &mut [i16],
    (first, last): (usize, usize),
    one: i16,
    mut zeros: u32,
) -> Option<usize> {
    for (at, value) in block.iter_mut().enumerate().take(last + 1).skip(first) {
        if *value == 0 {
            if zeros == 0 {
                return Some(at);
            }
            zeros -= 1;
        } else {
            bits.refill();
            if bits.take(1) == 1 && *value & one == 0 {
                *value = value.checked_add(one * value.signum())?;
            }
        }
    }
    Some(last + 1)
}
