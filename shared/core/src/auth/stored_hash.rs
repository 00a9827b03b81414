//! The forms in which a password's hash may be stored: ours, and those of Django's that moved over.

use std::num::NonZeroU32;

use argon2::Params;
use argon2::password_hash::phc::PasswordHash;
use aws_lc_rs::digest::{SHA256, SHA256_OUTPUT_LEN, digest};
use aws_lc_rs::pbkdf2;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bcrypt::HashParts;

use super::kept_memory;

/// RFC 9106's version, which argon2-cffi writes.
const ARGON2_VERSION: u32 = 19;

// What a sign-in may cost at most: a dump is not to slow down the functions that everybody signs in by. At these
// bounds each takes some seconds of one core.
const MAX_ARGON2_KIB: u32 = 1 << 20;
const MAX_ARGON2_KIB_OF_ALL_PASSES: u64 = 1 << 22;
const MAX_PBKDF2_ITERATIONS: u32 = 10_000_000;
const BCRYPT_COSTS: std::ops::RangeInclusive<u32> = 4..=16;

/// A hash that a password can be compared with, at a cost that a sign-in may have.
#[derive(Clone)]
pub(super) enum StoredHash {
    /// A PHC string; Django writes `argon2` before it.
    Argon2(Box<PasswordHash>),
    /// `pbkdf2_sha256$<iterations>$<salt>$<base64>`
    Pbkdf2Sha256 { iterations: NonZeroU32, salt: String, hash: [u8; SHA256_OUTPUT_LEN] },
    /// `bcrypt_sha256$` and bcrypt's own string, of the password's SHA-256 in hexadecimal.
    BcryptSha256(String),
}

impl StoredHash {
    /// Reads what is stored; `None` for every other form, and for parameters that would make a sign-in too dear.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text.split_once('$')? {
            ("", _) => argon2(text),
            ("argon2", _) => argon2(text.strip_prefix("argon2")?),
            ("pbkdf2_sha256", rest) => pbkdf2_sha256(rest),
            ("bcrypt_sha256", rest) => bcrypt_sha256(rest),
            _ => None,
        }
    }

    /// Whether this was made from `password`, found out in time that does not depend on where they differ.
    pub(super) fn matches(&self, password: &[u8]) -> bool {
        match self {
            Self::Argon2(hash) => kept_memory::matches(hash, password),
            Self::Pbkdf2Sha256 { iterations, salt, hash } => {
                let algorithm = pbkdf2::PBKDF2_HMAC_SHA256;
                pbkdf2::verify(algorithm, *iterations, salt.as_bytes(), password, hash).is_ok()
            }
            Self::BcryptSha256(hash) => bcrypt::verify(hexadecimal(password), hash).unwrap_or(false),
        }
    }
}

/// `$argon2id$v=19$m=..,t=..,p=..$<salt>$<hash>`; Django before 3.2 made argon2i.
fn argon2(phc: &str) -> Option<StoredHash> {
    let hash = PasswordHash::new(phc).ok()?;
    let params = Params::try_from(&hash).ok()?;
    let all_passes = u64::from(params.m_cost()) * u64::from(params.t_cost());
    let is_known = ["argon2id", "argon2i"].contains(&hash.algorithm.as_str())
        && hash.version == Some(ARGON2_VERSION)
        && hash.salt.is_some()
        && hash.hash.is_some();
    let is_bearable = params.m_cost() <= MAX_ARGON2_KIB && all_passes <= MAX_ARGON2_KIB_OF_ALL_PASSES;
    (is_known && is_bearable).then(|| StoredHash::Argon2(Box::new(hash)))
}

fn pbkdf2_sha256(rest: &str) -> Option<StoredHash> {
    let mut parts = rest.split('$');
    let (iterations, salt, hash) = (parts.next()?, parts.next()?, parts.next()?);
    let iterations = iterations.parse::<NonZeroU32>().ok()?;
    let hash = STANDARD.decode(hash).ok()?.try_into().ok()?;
    let is_whole = parts.next().is_none() && !salt.is_empty();
    (is_whole && iterations.get() <= MAX_PBKDF2_ITERATIONS).then(|| StoredHash::Pbkdf2Sha256 {
        iterations,
        salt: salt.to_owned(),
        hash,
    })
}

fn bcrypt_sha256(rest: &str) -> Option<StoredHash> {
    let cost = rest.parse::<HashParts>().ok()?.get_cost();
    BCRYPT_COSTS.contains(&cost).then(|| StoredHash::BcryptSha256(rest.to_owned()))
}

