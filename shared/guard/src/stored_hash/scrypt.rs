//! scrypt (RFC 7914) as Django writes it: `scrypt$<N>$<salt>$<r>$<p>$<base64>`.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use scrypt::Params;

/// Django requests this output length for all parameters.
const HASH_BYTES: usize = 64;

/// Limit on memory: scrypt uses N blocks of 128·r bytes.
const MAX_MEMORY_BYTES: u64 = 64 << 20;

/// Limit on time: scrypt processes N·r·p blocks, twice. With Django's own parameters that is 655 360 blocks.
const MAX_BLOCKS: u64 = 1 << 21;

/// A hash by scrypt, with its parameters.
#[derive(Clone)]
pub(crate) struct Scrypt {
    params: Params,
    salt: String,
    hash: [u8; HASH_BYTES],
}

impl Scrypt {
    /// Parses what follows `scrypt$`.
    pub(super) fn parse(rest: &str) -> Option<Self> {
        let parts: Vec<_> = rest.split('$').collect();
        let [n, salt, r, p, hash] = parts[..] else { return None };
        let (n, r, p) = (n.parse::<u64>().ok()?, r.parse::<u32>().ok()?, p.parse::<u32>().ok()?);
        let params = affordable(n, r, p)?;
        let hash = STANDARD.decode(hash).ok()?.try_into().ok()?;
        (!salt.is_empty()).then(|| Self { params, salt: salt.to_owned(), hash })
    }

    /// Whether this was made from `password`, compared in constant time.
    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let mut computed = [0; HASH_BYTES];
        scrypt::scrypt(password, self.salt.as_bytes(), &self.params, &mut computed).is_ok()
            && verify_slices_are_equal(&computed, &self.hash).is_ok()
    }
}

/// The parameters, if scrypt is defined for them and they are within the limits on time and memory.
fn affordable(n: u64, r: u32, p: u32) -> Option<Params> {
    let blocks = n.checked_mul(r.into())?;
    let (memory, work) = (blocks.checked_mul(128)?, blocks.checked_mul(p.into())?);
    if n < 2 || !n.is_power_of_two() || memory > MAX_MEMORY_BYTES || work > MAX_BLOCKS {
        return None;
    }
    Params::new(u8::try_from(n.ilog2()).ok()?, r, p).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From RFC 7914, section 12: the parameters, and the output in hexadecimal.
    const OF_THE_RFC: [(&str, &str, [u32; 3], &str); 2] = [
        (
            "password",
            "NaCl",
            [1024, 8, 16],
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640",
        ),
        (
            "pleaseletmein",
            "SodiumChloride",
            [16384, 8, 1],
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887",
        ),
    ];

    #[test]
    fn the_hashes_of_the_rfc_are_verified() {
        for (password, salt, [n, r, p], output) in OF_THE_RFC {
            let byte = |at| u8::from_str_radix(&output[at..at + 2], 16).unwrap();
            let output: Vec<u8> = (0..output.len()).step_by(2).map(byte).collect();
            let text = format!("{n}${salt}${r}${p}${}", STANDARD.encode(output));
            let hash = Scrypt::parse(&text).unwrap();
            assert!(hash.matches(password.as_bytes()), "{text}");
            assert!(!hash.matches(b"Password"), "{text}");
        }
    }

    #[test]
    fn parameters_that_are_invalid_or_beyond_the_limits_are_refused() {
        for (parameters, is_affordable) in [
            // 64 MiB, and 2^21 blocks.
            ((1 << 16, 8, 4), true),
            ((1 << 16, 8, 5), false),
            ((1 << 17, 8, 1), false),
            ((1 << 15, 17, 1), false),
            ((1 << 18, 2, 4), true),
            ((1 << 19, 1, 4), true),
            ((1 << 19, 1, 5), false),
            ((2, 1 << 10, 1 << 10), true),
            ((2, 1 << 10, (1 << 10) + 1), false),
            ((2, u32::MAX, u32::MAX), false),
            ((u64::MAX, 8, 1), false),
            ((1 << 63, 8, 1), false),
            ((0, 8, 1), false),
            ((1, 8, 1), false),
            ((16383, 8, 1), false),
            ((16384, 0, 1), false),
            ((16384, 8, 0), false),
        ] {
            let (n, r, p) = parameters;
            assert_eq!(affordable(n, r, p).is_some(), is_affordable, "{parameters:?}");
        }
    }
}
