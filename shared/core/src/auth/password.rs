//! argon2id, as OWASP's password storage cheat sheet has it.

use std::sync::LazyLock;

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::secret::Secret;

const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes and verifies passwords, off the thread that serves requests.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hasher;

impl Hasher {
    /// A PHC string with a salt of its own.
    pub async fn hash(self, password: &Secret) -> String {
        let password = password.clone();
        blocking(move || {
            let hash = argon2().hash_password(password.expose().as_bytes());
            hash.expect("these parameters and a password of any length can be hashed").to_string()
        })
        .await
    }

    /// Whether `password` is the one that `hash` was made from. Without a hash it takes the same time and
    /// says no, so that nobody learns by timing which names exist.
    pub async fn verify(self, password: &Secret, hash: Option<&str>) -> bool {
        let (password, exists) = (password.clone(), hash.is_some());
        let hash = hash.map_or_else(|| NOBODYS.clone(), ToOwned::to_owned);
        let matches =
            blocking(move || argon2().verify_password(password.expose().as_bytes(), hash.as_str()).is_ok())
                .await;
        matches && exists
    }
}

/// A hash at today's parameters of a password that nobody has: its salt and output are constants, and finding
/// the password to them would be breaking argon2.
static NOBODYS: LazyLock<String> = LazyLock::new(|| {
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${}${}", "c2F0Y2hlbHNhdGNoZWw", "A".repeat(43))
});

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the parameters are in range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

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
}
