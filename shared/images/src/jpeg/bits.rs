//! Entropy-coded data, bit by bit, with restart markers.

/// A reader of the bits of a scan's entropy-coded data.
///
/// It never reads past a marker or the end of the file. There it supplies zeros and counts them. [`Bits::overrun`]
/// tells afterwards whether data were missing, so a check for each unit is enough.
#[derive(Clone)]
pub(super) struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    /// The next bits, beginning with the most significant one. Below the `count` valid ones, there may already be bits
    /// that the next refill adds again.
    buffer: u64,
    count: u32,
    /// How many zero bits have been supplied.
    supplied: u64,
}

impl<'a> Bits<'a> {
    pub(super) fn new(data: &'a [u8], at: usize) -> Self {
        Self { data, at, buffer: 0, count: 0, supplied: 0 }
    }

    /// Fills the buffer to at least 56 bits.
    #[inline]
    pub(super) fn refill(&mut self) {
        if let Some(chunk) = self.data.get(self.at..).and_then(|rest| rest.first_chunk::<8>()) {
            let word = u64::from_be_bytes(*chunk);
            if !has_ff(word) {
                self.buffer |= word >> self.count;
                self.at += ((63 - self.count) >> 3) as usize;
                // Now there are at least 56 bits: whole bytes, and the rest of the byte that was partly consumed.
                self.count |= 0b11_1000;
                return;
            }
        }
        self.refill_by_bytes();
    }

