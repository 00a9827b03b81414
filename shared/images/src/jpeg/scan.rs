use std::rc::Rc;

use super::{bits::Bits, corrupt, frame::Frame, huffman::Huffman, tables::Tables};
use crate::error::ImageError;

/// What a scan header (T.81, B.2.3) says, with the tables that it names.
pub(super) struct Scan {
    pub components: Vec<ScanComponent>,
    /// First and last coefficient, in zigzag order.
    pub spectrum: (usize, usize),
    /// Bits that an earlier scan left out, and that this one leaves out.
    pub approximation: (u32, u32),
}

pub(super) struct ScanComponent {
    /// Index in the frame.
    pub index: usize,
    pub dc: Option<Rc<Huffman>>,
    pub ac: Option<Rc<Huffman>>,
}

impl Scan {
    pub(super) fn parse(body: &[u8], frame: &Frame, tables: &Tables) -> Result<Self, ImageError> {
        let impossible = || corrupt("impossible scan header");
        let (&count, rest) = body.split_first().ok_or_else(impossible)?;
        let (selectors, rest) = rest.split_at_checked(usize::from(count) * 2).ok_or_else(impossible)?;
        let &[first, last, approximation] = rest else { return Err(impossible()) };
        let mut components: Vec<ScanComponent> = Vec::with_capacity(4);
        for selector in selectors.chunks_exact(2) {
            let index = frame.components.iter().position(|c| c.id == selector[0]).ok_or_else(impossible)?;
            if components.iter().any(|component| component.index == index) {
                return Err(impossible());
            }
            let table = |tables: &[Option<Rc<Huffman>>; 4], slot: u8| {
                tables.get(usize::from(slot)).cloned().flatten()
            };
            components.push(ScanComponent {
                index,
                dc: table(&tables.dc, selector[1] >> 4),
                ac: table(&tables.ac, selector[1] & 15),
            });
        }
        let scan = Self {
            components,
            spectrum: if frame.progressive { (usize::from(first), usize::from(last)) } else { (0, 63) },
            approximation: (u32::from(approximation >> 4), u32::from(approximation & 15)),
        };
        if scan.components.is_empty() || (frame.progressive && !scan.is_possible_progression()) {
            return Err(impossible());
        }
        Ok(scan)
    }

    fn is_possible_progression(&self) -> bool {
        let ((first, last), (before, now)) = (self.spectrum, self.approximation);
        let spectrum =
            if first == 0 { last == 0 } else { first <= last && last < 64 && self.components.len() == 1 };
        spectrum && now <= 13 && (before == 0 || before == now + 1)
    }
}

/// What is done with each block of a scan.
pub(super) trait BlockReader {
    /// Reads the block at column and row of the `nth` component of the scan. `None`: the data make no sense.
    fn block(&mut self, bits: &mut Bits, nth: usize, column: usize, row: usize) -> Option<()>;

    /// Forgets what must not be carried over a restart marker.
    fn restart(&mut self);
}

/// Reads a scan from `bits`, block by block in coded order (T.81, A.2).
pub(super) fn read_blocks(
    frame: &Frame,
    scan: &Scan,
    restart_interval: usize,
    bits: &mut Bits,
    reader: &mut impl BlockReader,
) -> Result<(), ImageError> {
    let interleaved = scan.components.len() > 1;
    let (columns, rows) =
        if interleaved { frame.units } else { frame.components[scan.components[0].index].blocks };
    let mut until_restart = restart_interval;
    for row in 0..rows {
        for column in 0..columns {
            if restart_interval != 0 {
                if until_restart == 0 {
                    bits.restart().ok_or_else(|| corrupt("restart marker missing"))?;
                    reader.restart();
                    until_restart = restart_interval;
                }
                until_restart -= 1;
            }
            let read = if interleaved {
                read_unit(frame, scan, bits, reader, column, row)
            } else {
                reader.block(bits, 0, column, row)
            };
            read.ok_or_else(|| corrupt("impossible code"))?;
        }
        if bits.overrun() {
            return Err(corrupt("ends before the picture does"));
        }
    }
    Ok(())
}

#[inline]
fn read_unit(
    frame: &Frame,
    scan: &Scan,
    bits: &mut Bits,
    reader: &mut impl BlockReader,
    column: usize,
    row: usize,
) -> Option<()> {
    for (nth, component) in scan.components.iter().enumerate() {
        let (across, down) = frame.components[component.index].factors;
        for y in 0..down {
            for x in 0..across {
                reader.block(bits, nth, column * across + x, row * down + y)?;
            }
        }
    }
    Some(())
}
