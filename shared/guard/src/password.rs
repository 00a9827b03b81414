//! Hashes and verifies passwords with argon2id, with the parameters of OWASP's password storage cheat sheet.

use std::sync::LazyLock;

use argon2::password_hash::phc::Salt;
use argon2::{Algorithm, Params};

use satchel_model::secret::Secret;
use satchel_runtime::{StartError, Wired, Wiring};

use super::kept_memory;
use super::stored_hash::StoredHash;

pub(super) const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes and verifies passwords, off the thread that serves requests.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hasher;

impl Wired for Hasher {
    fn wired(_wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self)
    }
}

impl Hasher {
    /// The stored hash of an account without a password: no password matches it, and a reset replaces it.
    pub const NO_PASSWORD: &str = "!";

    /// Hashes `password` with a new salt and returns a PHC string.
    pub async fn hash(self, password: &Secret) -> String {
        let password = password.clone();
        blocking(move || {
            let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the parameters are in range");
            let salt = Salt::generate();
            let hash = kept_memory::hash(Algorithm::Argon2id, params, password.expose().as_bytes(), &salt);
            let hash = hash.expect("these parameters and a password of any length can be hashed");
            format!("{}{salt}${hash}", *TODAYS)
        })
        .await
    }

    /// Whether `hash`, ours or Django's, was made from `password`.
    ///
    /// Returns `false` if there is no hash or it is not [understood](Self::understands), after the same time
    /// as for one of our own hashes, so that timing does not reveal which names exist.
    pub async fn verify(self, password: &Secret, hash: Option<&str>) -> bool {
        let (password, hash) = (password.clone(), hash.and_then(StoredHash::parse));
        blocking(move || {
            let matches = hash.as_ref().unwrap_or(&NOBODYS).matches(password.expose().as_bytes());
            matches && hash.is_some()
        })
        .await
    }

    /// Whether a hash of this form can be verified: argon2 as we or Django write it, and Django's
    /// `pbkdf2_sha256`, `pbkdf2_sha1`, `bcrypt_sha256`, `bcrypt` and `scrypt`, each with parameters that a
    /// sign-in can afford.
    #[must_use]
    pub fn understands(hash: &str) -> bool {
        StoredHash::parse(hash).is_some()
    }

    /// Whether `hash` differs from what [`hash`](Self::hash) creates today, so that a sign-in should replace
    /// it.
    #[must_use]
    pub fn is_outdated(hash: &str) -> bool {
        !hash.starts_with(&*TODAYS)
    }
}

/// The prefix of each hash that is created today.
static TODAYS: LazyLock<String> =
    LazyLock::new(|| format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$"));

/// A hash with today's parameters that matches no known password. Its salt and output are constants; finding
/// a password for them would mean breaking argon2.
static NOBODYS: LazyLock<StoredHash> = LazyLock::new(|| {
    let hash = format!("{}{}${}", *TODAYS, "c2F0Y2hlbHNhdGNoZWw", "A".repeat(43));
    StoredHash::parse(&hash).expect("it is one of ours")
});

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("hashing does not panic")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_own_hash_only() {
        let password = Secret::new("correct horse".to_owned());
        let hash = Hasher.hash(&password).await;
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(Hasher.verify(&password, Some(&hash)).await);
        assert!(!Hasher.verify(&Secret::new("correct horsf".to_owned()), Some(&hash)).await);
        assert!(!Hasher.verify(&password, None).await);
    }

    #[tokio::test]
    async fn a_hash_of_another_implementation_is_verified() {
        // python3 -c 'import argon2; print(argon2.PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1).hash("correct horse"))'
        let hash = "$argon2id$v=19$m=19456,t=2,p=1$0Z54h7rNY1R3wkrWVSrUfA$dNfqUj7I8g6j9zjhK2tH95Pl1I5TVxwQCas1326Brss";
        assert!(Hasher.verify(&Secret::new("correct horse".to_owned()), Some(hash)).await);
    }

    /// Hashes share their memory, which still contains the previous hash and may be larger than needed.
    #[tokio::test]
    async fn a_hash_does_not_depend_on_what_was_hashed_before() {
        let password = Secret::new("correct horse battery".to_owned());
        // `make_password` of Django 5.2.19 made it.
        let larger = "argon2$argon2id$v=19$m=102400,t=2,p=8$M0RUdnV0TU1GenF0VUVNUGRxM2l2QQ$oPaSpAFxVfgj1VtjUcPS2oHUE0zlMgErb8/2XP8r+FM";
        let smaller = "argon2$argon2i$v=19$m=512,t=2,p=2$c2FsdHNhbHRzYWx0$rMfxAXq3qQYkJKGu/sid7Q";
        let ours = Hasher.hash(&password).await;
        for hash in [&ours, larger, &ours, smaller, &ours, larger, smaller] {
            assert!(Hasher.verify(&password, Some(hash)).await, "{hash}");
            assert!(!Hasher.verify(&Secret::new("correct horse".to_owned()), Some(hash)).await, "{hash}");
        }
    }

    #[tokio::test]
    async fn a_hash_that_cannot_be_read_matches_nothing() {
        for hash in ["", Hasher::NO_PASSWORD, "correct horse", "md5$salt$76ac76985b4e80a53f6253877db0e71d"] {
            assert!(!Hasher.verify(&Secret::new("correct horse".to_owned()), Some(hash)).await, "{hash}");
        }
    }

    #[tokio::test]
    async fn only_a_hash_at_todays_parameters_is_not_outdated() {
        let hash = Hasher.hash(&Secret::new("correct horse".to_owned())).await;
        assert!(!Hasher::is_outdated(&hash));
        for (from, to) in [
            ("m=19456", "m=19455"),
            ("m=19456", "m=102400"),
            ("t=2", "t=1"),
            ("p=1", "p=8"),
            ("p=1$", "p=11$"),
            ("v=19", "v=16"),
            ("argon2id", "argon2i"),
            ("$argon2id", "argon2$argon2id"),
        ] {
            let other = hash.replacen(from, to, 1);
            assert!(Hasher::is_outdated(&other), "{other}");
        }
        for other in ["", "pbkdf2_sha256$1000000$salt$hash", "bcrypt_sha256$$2b$12$"] {
            assert!(Hasher::is_outdated(other), "{other}");
        }
    }
}
