//! bcrypt as Django writes it: `bcrypt_sha256$` or `bcrypt$`, then bcrypt's own string `$2b$<cost>$<salt and hash>`.

use std::ops::RangeInclusive;

use aws_lc_rs::digest::{SHA256, digest};
use bcrypt::HashParts;

const COSTS: RangeInclusive<u32> = 4..=16;

/// A hash by bcrypt.
#[derive(Clone)]
pub(crate) struct Bcrypt {
    /// bcrypt's own string.
    hash: String,
    input: Input,
}

/// What is passed to bcrypt.
#[derive(Clone, Copy)]
enum Input {
    /// The password itself, of which bcrypt uses only the first 72 bytes.
    Password,
    /// SHA-256 of the password, in hexadecimal.
    Sha256,
}

impl Bcrypt {
    /// Parses what follows `bcrypt$`.
    pub(super) fn of_password(rest: &str) -> Option<Self> {
        Self::parse(rest, Input::Password)
    }

    /// Parses what follows `bcrypt_sha256$`.
    pub(super) fn of_sha256(rest: &str) -> Option<Self> {
        Self::parse(rest, Input::Sha256)
    }

    fn parse(rest: &str, input: Input) -> Option<Self> {
        let cost = rest.parse::<HashParts>().ok()?.get_cost();
        COSTS.contains(&cost).then(|| Self { hash: rest.to_owned(), input })
    }

    /// Whether this was made from `password`, compared in constant time.
    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let matches = match self.input {
            Input::Password => bcrypt::verify(password, &self.hash),
            Input::Sha256 => bcrypt::verify(sha256_in_hexadecimal(password), &self.hash),
        };
        matches.unwrap_or(false)
    }
}

fn sha256_in_hexadecimal(password: &[u8]) -> String {
    use std::fmt::Write as _;
    digest(&SHA256, password).as_ref().iter().fold(String::new(), |mut text, byte| {
        _ = write!(text, "{byte:02x}");
        text
    })
}