    #[inline(never)]
    fn refill_by_bytes(&mut self) {
        while self.count < 56 {
            let byte = match (self.data.get(self.at), self.data.get(self.at + 1)) {
                (Some(0xFF), Some(0)) => {
                    self.at += 2;
                    0xFF
                }
                (Some(0xFF) | None, _) => {
                    self.supplied += 8;
                    0
                }
                (Some(&byte), _) => {
                    self.at += 1;
                    byte
                }
            };
            self.buffer |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
    }

    /// Returns the next `bits` (1 to 32) without consuming them. Call [`Bits::refill`] before.
    #[inline]
    pub(super) fn peek(&self, bits: u32) -> u32 {
        u32::try_from(self.buffer >> (64 - bits)).unwrap_or(0)
    }

    #[inline]
    pub(super) fn consume(&mut self, bits: u32) {
        self.buffer <<= bits;
        self.count -= bits;
    }

    /// Consumes `bits` (0 to 16). Call [`Bits::refill`] before.
    #[inline]
    pub(super) fn take(&mut self, bits: u32) -> u32 {
        let value = u32::try_from(self.buffer >> 1 >> (63 - bits)).unwrap_or(0);
        self.consume(bits);
        value
    }

    /// Consumes a signed value of `size` bits (T.81, F.2.2.1). Call [`Bits::refill`] before.
    #[inline]
    pub(super) fn take_signed(&mut self, size: u32) -> i32 {
        let value = self.take(size).cast_signed();
        let negative = value < (1 << size) >> 1;
        if negative { value - (1 << size) + 1 } else { value }
    }

    /// Whether more bits were consumed than the data had.
    pub(super) fn overrun(&self) -> bool {
        self.supplied > u64::from(self.count)
    }

    /// Continues after the next restart marker, whose number should be `expected` (0 to 7). Returns how many markers
    /// are missing before it. If the scan has no further marker, returns `None` and does not move.
    pub(super) fn restart(&mut self, expected: u8) -> Option<usize> {
        self.refill();
        let mut from = self.at;
        loop {
            let marker = next_marker(self.data, from)?;
            let number = self.data.get(marker + 1)?.checked_sub(0xD0).filter(|&number| number < 8)?;
            // A marker exactly at the end of the consumed data is the expected one, even with another number.
            let here = marker == self.at && u64::from(self.count) < self.supplied + 8 && !self.overrun();
            let lost = if here { 0 } else { number.wrapping_sub(expected) & 7 };
            if lost <= MAX_LOST {
                *self = Self::new(self.data, marker + 2);
                return Some(usize::from(lost));
            }
            from = marker + 2;
        }
    }

    /// The position in the file, which is at or before the marker that ends the scan.
    pub(super) fn position(&self) -> usize {
        self.at
    }
}

/// How many markers may be missing. A marker with a number further ahead counts as a repeated earlier one.
const MAX_LOST: u8 = 4;

fn has_ff(word: u64) -> bool {
    (!word).wrapping_sub(0x0101_0101_0101_0101) & word & 0x8080_8080_8080_8080 != 0
}

/// The position of the next marker's `FF`. Stuffed zeros and fill bytes are skipped.
pub(super) fn next_marker(data: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += data.get(at..)?.iter().position(|&byte| byte == 0xFF)?;
        match data.get(at + 1)? {
            0 => at += 2,
            0xFF => at += 1,
            _ => return Some(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stuffed_zeros_are_not_data() {
        let mut bits = Bits::new(&[0xFF, 0, 0xA5, 0xFF, 0, 0x5A, 0xFF, 0xD9], 0);
        let mut bytes = Vec::new();
        for _ in 0..4 {
            bits.refill();
            bytes.push(bits.take(8));
        }
        assert_eq!(bytes, [0xFF, 0xA5, 0xFF, 0x5A]);
        assert!(!bits.overrun());
        bits.refill();
        bits.take(1);
        assert!(bits.overrun());
    }

    #[test]
    fn data_are_read_in_order_by_words_and_by_bytes() {
        let values: Vec<u8> = (0..=255).chain(0..=255).collect();
        let stuffed: Vec<u8> =
            values.iter().flat_map(|&v| if v == 0xFF { vec![v, 0] } else { vec![v] }).collect();
        let mut bits = Bits::new(&stuffed, 0);
        for pair in values.chunks(2) {
            bits.refill();
            assert_eq!(bits.take(3), u32::from(pair[0] >> 5));
            assert_eq!(bits.take(13), (u32::from(pair[0]) << 8 | u32::from(pair[1])) & 0x1FFF);
        }
        assert!(!bits.overrun());
    }

    #[test]
    fn signed_values_follow_the_standard() {
        let mut bits = Bits::new(&[0b0110_0011, 0b1000_0000], 0);
        bits.refill();
        assert_eq!([bits.take_signed(0), bits.take_signed(1), bits.take_signed(2)], [0, -1, 3]);
        assert_eq!([bits.take_signed(3), bits.take_signed(3)], [-7, 7]);
    }

    #[test]
    fn a_restart_needs_its_marker() {
        let mut bits = Bits::new(&[0x12, 0xFF, 0xD0, 0x34], 0);
        bits.refill();
        bits.take(8);
        assert_eq!(bits.restart(0), Some(0));
        bits.refill();
        assert_eq!(bits.take(8), 0x34);
        assert_eq!(bits.restart(1), None);
    }

    #[test]
    fn missing_restart_markers_are_counted_and_repeated_ones_are_skipped() {
        let data = [0x12, 0x12, 0xFF, 0xD2, 0x34, 0x34, 0xFF, 0xD1, 0x56, 0xFF, 0xD3, 0x78, 0xFF, 0xD9];
        let mut bits = Bits::new(&data, 0);
        assert_eq!(bits.restart(0), Some(2));
        assert_eq!(bits.restart(3), Some(0));
        bits.refill();
        assert_eq!(bits.take(8), 0x78);
        assert_eq!(bits.restart(4), None);
    }

    #[test]
    fn a_marker_at_the_end_of_the_data_is_accepted_with_any_number() {
        let mut bits = Bits::new(&[0x12, 0xFF, 0xD5, 0x34], 0);
        bits.refill();
        bits.take(5);
        assert_eq!(bits.restart(0), Some(0));
    }
}
