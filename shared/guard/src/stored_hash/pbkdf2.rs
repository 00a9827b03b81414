//! PBKDF2 as Django writes it: `pbkdf2_sha256$<iterations>$<salt>$<base64>`, and the same with `pbkdf2_sha1`.

use std::num::NonZeroU32;

use aws_lc_rs::digest::{SHA1_OUTPUT_LEN, SHA256_OUTPUT_LEN};
use aws_lc_rs::pbkdf2::{self, Algorithm};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const MAX_ITERATIONS: u32 = 10_000_000;

/// A hash by PBKDF2, with its parameters.
#[derive(Clone)]
pub(crate) struct Pbkdf2 {
    algorithm: Algorithm,
    iterations: NonZeroU32,
    salt: String,
    hash: Vec<u8>,
}

impl Pbkdf2 {
    /// Parses what follows `pbkdf2_sha256$`.
    pub(super) fn sha256(rest: &str) -> Option<Self> {
        Self::parse(rest, pbkdf2::PBKDF2_HMAC_SHA256, SHA256_OUTPUT_LEN)
    }

    /// Parses what follows `pbkdf2_sha1$`.
    pub(super) fn sha1(rest: &str) -> Option<Self> {
        Self::parse(rest, pbkdf2::PBKDF2_HMAC_SHA1, SHA1_OUTPUT_LEN)
    }

    fn parse(rest: &str, algorithm: Algorithm, length: usize) -> Option<Self> {
        let parts: Vec<_> = rest.split('$').collect();
        let [iterations, salt, hash] = parts[..] else { return None };
        let iterations = iterations.parse::<NonZeroU32>().ok()?;
        let hash = STANDARD.decode(hash).ok()?;
        let is_whole = !salt.is_empty() && hash.len() == length;
        let is_affordable = iterations.get() <= MAX_ITERATIONS;
        (is_whole && is_affordable).then(|| Self { algorithm, iterations, salt: salt.to_owned(), hash })
    }

    /// Whether this was made from `password`, compared in constant time.
    pub(super) fn matches(&self, password: &[u8]) -> bool {
        pbkdf2::verify(self.algorithm, self.iterations, self.salt.as_bytes(), password, &self.hash).is_ok()
    }
}