/// SHA-256 of the password as Django gives it to bcrypt, which takes no more than 72 bytes and none that is zero.
fn hexadecimal(password: &[u8]) -> String {
    use std::fmt::Write as _;
    digest(&SHA256, password).as_ref().iter().fold(String::new(), |mut text, byte| {
        _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `make_password` of Django 5.2.19 made of `correct horse battery`; other hashes that it made are verified
    /// over the whole stack, in `tests/api/import_users.rs`.
    const OF_DJANGO: [&str; 5] = [
        "pbkdf2_sha256$1000000$Dhjhtk1eWgU7SEUouh8ifW$z+5lNU/JfXMri95cW5Bx7RToF20MS76culfvFcJ25iI=",
        "argon2$argon2id$v=19$m=102400,t=2,p=8$M0RUdnV0TU1GenF0VUVNUGRxM2l2QQ$oPaSpAFxVfgj1VtjUcPS2oHUE0zlMgErb8/2XP8r+FM",
        "argon2$argon2i$v=19$m=512,t=2,p=2$c2FsdHNhbHRzYWx0$rMfxAXq3qQYkJKGu/sid7Q",
        "bcrypt_sha256$$2b$12$9WHrBxWJQyJJc9KUZCU.RuJsGB/72Ogae9Ocu6enY9cLYkQHVGm72",
        // `argon2-cffi` itself.
        "$argon2id$v=19$m=65536,t=3,p=4$xxZAZbYjDHBX41Ojhwgi3g$S3DIFwwltUfU+S8IrLVCIxN3+AaKEU2RryHWYrBRuGc",
    ];

    fn matches(hash: &str, password: &str) -> bool {
        StoredHash::parse(hash).is_some_and(|hash| hash.matches(password.as_bytes()))
    }

    #[test]
    fn hashes_that_django_made_are_verified() {
        for hash in OF_DJANGO {
            assert!(matches(hash, "correct horse battery"), "{hash}");
            for other in ["correct horse batterz", "correct horse battery ", "Correct horse battery", ""] {
                assert!(!matches(hash, other), "{hash}: {other:?}");
            }
        }
    }

    #[test]
    fn a_hash_that_was_tampered_with_matches_nothing() {
        for hash in OF_DJANGO {
            let last_but_one = hash.trim_end_matches('=').len() - 2;
            let other = if hash[last_but_one..].starts_with('A') { "B" } else { "A" };
            let changed = [&hash[..last_but_one], other, &hash[last_but_one + 1..]].concat();
            assert!(!matches(&changed, "correct horse battery"), "{changed}");
            let short = hash.trim_end_matches('=');
            assert!(!matches(&short[..short.len() - 1], "correct horse battery"), "{short}");
        }
    }

    #[test]
    fn what_is_no_hash_of_these_kinds_is_not_understood() {
        let [pbkdf2, argon2, _, bcrypt, _] = OF_DJANGO;
        for text in [
            "",
            "$",
            "!ziESz05XYuue3UZJNQ4RuHeQyt3wQlf8P1MVoKx4",
            "correct horse battery",
            // The same Django's other hashers.
            "md5$81AhbgpsmQ16QO1RklFert$76ac76985b4e80a53f6253877db0e71d",
            "pbkdf2_sha1$1000000$7hiFvqn0Aa5LkfUqciGmGY$7jvAUA6u8fqtNDdLCA+gtAi6vB8=",
            &pbkdf2.replace("pbkdf2_sha256", "pbkdf2_sha512"),
            &bcrypt.replace("bcrypt_sha256", "bcrypt"),
            &pbkdf2.replace("$1000000$", "$0$"),
            &pbkdf2.replace("$1000000$", "$-1$"),
            &format!("{pbkdf2}$"),
            "pbkdf2_sha256$1000$salt$",
            "pbkdf2_sha256$1000$salt$AAAA",
            "pbkdf2_sha256$1000$$z+5lNU/JfXMri95cW5Bx7RToF20MS76culfvFcJ25iI=",
            "argon2$",
            &argon2.replace("argon2id", "argon2d"),
            &argon2.replace("v=19", "v=16"),
            &argon2.replace("v=19$", ""),
            &argon2.replace("argon2$", "argon2$$"),
            &argon2[..argon2.rfind('$').unwrap()],
            &bcrypt.replace("$2b$", "$3b$"),
            &bcrypt.replace("sha256$$", "sha256$"),
            &format!("{bcrypt}x"),
        ] {
            assert!(StoredHash::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_hash_that_takes_too_long_to_verify_is_not_understood() {
        let [pbkdf2, argon2, _, bcrypt, _] = OF_DJANGO;
        for (understood, text) in [
            (true, pbkdf2.replace("$1000000$", "$10000000$")),
            (false, pbkdf2.replace("$1000000$", "$10000001$")),
            (false, pbkdf2.replace("$1000000$", "$99999999999$")),
            (true, argon2.replace("m=102400", "m=1048576")),
            (false, argon2.replace("m=102400", "m=1048577")),
            (true, argon2.replace("t=2", "t=40")),
            (false, argon2.replace("t=2", "t=41")),
            (false, argon2.replace("t=2", "t=4294967295")),
            (true, bcrypt.replace("$12$", "$16$")),
            (false, bcrypt.replace("$12$", "$17$")),
            (false, bcrypt.replace("$12$", "$99$")),
            (false, bcrypt.replace("$12$", "$03$")),
        ] {
            assert_eq!(StoredHash::parse(&text).is_some(), understood, "{text}");
        }
    }
}
