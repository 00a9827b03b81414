//! The inverse discrete cosine transform, which scales at the same time.

/// Transforms the 8 x 8 coefficients of a block to `across` x `down` samples.
///
/// A transform with n points of the n lowest frequencies scales the block by n/8. For n < 8 this is a band-limited
/// reduction. For n > 8 it enlarges the block, which brings subsampled chroma to the size of luma without a separate
/// pass.
pub(super) struct Idct {
    across: usize,
    down: usize,
    /// The basis functions, indexed by frequency and sample, with the amplitudes of the 8-point transform in T.81.
    columns: Box<[[f32; MAX_POINTS]; 8]>,
    rows: Box<[[f32; MAX_POINTS]; 8]>,
    /// The zigzag position of the last coefficient that the transform uses.
    last: usize,
}

/// The maximum number of points: 8, enlarged by the maximum sampling factor of 4.
const MAX_POINTS: usize = 32;

/// The row-major position of each coefficient in zigzag order (T.81, figure 5).
pub(super) const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
    14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39,
    46, 53, 60, 61, 54, 47, 55, 62, 63,
];

impl Idct {
    /// `None` unless both numbers are the product of 1, 2, 4 or 8 and 1, 2, 3 or 4.
    pub(super) fn new(across: usize, down: usize) -> Option<Self> {
        let fits = |points: usize| matches!(points, 1 | 2 | 3 | 4 | 6 | 8 | 12 | 16 | 24 | 32);
        if !fits(across) || !fits(down) {
            return None;
        }
        let used = |position: u8| usize::from(position % 8) < across && usize::from(position / 8) < down;
        let last = ZIGZAG.iter().rposition(|&position| used(position)).unwrap_or(0);
        Some(Self { across, down, columns: basis(across), rows: basis(down), last })
    }

    /// The zigzag position of the last coefficient that the transform uses.
    pub(super) fn last(&self) -> usize {
        self.last
    }

    /// Transforms dequantised coefficients, which are in row-major order, and writes the samples to `out`, whose rows
    /// are `stride` apart.
    #[inline]
    pub(super) fn block(&self, coefficients: &[f32; 64], out: &mut [u8], stride: usize) {
        match self.across {
            1 if self.down == 1 => out[0] = to_sample(coefficients[0] / 8.0 + 128.5),
            1 => self.block_of::<1>(coefficients, out, stride),
            2 => self.block_of::<2>(coefficients, out, stride),
            4 => self.block_of::<4>(coefficients, out, stride),
            8 => self.block_of::<8>(coefficients, out, stride),
            16 => self.block_of::<16>(coefficients, out, stride),
            _ => self.block_of::<32>(coefficients, out, stride),
        }
    }

    #[inline(never)]
    fn block_of<const ACROSS: usize>(&self, coefficients: &[f32; 64], out: &mut [u8], stride: usize) {
        // Sizes with a factor of three are rare, and use the code for the maximum size.
        let across = if ACROSS == MAX_POINTS { self.across } else { ACROSS };
        let (frequencies_across, frequencies_down) = (across.min(8), self.down.min(8));
        let mut halves = [[0_f32; ACROSS]; 8];
        for v in 0..frequencies_down {
            for u in 0..frequencies_across {
                let coefficient = coefficients[v * 8 + u];
                if coefficient != 0.0 {
                    for (half, basis) in halves[v].iter_mut().zip(&self.columns[u]) {
                        *half += coefficient * basis;
                    }
                }
            }
        }
        for y in 0..self.down {
            // 128 is the level shift. 0.5 is added because the conversion below truncates.
            let mut sums = [128.5_f32; ACROSS];
            for (half, row) in halves.iter().zip(&*self.rows).take(frequencies_down) {
                for (sum, half) in sums.iter_mut().zip(half) {
                    *sum += row[y] * half;
                }
            }
            for (sample, sum) in out[y * stride..][..across].iter_mut().zip(sums) {
                *sample = to_sample(sum);
            }
        }
    }
}

#[inline]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the value is clamped, and truncation is intended"
)]
fn to_sample(value: f32) -> u8 {
    value.clamp(0.0, 255.0) as u8
}

#[expect(clippy::cast_precision_loss, reason = "numbers below 64")]
fn basis(points: usize) -> Box<[[f32; MAX_POINTS]; 8]> {
    let mut basis = Box::new([[0.0; MAX_POINTS]; 8]);
    for (frequency, samples) in basis.iter_mut().enumerate().take(points) {
        let amplitude = if frequency == 0 { std::f32::consts::FRAC_1_SQRT_2 / 2.0 } else { 0.5 };
        for (at, sample) in samples.iter_mut().enumerate().take(points) {
            let angle = std::f32::consts::PI * ((2 * at + 1) * frequency) as f32 / (2 * points) as f32;
            *sample = amplitude * angle.cos();
        }
    }
    basis
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The forward transform, exactly as in T.81, A.3.3.
    #[expect(clippy::cast_precision_loss, reason = "numbers below 256")]
    fn forward(samples: &[[u8; 8]; 8]) -> [f32; 64] {
        let cosine = |at: usize, frequency: usize| {
            (std::f32::consts::PI * ((2 * at + 1) * frequency) as f32 / 16.0).cos()
        };
        let scale = |frequency: usize| if frequency == 0 { std::f32::consts::FRAC_1_SQRT_2 } else { 1.0 };
        std::array::from_fn(|position| {
            let (v, u) = (position / 8, position % 8);
            let mut sum = 0.0;
            for (y, row) in samples.iter().enumerate() {
                for (x, &sample) in row.iter().enumerate() {
                    sum += (f32::from(sample) - 128.0) * cosine(x, u) * cosine(y, v);
                }
            }
            sum * scale(u) * scale(v) / 4.0
        })
    }

    fn slope() -> [[u8; 8]; 8] {
        std::array::from_fn(|y| std::array::from_fn(|x| u8::try_from(40 + 12 * x + 8 * y).unwrap()))
    }

    fn inverse(coefficients: &[f32; 64], across: usize, down: usize) -> Vec<u8> {
        let mut out = vec![0; across * down];
        Idct::new(across, down).unwrap().block(coefficients, &mut out, across);
        out
    }

    #[test]
    fn eight_points_restore_the_samples() {
        assert_eq!(inverse(&forward(&slope()), 8, 8), slope().as_flattened());
    }

    #[test]
    fn fewer_points_give_a_smaller_block_and_more_a_larger_one() {
        let coefficients = forward(&slope());
        assert_eq!(inverse(&coefficients, 1, 1), [110]);
        for (across, down) in [(2, 2), (4, 4), (2, 4), (3, 3), (6, 12), (8, 24), (24, 8), (16, 8), (32, 32)] {
            let block = inverse(&coefficients, across, down);
            let (first, last) = (block[0], block[across * down - 1]);
            let mean = block.iter().map(|&sample| usize::from(sample)).sum::<usize>() / block.len();
            assert!(first < 92 && last > 128, "{across} x {down}: {first}, {last}");
            assert!((109..=111).contains(&mean), "{across} x {down}: {mean}");
        }
    }

    #[test]
    fn the_last_used_coefficient_depends_on_the_scale() {
        let last = |across, down| Idct::new(across, down).map(|idct| idct.last());
        assert_eq!([last(1, 1), last(2, 2), last(4, 4), last(8, 8)], [Some(0), Some(4), Some(24), Some(63)]);
        assert_eq!([last(3, 1), last(3, 3), last(5, 1)], [Some(5), Some(12), None]);
    }
}
