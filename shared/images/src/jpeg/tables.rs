use std::rc::Rc;

use super::{corrupt, huffman::Huffman};
use crate::error::ImageError;

/// The tables that hold from here on (T.81, B.2.4); later segments replace them.
#[derive(Default)]
pub(super) struct Tables {
    /// In zigzag order.
    pub quantisation: [Option<Rc<[u16; 64]>>; 4],
    pub dc: [Option<Rc<Huffman>>; 4],
    pub ac: [Option<Rc<Huffman>>; 4],
    /// Units between restart markers; 0: there are none.
    pub restart_interval: usize,
}

impl Tables {
    /// Takes up a segment if it defines tables.
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
            let (ac, slot) = (class_and_slot >> 4 == 1, usize::from(class_and_slot & 15));
            let table = Rc::new(Huffman::new(counts, symbols, ac)?);
            let tables = if ac { &mut self.ac } else { &mut self.dc };
            *tables.get_mut(slot)? = Some(table);
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
