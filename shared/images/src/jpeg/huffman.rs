//! Huffman tables.

use super::bits::Bits;

/// Codes of up to this many bits need only one lookup. A larger table would not stay in the L1 cache.
const BITS: u32 = 12;

/// A Huffman table (T.81, annex C).
pub(super) struct Huffman {
    /// Indexed by the next [`BITS`] bits: the length of the code, and its symbol. The length is 0 if the code is
    /// longer.
    lookup: Vec<(u8, u8)>,
    /// Indexed by the next [`BITS`] bits: the step over all coefficients that these bits contain completely. Empty in
    /// DC tables.
    steps: Vec<Step>,
    /// Indexed by length, 1 to 16: the end (exclusive) of the codes of that length, left-aligned in 16 bits.
    ends: [u32; 17],
    /// Indexed by length: the difference between the index of a symbol and its code.
    offsets: [i32; 17],
    symbols: Vec<u8>,
}

/// A step over several unused coefficients at once.
#[derive(Clone, Copy)]
struct Step {
    /// The number of bits of the step, including the values of coefficients.
    bits: u8,
    /// The number of coefficients. 255 means that the bits do not contain a complete coefficient.
    coefficients: u8,
    /// The number of coefficients, plus [`END`] if the block ends after them.
    advance: u8,
}

/// The number of coefficients in a block. Advancing by this number always ends a block.
const END: u8 = 64;
/// The largest size category of an AC coefficient in an 8-bit picture (T.81, table F.2).
const MAX_SIZE: u8 = 10;

impl Huffman {
    /// Builds the table of a DHT segment from the number of codes of each length, and their symbols. `None` if no such
    /// code exists.
    pub(super) fn new(counts: &[u8; 16], symbols: &[u8], ac: bool) -> Option<Self> {
        let mut table = Self {
            lookup: vec![(0, 0); 1 << BITS],
            steps: Vec::new(),
            ends: [0; 17],
            offsets: [0; 17],
            symbols: symbols.to_vec(),
        };
        let (mut code, mut index) = (0_u32, 0_u32);
        for (length, &count) in (1_u32..).zip(counts) {
            table.offsets[length as usize] = index.cast_signed() - code.cast_signed();
            for _ in 0..count {
                let symbol = *symbols.get(index as usize)?;
                if code >> length != 0 {
                    return None;
                }
                if length <= BITS {
                    let first = (code << (BITS - length)) as usize;
                    let last = first + (1 << (BITS - length));
                    table.lookup[first..last].fill((u8::try_from(length).ok()?, symbol));
                }
                (code, index) = (code + 1, index + 1);
            }
            table.ends[length as usize] = code << (16 - length);
            code <<= 1;
        }
        if ac {
            table.steps = (0..1 << BITS).map(|next| table.step(next)).collect();
        }
        Some(table)
    }

    fn step(&self, next: usize) -> Step {
        let mut step = Step { bits: 0, coefficients: 0, advance: 0 };
        while u32::from(step.bits) < BITS {
            let rest = (next << step.bits) & ((1 << BITS) - 1);
            let (length, symbol) = self.lookup[rest];
            let (run, size) = (symbol >> 4, symbol & 15);
            let whole = length != 0 && u32::from(step.bits + length) <= BITS;
            if !whole || size > MAX_SIZE || step.coefficients + run + 1 > END - 1 {
                break;
            }
            step.bits += length + size;
            if size == 0 && run < 15 {
                step.advance = step.coefficients + END;
                return step;
            }
            step.coefficients += run + 1;
        }
        if step.bits == 0 {
            step.coefficients = 255;
        }
        Step { advance: step.coefficients, ..step }
    }

    /// Reads one symbol. Call [`Bits::refill`] before. `None` if no code matches.
    #[inline]
    pub(super) fn symbol(&self, bits: &mut Bits) -> Option<u8> {
        let (length, symbol) = self.lookup[bits.peek(BITS) as usize];
        if length == 0 {
            return self.long_symbol(bits);
        }
        bits.consume(u32::from(length));
        Some(symbol)
    }

