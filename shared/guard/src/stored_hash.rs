//! The formats of stored password hashes: ours, and those of accounts that were imported from Django.

mod bcrypt;
mod pbkdf2;
mod scrypt;

use argon2::Params;
use argon2::password_hash::phc::PasswordHash;

use self::bcrypt::Bcrypt;
use self::pbkdf2::Pbkdf2;
use self::scrypt::Scrypt;
use super::kept_memory;

/// RFC 9106's version, which argon2-cffi writes.
const ARGON2_VERSION: u32 = 19;

// Limits on the cost of a sign-in, here and in the modules of the other algorithms: an imported hash must not
// slow down the functions that all users sign in with. At these limits, each takes some seconds on one core.
const MAX_ARGON2_KIB: u32 = 1 << 20;
const MAX_ARGON2_KIB_OF_ALL_PASSES: u64 = 1 << 22;

/// A hash that a sign-in can afford to verify.
#[derive(Clone)]
pub(super) enum StoredHash {
    /// A PHC string; Django prefixes it with `argon2`.
    Argon2(Box<PasswordHash>),
    Bcrypt(Bcrypt),
    Pbkdf2(Pbkdf2),
    Scrypt(Box<Scrypt>),
}

impl StoredHash {
    /// Parses a stored hash; `None` for unknown formats, and for parameters that would make a sign-in too
    /// expensive.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text.split_once('$')? {
            ("", _) => argon2(text),
            ("argon2", _) => argon2(text.strip_prefix("argon2")?),
            ("pbkdf2_sha256", rest) => Pbkdf2::sha256(rest).map(Self::Pbkdf2),
            ("pbkdf2_sha1", rest) => Pbkdf2::sha1(rest).map(Self::Pbkdf2),
            ("bcrypt_sha256", rest) => Bcrypt::of_sha256(rest).map(Self::Bcrypt),
            ("bcrypt", rest) => Bcrypt::of_password(rest).map(Self::Bcrypt),
            ("scrypt", rest) => Scrypt::parse(rest).map(|hash| Self::Scrypt(Box::new(hash))),
            _ => None,
        }
    }

    /// Whether this was made from `password`, compared in constant time.
    pub(super) fn matches(&self, password: &[u8]) -> bool {
        match self {
            Self::Argon2(hash) => kept_memory::matches(hash, password),
            Self::Bcrypt(hash) => hash.matches(password),
            Self::Pbkdf2(hash) => hash.matches(password),
            Self::Scrypt(hash) => hash.matches(password),
        }
    }
}

