use super::{corrupt, frame::Frame, scan::Scan};
use crate::error::ImageError;

/// What the scans of one picture have cost so far, so that a small file cannot keep a function busy.
///
/// One byte of a scan can say that it has no data for thousands of blocks, and a file can hold thousands of
/// scans. All other costs are proportional to the file's length.
#[derive(Default)]
pub(super) struct Work {
    /// Blocks that were visited.
    visits: usize,
    /// Coefficients that a scan did not continue where the one before it had left off.
    jumps: usize,
}

/// Several times the 13 million that a picture of 64 megapixels without subsampling takes, in as many scans as
/// encoders write.
const MOST_VISITS: usize = 100_000_000;
/// As many as libvips lets pass.
const MOST_JUMPS: usize = 100;

/// The cost of making the tables of a scan, in visits of blocks without data.
const TABLES: usize = 20_000;
/// The cost of decoding a block, in visits of blocks without data.
const DECODING: usize = 8;

impl Work {
    pub(super) fn look_at_tables(&mut self) -> Result<(), ImageError> {
        self.add(TABLES)
    }

    /// Counts a scan whose blocks may have no data.
    pub(super) fn visit(&mut self, scan: &Scan, frame: &Frame) -> Result<(), ImageError> {
        self.add(blocks(scan, frame))
    }

    /// Counts a scan of whole blocks.
    pub(super) fn decode(&mut self, scan: &Scan, frame: &Frame) -> Result<(), ImageError> {
        self.add(blocks(scan, frame).saturating_mul(DECODING))
    }

    /// Counts the coefficients that a scan repeats, or of which it skips bits.
    pub(super) fn jump(&mut self, coefficients: usize) -> Result<(), ImageError> {
        self.jumps += coefficients;
        if self.jumps > MOST_JUMPS { Err(corrupt("scans repeated or out of order")) } else { Ok(()) }
    }

    fn add(&mut self, visits: usize) -> Result<(), ImageError> {
        self.visits = self.visits.saturating_add(visits);
        if self.visits > MOST_VISITS { Err(corrupt("too many scans")) } else { Ok(()) }
    }
}

fn blocks(scan: &Scan, frame: &Frame) -> usize {
    let (across, down) = scan.units(frame);
    let of_unit = |index: usize| frame.components[index].factors.0 * frame.components[index].factors.1;
    let blocks: usize = match scan.components.as_slice() {
        [_] => 1,
        several => several.iter().map(|component| of_unit(component.index)).sum(),
    };
    across * down * blocks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jpeg::tables::Tables;

    /// A grey frame of 8192 x 8192, which has 2^20 blocks, and a scan of it.
    fn large() -> (Frame, Scan) {
        let frame = Frame::parse(0xC2, &[8, 0x20, 0, 0x20, 0, 1, 1, 0x11, 0]).unwrap();
        let scan = Scan::parse(&[1, 1, 0, 1, 63, 0], &frame, &Tables::new()).unwrap();
        (frame, scan)
    }

    #[test]
    fn scans_of_many_blocks_are_bounded_whatever_they_hold() {
        let (frame, scan) = large();
        let mut work = Work::default();
        let visits = (0..200).take_while(|_| work.visit(&scan, &frame).is_ok()).count();
        assert_eq!(visits, MOST_VISITS >> 20);
        // As many as encoders write, of four components.
        assert!(visits >= 4 * 10);
    }

    #[test]
    fn scans_of_few_blocks_are_bounded_by_their_tables() {
        let mut work = Work::default();
        let scans = (0..100_000).take_while(|_| work.look_at_tables().is_ok()).count();
        assert!((1_000..10_000).contains(&scans), "{scans}");
    }
}