    #[cold]
    fn long_symbol(&self, bits: &mut Bits) -> Option<u8> {
        let next = bits.peek(16);
        let length = (BITS + 1..=16).find(|&length| next < self.ends[length as usize])?;
        let code = (next >> (16 - length)).cast_signed();
        bits.consume(length);
        self.symbols.get(usize::try_from(code + self.offsets[length as usize]).ok()?).copied()
    }

    /// Skips the coefficients of a block from position `at` to its end.
    #[inline]
    pub(super) fn skip(&self, bits: &mut Bits, mut at: u32) -> Option<()> {
        while at < u32::from(END) {
            bits.refill();
            // A step consumes at most 26 bits, so one refill is enough for two steps.
            for _ in 0..2 {
                let step = self.steps[bits.peek(BITS) as usize];
                if at + u32::from(step.coefficients) < u32::from(END) {
                    bits.consume(u32::from(step.bits));
                    at += u32::from(step.advance);
                } else {
                    at = self.skip_one(bits, at)?;
                }
                if at >= u32::from(END) {
                    break;
                }
            }
        }
        Some(())
    }

    #[inline(never)]
    fn skip_one(&self, bits: &mut Bits, at: u32) -> Option<u32> {
        let symbol = self.symbol(bits)?;
        let (run, size) = (u32::from(symbol >> 4), symbol & 15);
        if size == 0 && run < 15 {
            return Some(u32::from(END));
        }
        if size > MAX_SIZE {
            return None;
        }
        bits.consume(u32::from(size));
        let at = at + run + 1;
        (at <= u32::from(END)).then_some(at)
    }

    /// Reads a DC difference. Call [`Bits::refill`] before.
    #[inline]
    pub(super) fn difference(&self, bits: &mut Bits) -> Option<i32> {
        let size = self.symbol(bits)?;
        (size <= 11).then(|| bits.take_signed(u32::from(size)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table with four codes: 0 (end of block), 10 (a coefficient of 2 bits), 110 (two zeros, then a coefficient of 1
    /// bit), and 1110000000000000 (16 zeros).
    fn table() -> Huffman {
        let mut counts = [0; 16];
        (counts[0], counts[1], counts[2], counts[15]) = (1, 1, 1, 1);
        Huffman::new(&counts, &[0x00, 0x02, 0x21, 0xF0], true).unwrap()
    }

    fn bytes(bits: &str) -> Vec<u8> {
        let bits: Vec<u8> = bits.bytes().filter(u8::is_ascii_digit).map(|bit| bit - b'0').collect();
        bits.chunks(8)
            .map(|byte| byte.iter().enumerate().fold(0, |sum, (at, bit)| sum | bit << (7 - at)))
            .collect()
    }

    #[test]
    fn a_block_is_skipped_exactly_to_its_end() {
        // Each block ends after one or several steps. The bits 1010... follow it.
        for block in ["0", "10 11 0", "110 1 10 00 10 01 110 0 0", "1110000000000000 10 11 0"] {
            let data = bytes(&format!("{block} 1010 1010 1010"));
            let mut bits = Bits::new(&data, 0);
            table().skip(&mut bits, 1).unwrap();
            bits.refill();
            assert_eq!(bits.take(8), 0b1010_1010, "{block}");
        }
    }

    #[test]
    fn a_block_with_all_coefficients_has_no_end_of_block_code() {
        let data = bytes(&format!("{} 0110 0110", "10 01".repeat(4)));
        let mut bits = Bits::new(&data, 0);
        table().skip(&mut bits, 60).unwrap();
        bits.refill();
        assert_eq!(bits.take(8), 0b0110_0110);
    }

    #[test]
    fn too_many_coefficients_in_a_block_are_refused() {
        let data = bytes("110 1 110 1 0000 0000");
        assert_eq!(table().skip(&mut Bits::new(&data, 0), 60), None);
    }

    #[test]
    fn too_many_codes_for_their_length_are_refused() {
        let mut counts = [0; 16];
        counts[0] = 3;
        assert!(Huffman::new(&counts, &[1, 2, 3], false).is_none());
        counts[0] = 2;
        assert!(Huffman::new(&counts, &[1, 2], false).is_some());
    }
}