/// Parses `$argon2id$v=19$m=..,t=..,p=..$<salt>$<hash>`; Django before 3.2 used argon2i.
fn argon2(phc: &str) -> Option<StoredHash> {
    let hash = PasswordHash::new(phc).ok()?;
    let params = Params::try_from(&hash).ok()?;
    let all_passes = u64::from(params.m_cost()) * u64::from(params.t_cost());
    let is_known = ["argon2id", "argon2i"].contains(&hash.algorithm.as_str())
        && hash.version == Some(ARGON2_VERSION)
        && hash.salt.is_some()
        && hash.hash.is_some();
    let is_affordable = params.m_cost() <= MAX_ARGON2_KIB && all_passes <= MAX_ARGON2_KIB_OF_ALL_PASSES;
    (is_known && is_affordable).then(|| StoredHash::Argon2(Box::new(hash)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hashes of `correct horse battery` by `make_password` of Django 5.2.19. `tests/api/import_users.rs`
    /// verifies other such hashes over the whole stack.
    const OF_DJANGO: [&str; 8] = [
        "pbkdf2_sha256$1000000$Dhjhtk1eWgU7SEUouh8ifW$z+5lNU/JfXMri95cW5Bx7RToF20MS76culfvFcJ25iI=",
        "argon2$argon2id$v=19$m=102400,t=2,p=8$M0RUdnV0TU1GenF0VUVNUGRxM2l2QQ$oPaSpAFxVfgj1VtjUcPS2oHUE0zlMgErb8/2XP8r+FM",
        "argon2$argon2i$v=19$m=512,t=2,p=2$c2FsdHNhbHRzYWx0$rMfxAXq3qQYkJKGu/sid7Q",
        "bcrypt_sha256$$2b$12$9WHrBxWJQyJJc9KUZCU.RuJsGB/72Ogae9Ocu6enY9cLYkQHVGm72",
        "bcrypt$$2b$12$pqtIgAcV6xN3haytjfYA8einm7IZompiLwoFD6doqyP2UHV.STsk.",
        "pbkdf2_sha1$1000000$BUAFXJahg6TPZuFeFS9PSL$DwFGkibr//iVwm7ptQjGqeYii6o=",
        "scrypt$16384$rC0UTnQbjXGr07y834mEuY$8$5$eZb1AfeTurGH2kAdBcjmq+P7vzJEwHr8ChLjUN8z74f8+PPEmhOwTIvX25jM5JEcI0BE/TWYp1DaesW+b9kXuA==",
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

    /// bcrypt ignores everything after the 72nd byte. So did Django when it passed the password itself to
    /// bcrypt.
    #[test]
    fn bcrypt_of_a_long_password_is_verified() {
        // `bcrypt.hashpw((b"long " * 25)[:72], bcrypt.gensalt(10))`, by the Python package bcrypt 5.0.0.
        let hash = "bcrypt$$2b$10$gQA4sVYRh8praHd9KvSMX.duqzz1VgnbyRbyCNjncBWKZVhnw6FoW";
        assert!(matches(hash, &"long ".repeat(25)));
        assert!(!matches(hash, &"long ".repeat(14)));
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
    fn malformed_and_unknown_hashes_are_not_understood() {
        let [pbkdf2, argon2, _, bcrypt, _, sha1, scrypt, _] = OF_DJANGO;
        for text in [
            "",
            "$",
            "!ziESz05XYuue3UZJNQ4RuHeQyt3wQlf8P1MVoKx4",
            "correct horse battery",
            // Hashes that Django creates only in tests, and one from before Django 1.4.
            "md5$81AhbgpsmQ16QO1RklFert$76ac76985b4e80a53f6253877db0e71d",
            "76ac76985b4e80a53f6253877db0e71d",
            "sha1$81AhbgpsmQ16$e5f2b5a8b8d8ad8c9a3b6f5c5bd4ff2a5c9d4a3e",
            &pbkdf2.replace("pbkdf2_sha256", "pbkdf2_sha512"),
            &pbkdf2.replace("pbkdf2_sha256", "pbkdf2_sha1"),
            &sha1.replace("pbkdf2_sha1", "pbkdf2_sha256"),
            &bcrypt.replace("bcrypt_sha256", "bcrypt_sha512"),
            "scrypt$",
            &scrypt.replace("$16384$", "$16383$"),
            &scrypt.replace("$16384$", "$0$"),
            &scrypt.replace("$8$5$", "$8$0$"),
            &scrypt.replace("$8$5$", "$-8$5$"),
            &scrypt.replace("$8$5$", "$8$"),
            &scrypt.replace("$rC0UTnQbjXGr07y834mEuY$", "$$"),
            &format!("{scrypt}$"),
            &format!("{}==", &scrypt[..scrypt.len() - 6]),
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
        let [pbkdf2, argon2, _, bcrypt, plain_bcrypt, sha1, scrypt, _] = OF_DJANGO;
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
            (true, plain_bcrypt.replace("$12$", "$16$")),
            (false, plain_bcrypt.replace("$12$", "$17$")),
            (true, sha1.replace("$1000000$", "$10000000$")),
            (false, sha1.replace("$1000000$", "$10000001$")),
            // 64 MiB and 2^21 blocks at most.
            (true, scrypt.replace("$16384$", "$32768$")),
            (false, scrypt.replace("$16384$", "$65536$")),
            (true, scrypt.replace("$16384$", "$65536$").replace("$8$5$", "$8$4$")),
            (false, scrypt.replace("$16384$", "$131072$").replace("$8$5$", "$8$1$")),
            (false, scrypt.replace("$8$5$", "$4294967295$4294967295$")),
            (false, scrypt.replace("$16384$", "$9223372036854775808$")),
        ] {
            assert_eq!(StoredHash::parse(&text).is_some(), understood, "{text}");
        }
    }
}
