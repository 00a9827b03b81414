//! The coefficients of progressive pictures.

use super::{frame::Frame, idct::ZIGZAG, plane::Plane, scan::Scan, sequential::dequantised};

/// The coefficients of one component of a progressive picture, as read so far.
pub(super) struct Coefficients {
    /// The first coefficients of each block, in zigzag order. There are as many as the plane uses.
    values: Vec<i16>,
    /// For each block, one bit per coefficient, which is set if the coefficient is not zero. This includes coefficients
    /// that are not stored, because the codes of later scans depend on them. Empty if only the first coefficient is
    /// stored.
    nonzero: Vec<u64>,
    /// The number of blocks in a row.
    columns: usize,
    /// How many coefficients of a block are stored.
    stored: usize,
    /// For each coefficient, the lowest bit that a scan has contained.
    lowest: [Option<u32>; 64],
    /// Set after damage that makes further scans useless, except those of the first coefficient.
    pub lost: bool,
}

/// One block's part of [`Coefficients`].
pub(super) struct Block<'a> {
    pub values: &'a mut [i16],
    pub nonzero: &'a mut u64,
}

impl Coefficients {
    /// No coefficients yet. `last` is the zigzag position of the last coefficient that the plane uses. If it is 0, only
    /// scans of the first coefficient are read, which are a small part of the file.
    pub(super) fn new(frame: &Frame, index: usize, last: usize) -> Self {
        let stored = last + 1;
        let (columns, rows) = frame.padded_blocks(&frame.components[index]);
        let blocks = columns * rows;
        Self {
            values: vec![0; blocks * stored],
            nonzero: vec![0; if stored == 1 { 0 } else { blocks }],
            columns,
            stored,
            lowest: [None; 64],
            lost: false,
        }
    }

    /// The memory for the coefficients of all components, in bytes. `lasts` has the zigzag position of the last used
    /// coefficient for each component.
    pub(super) fn bytes(frame: &Frame, lasts: &[usize]) -> u64 {
        let of_component = |(component, &last)| {
            let (columns, rows) = frame.padded_blocks(component);
            let bits = if last == 0 { 0 } else { size_of::<u64>() };
            (columns * rows * ((last + 1) * size_of::<i16>() + bits)) as u64
        };
        frame.components.iter().zip(lasts).map(of_component).sum()
    }

    /// Whether a scan of this band of coefficients is used.
    pub(super) fn wants(&self, spectrum: (usize, usize)) -> bool {
        spectrum.0 == 0 || (self.stored > 1 && !self.lost)
    }

    /// Records a scan that is about to be read. Returns how many coefficients it does not continue where the previous
    /// scan has ended (T.81, G.1.1.1.1).
    pub(super) fn continue_with(&mut self, scan: &Scan) -> usize {
        let ((first, last), (before, now)) = (scan.spectrum, scan.approximation);
        let mut jumps = usize::from(first > 0 && self.lowest[0].is_none());
        for lowest in &mut self.lowest[first..=last] {
            jumps += usize::from(before != lowest.unwrap_or(0));
            *lowest = Some(now);
        }
        jumps
    }

    /// The first coefficient of a block.
    #[inline]
    pub(super) fn first(&mut self, column: usize, row: usize) -> &mut i16 {
        &mut self.values[(row * self.columns + column) * self.stored]
    }

    /// A block. Call this only if more than the first coefficient is stored.
    #[inline]
    pub(super) fn block(&mut self, column: usize, row: usize) -> Block<'_> {
        let nth = row * self.columns + column;
        let start = nth * self.stored;
        Block { values: &mut self.values[start..start + self.stored], nonzero: &mut self.nonzero[nth] }
    }

    /// Writes all blocks to the plane.
    pub(super) fn put(&self, plane: &mut Plane) {
        for (nth, block) in self.values.chunks_exact(self.stored).enumerate() {
            let mut coefficients = [0.0; 64];
            for (at, &value) in block.iter().enumerate() {
                coefficients[usize::from(ZIGZAG[at])] = dequantised(i32::from(value), plane.step(at));
            }
            plane.put(&coefficients, nth % self.columns, nth / self.columns);
        }
    }
}
