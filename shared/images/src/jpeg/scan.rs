//! Scan headers, and the order of blocks in a scan.

use std::{ops::Range, rc::Rc};

use super::{bits::Bits, corrupt, frame::Frame, huffman::Huffman, tables::Tables};
use crate::error::ImageError;

/// A scan header (T.81, B.2.3), and the tables that it names.
pub(super) struct Scan {
    pub components: Vec<ScanComponent>,
    /// The zigzag positions of the first and the last coefficient.
    pub spectrum: (usize, usize),
    /// How many low bits an earlier scan left out, or 0 if there was none, and how many this one leaves out.
    pub approximation: (u32, u32),
}

pub(super) struct ScanComponent {
    /// The index of the component in the frame.
    pub index: usize,
    /// The DC table, if the scan needs one.
    pub dc: Option<Rc<Huffman>>,
    /// The AC table, if the scan needs one.
    pub ac: Option<Rc<Huffman>>,
}

impl Scan {
    pub(super) fn parse(body: &[u8], frame: &Frame, tables: &Tables) -> Result<Self, ImageError> {
        let impossible = || corrupt("impossible scan header");
        let (&count, rest) = body.split_first().ok_or_else(impossible)?;
        let (selectors, rest) = rest.split_at_checked(usize::from(count) * 2).ok_or_else(impossible)?;
        let &[first, last, approximation] = rest else { return Err(impossible()) };
        let mut scan = Self {
            components: Vec::with_capacity(4),
            spectrum: if frame.progressive { (usize::from(first), usize::from(last)) } else { (0, 63) },
            approximation: (u32::from(approximation >> 4), u32::from(approximation & 15)),
        };
        for selector in selectors.chunks_exact(2) {
            let index = frame.components.iter().position(|c| c.id == selector[0]).ok_or_else(impossible)?;
            if scan.components.iter().any(|component| component.index == index) {
                return Err(impossible());
            }
            // A scan of a progressive picture needs at most one of the two tables.
            let differences = !frame.progressive || (scan.spectrum.0 == 0 && !scan.refines());
            let coefficients = !frame.progressive || scan.spectrum.0 != 0;
            scan.components.push(ScanComponent {
                index,
                dc: if differences { tables.dc(selector[1] >> 4) } else { None },
                ac: if coefficients { tables.ac(selector[1] & 15, !frame.progressive) } else { None },
            });
        }
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

    /// Whether a progressive scan refines coefficients of an earlier scan.
    pub(super) fn refines(&self) -> bool {
        self.approximation.0 != 0
    }

    /// The number of units, across and down. If the scan has several components, a unit has several blocks.
    pub(super) fn units(&self, frame: &Frame) -> (usize, usize) {
        match self.components.as_slice() {
            [only] => frame.components[only.index].blocks,
            _ => frame.units,
        }
    }
}

/// Reads the blocks of a scan.
pub(super) trait BlockReader {
    /// Reads the block at `column` and `row` of the `nth` component of the scan. `None` if the data are invalid.
    fn block(&mut self, bits: &mut Bits, nth: usize, column: usize, row: usize) -> Option<()>;

    /// Resets the state at a restart marker.
    fn restart(&mut self);
}

/// How many units of a scan could be read, and how many there are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    pub read: usize,
    pub all: usize,
}

/// Reads the blocks of a scan in coded order (T.81, A.2).
///
/// After damage, the data up to the next restart marker are lost, or the rest of the scan if there is no marker.
pub(super) fn read_blocks(
    frame: &Frame,
    scan: &Scan,
    restart_interval: usize,
    bits: &mut Bits,
    reader: &mut impl BlockReader,
) -> Extent {
    let (columns, rows) = scan.units(frame);
    let all = columns * rows;
    let mut interval = if restart_interval == 0 { all } else { restart_interval };
    let (mut read, mut from, mut restarts) = (0, 0, 0);
    while from < all {
        let to = all.min(from + interval);
        let units = read_units(frame, scan, bits, reader, columns, from..to);
        read += units;
        if to == all {
            break;
        }
        match bits.restart(u8::try_from(restarts % 8).unwrap_or(0)) {
            Some(lost) => {
                reader.restart();
                restarts += 1 + lost;
                from = to + lost * interval;
            }
            // A restart interval is declared, but the scan has no markers.
            None if restarts == 0 && units == to - from => (from, interval) = (to, all),
            None => break,
        }
    }
    Extent { read, all }
}

/// Reads units up to the first error. Returns their number.
fn read_units(
    frame: &Frame,
    scan: &Scan,
    bits: &mut Bits,
    reader: &mut impl BlockReader,
    columns: usize,
    units: Range<usize>,
) -> usize {
    let interleaved = scan.components.len() > 1;
    let (mut column, mut row) = (units.start % columns, units.start / columns);
    for unit in units.clone() {
        let read = if interleaved {
            read_unit(frame, scan, bits, reader, column, row)
        } else {
            reader.block(bits, 0, column, row)
        };
        if read.is_none() || bits.overrun() {
            return unit - units.start;
        }
        column += 1;
        if column == columns {
            (column, row) = (0, row + 1);
        }
    }
    units.len()
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
