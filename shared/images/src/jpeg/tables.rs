//! Quantisation and Huffman tables, and the restart interval.

use std::{cell::OnceCell, rc::Rc};

use super::{corrupt, huffman::Huffman, standard};
use crate::error::ImageError;

/// The current tables (T.81, B.2.4). Later segments replace them.
pub(super) struct Tables {
    /// The quantisation tables, in zigzag order.
    pub quantisation: [Option<Rc<[u16; 64]>>; 4],
    dc: [Option<Code>; 4],
    ac: [Option<Code>; 4],
    /// The number of units between restart markers, or 0 without markers.
    pub restart_interval: usize,
}

/// A Huffman code as described in its segment. The lookup table is built on demand, because a file can contain
/// thousands of codes that no scan uses.
struct Code {
    counts: [u8; 16],
    symbols: Vec<u8>,
    table: OnceCell<Option<Rc<Huffman>>>,
}

impl Code {
    fn new(counts: [u8; 16], symbols: &[u8]) -> Self {
        Self { counts, symbols: symbols.to_vec(), table: OnceCell::new() }
    }

    fn table(&self, skips: bool) -> Option<Rc<Huffman>> {
        self.table.get_or_init(|| Huffman::new(&self.counts, &self.symbols, skips).map(Rc::new)).clone()
    }
}

impl Tables {
    /// The initial tables: the standard's Huffman tables, which frames of Motion JPEG leave out.
    pub(super) fn new() -> Self {
        let [dc, ac] = [standard::DC, standard::AC]
            .map(|codes| codes.map(|(counts, symbols)| Some(Code::new(counts, symbols))));
        let four = |[luma, chroma]: [Option<Code>; 2]| [luma, chroma, None, None];
        Self { quantisation: [const { None }; 4], dc: four(dc), ac: four(ac), restart_interval: 0 }
    }

    /// The table for DC differences in a slot.
    pub(super) fn dc(&self, slot: u8) -> Option<Rc<Huffman>> {
        self.dc.get(usize::from(slot))?.as_ref()?.table(false)
    }

    /// The table for AC coefficients in a slot. `skips` says whether coefficients will be skipped.
    pub(super) fn ac(&self, slot: u8, skips: bool) -> Option<Rc<Huffman>> {
        self.ac.get(usize::from(slot))?.as_ref()?.table(skips)
    }

    /// Reads a segment if it defines tables.
    pub(super) fn define(&mut self, marker: u8, body: &[u8]) -> Result<(), ImageError> {
        match marker {
            0xC4 => self.define_huffman(body).ok_or_else(|| corrupt("impossible Huffman table")),
            0xDB => self.define_quantisation(body).ok_or_else(|| corrupt("impossible quantisation table")),
            0xDD => {
                let &[high, low] = body else { return Err(corrupt("impossible restart interval")) };
                self.restart_interval = usize::from(u16::from_be_bytes([high, low]));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn define_huffman(&mut self, mut body: &[u8]) -> Option<()> {
        while let Some((&[class_and_slot, ref counts @ ..], rest)) = body.split_first_chunk::<17>() {
            let total = counts.iter().map(|&count| usize::from(count)).sum();
            let (symbols, rest) = rest.split_at_checked(total)?;
            let codes = if class_and_slot >> 4 == 1 { &mut self.ac } else { &mut self.dc };
            *codes.get_mut(usize::from(class_and_slot & 15))? = Some(Code::new(*counts, symbols));
            body = rest;
        }
        body.is_empty().then_some(())
    }

    fn define_quantisation(&mut self, mut body: &[u8]) -> Option<()> {
        while let Some((&precision_and_slot, rest)) = body.split_first() {
            let mut table = [0; 64];
            let width = if precision_and_slot >> 4 == 0 { 1 } else { 2 };
            let (values, rest) = rest.split_at_checked(64 * width)?;
            for (step, value) in table.iter_mut().zip(values.chunks_exact(width)) {
                *step = value.iter().fold(0, |step, &byte| step << 8 | u16::from(byte));
            }
            *self.quantisation.get_mut(usize::from(precision_and_slot & 15))? = Some(Rc::new(table));
            body = rest;
        }
        Some(())
    }
}
