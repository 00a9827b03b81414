use super::{frame::Frame, idct::ZIGZAG, plane::Plane, scan::Scan, sequential::dequantised};

/// The coefficients of one component of a progressive picture that have been read so far.
pub(super) struct Coefficients {
    /// The first coefficients of each block, in zigzag order: as many as the plane uses.
    values: Vec<i16>,
    /// For each block: one bit for each coefficient, set if it is not zero. Covers coefficients that are not kept,
    /// too, because the codes of later scans depend on them. Empty if only the first coefficient is kept.
    nonzero: Vec<u64>,
    /// Blocks in a row.
    columns: usize,
    /// Coefficients of a block that are kept.
    kept: usize,
    /// For each coefficient: the lowest bit that a scan contained.
    lowest: [Option<u32>; 64],
    /// Set after damage, when scans of coefficients other than the first cannot be used any more.
    pub lost: bool,
}

/// One block's part of [`Coefficients`].
pub(super) struct Block<'a> {
    pub values: &'a mut [i16],
    pub nonzero: &'a mut u64,
}

impl Coefficients {
    /// `last`: zigzag position of the last coefficient that the plane uses. If that is the first one, scans of the
    /// others, which are most of the file, are not read at all.
    pub(super) fn new(frame: &Frame, index: usize, last: usize) -> Self {
        let kept = last + 1;
        let (columns, rows) = frame.padded_blocks(&frame.components[index]);
        let blocks = columns * rows;
        Self {
            values: vec![0; blocks * kept],
            nonzero: vec![0; if kept == 1 { 0 } else { blocks }],
            columns,
            kept,
            lowest: [None; 64],
            lost: false,
        }
    }

    /// The bytes that the coefficients of all components take, if their planes use them up to these positions.
    pub(super) fn bytes(frame: &Frame, lasts: &[usize]) -> u64 {
        let of_component = |(component, &last)| {
            let (columns, rows) = frame.padded_blocks(component);
            let bits = if last == 0 { 0 } else { size_of::<u64>() };
            (columns * rows * ((last + 1) * size_of::<i16>() + bits)) as u64
        };
        frame.components.iter().zip(lasts).map(of_component).sum()
    }

    /// Whether a scan of this spectrum has coefficients that are used.
    pub(super) fn wants(&self, spectrum: (usize, usize)) -> bool {
        spectrum.0 == 0 || (self.kept > 1 && !self.lost)
    }

    /// Records that a scan is read; returns how many coefficients it does not continue (T.81, G.1.1.1.1).
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
        &mut self.values[(row * self.columns + column) * self.kept]
    }

    /// A block, if more than its first coefficient is kept.
    #[inline]
    pub(super) fn block(&mut self, column: usize, row: usize) -> Block<'_> {
        let nth = row * self.columns + column;
        let start = nth * self.kept;
        Block { values: &mut self.values[start..start + self.kept], nonzero: &mut self.nonzero[nth] }
    }

    /// Fills the plane.
    pub(super) fn put(&self, plane: &mut Plane) {
        for (nth, block) in self.values.chunks_exact(self.kept).enumerate() {
            let mut coefficients = [0.0; 64];
            for (at, &value) in block.iter().enumerate() {
                coefficients[usize::from(ZIGZAG[at])] = dequantised(i32::from(value), plane.step(at));
            }
            plane.put(&coefficients, nth % self.columns, nth / self.columns);
        }
    }
}
