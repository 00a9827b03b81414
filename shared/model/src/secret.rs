//! Secret values, which must never be printed.

use std::fmt::{self, Write as _};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use unicode_normalization::UnicodeNormalization;

use crate::random::Random;

/// A password, token or key: a string whose `Debug` output is redacted and which has no `Serialize`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    #[must_use]
    pub fn new(value: String) -> Self {
        Self(value)
    }

    /// The value itself. Review every call of this function.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The same text in Unicode form NFC.
    #[must_use]
    pub fn nfc(&self) -> Self {
        if self.0.is_ascii() { self.clone() } else { Self(self.0.nfc().collect()) }
    }

    /// Whether `other` is equal, compared in constant time.
    #[must_use]
    pub fn matches(&self, other: &str) -> bool {
        aws_lc_rs::constant_time::verify_slices_are_equal(self.0.as_bytes(), other.as_bytes()).is_ok()
    }

    /// Generates a new 256-bit token: 43 characters of base64url without padding.
    #[must_use]
    pub fn token(random: Random) -> Self {
        Self(URL_SAFE_NO_PAD.encode(random.bytes::<32>()))
    }

    /// A pseudonym for `text`, which must not be stored itself: the first 16 bytes of its HMAC-SHA-256 (RFC
    /// 2104) under this key, in hexadecimal.
    ///
    /// Only an owner of the key can compute it again.
    #[must_use]
    pub fn name_for(&self, text: &str) -> String {
        self.hmac(text).as_ref()[..16].iter().fold(String::with_capacity(32), |mut name, byte| {
            _ = write!(name, "{byte:02x}");
            name
        })
    }

    /// Derives a token from `text` under this key: HMAC-SHA-256 in base64url, with the form of
    /// [`token`](Self::token).
    ///
    /// Only an owner of both can derive it again.
    #[must_use]
    pub fn token_for(&self, text: &str) -> Self {
        Self(URL_SAFE_NO_PAD.encode(self.hmac(text)))
    }

    fn hmac(&self, text: &str) -> hmac::Tag {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, self.0.as_bytes()), text.as_bytes())
    }

    /// SHA-256 of the value in base64url, which the table stores in place of a token.
    #[must_use]
    pub fn sha256(&self) -> String {
        sha256(self.0.as_bytes())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

/// SHA-256 of `bytes` in base64url without padding.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_prints_redacted() {
        let secret = Secret::new("correct horse".to_owned());
        assert_eq!(format!("{secret:?}"), "Secret(redacted)");
    }

    #[test]
    fn a_name_is_a_truncated_hmac() {
        // RFC 4231, test case 2.
        let key = Secret::new("Jefe".to_owned());
        assert_eq!(key.name_for("what do ya want for nothing?"), "5bdcc146bf60754e6a042426089575c7");
    }

    #[test]
    fn a_token_derived_from_a_text_is_a_whole_hmac() {
        // RFC 4231, test case 2, as base64url.
        let token = Secret::new("Jefe".to_owned()).token_for("what do ya want for nothing?");
        assert_eq!(token.expose(), "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM");
    }

    #[test]
    fn the_hash_is_sha_256() {
        // printf abc | openssl dgst -sha256 -binary | basenc --base64url
        assert_eq!(sha256(b"abc"), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
    }
}
