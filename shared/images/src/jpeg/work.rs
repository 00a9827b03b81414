//! Limits the processor time of decoding.

use super::{corrupt, frame::Frame, scan::Scan};
use crate::error::ImageError;

/// The cost of the scans of one picture so far. Its limits keep a small file from using much processor time.
///
/// One byte of a scan can mean that thousands of blocks have no data, and a file can contain thousands of scans. All
/// other costs are proportional to the length of the file.
#[derive(Default)]
pub(super) struct Work {
    /// The number of visited blocks.
    visits: usize,
    /// The number of coefficients that a scan did not continue where the previous one had ended.
    jumps: usize,
}

/// The limit on visits. A picture of 64 megapixels without subsampling needs 13 million with the usual number of scans.
const MAX_VISITS: usize = 100_000_000;
/// The limit on jumps, which is that of libvips.
const MAX_JUMPS: usize = 100;

/// The cost of building the tables of a scan, in visits of blocks without data.
const TABLES: usize = 20_000;
/// The cost of decoding a block, in visits of blocks without data.
const DECODING: usize = 8;

impl Work {
    pub(super) fn count_tables(&mut self) -> Result<(), ImageError> {
        self.add(TABLES)
    }

    /// Counts a progressive scan, whose blocks may have no data.
    pub(super) fn count_visits(&mut self, scan: &Scan, frame: &Frame) -> Result<(), ImageError> {
        self.add(blocks(scan, frame))
    }

    /// Counts a sequential scan, which decodes each block.
    pub(super) fn count_decoding(&mut self, scan: &Scan, frame: &Frame) -> Result<(), ImageError> {
        self.add(blocks(scan, frame).saturating_mul(DECODING))
    }

    /// Counts the coefficients of which a scan repeats or skips bits.
    pub(super) fn count_jumps(&mut self, coefficients: usize) -> Result<(), ImageError> {
        self.jumps += coefficients;
        if self.jumps > MAX_JUMPS { Err(corrupt("scans repeated or out of order")) } else { Ok(()) }
    }

    fn add(&mut self, visits: usize) -> Result<(), ImageError> {
        self.visits = self.visits.saturating_add(visits);
        if self.visits > MAX_VISITS { Err(corrupt("too many scans")) } else { Ok(()) }
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
    fn the_number_of_scans_with_many_blocks_is_limited() {
        let (frame, scan) = large();
        let mut work = Work::default();
        let visits = (0..200).take_while(|_| work.count_visits(&scan, &frame).is_ok()).count();
        assert_eq!(visits, MAX_VISITS >> 20);
        // Encoders write ten scans for each of at most four components.
        assert!(visits >= 4 * 10);
    }

    #[test]
    fn the_number_of_scans_with_few_blocks_is_limited_by_their_tables() {
        let mut work = Work::default();
        let scans = (0..100_000).take_while(|_| work.count_tables().is_ok()).count();
        assert!((1_000..10_000).contains(&scans), "{scans}");
    }
}
