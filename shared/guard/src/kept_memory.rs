//! Computes argon2 hashes in memory that the process reuses.

use std::sync::{Mutex, PoisonError};

use argon2::password_hash::phc::{Output, PasswordHash};
use argon2::{Algorithm, Argon2, Block, Params, Version};

use super::password::MEMORY_KIB;

/// The memory of the last hash, kept for the next one.
///
/// The operating system clears every page that it hands out, which would take a third of the time of a hash,
/// and the allocator would keep a copy of these 19 MiB for every thread that hashed. A function serves one
/// request at a time, so nothing waits for this lock.
static BLOCKS: Mutex<Vec<Block>> = Mutex::new(Vec::new());

/// Hashes a password with `params`; the output has the length that `params` states, or else 32 bytes.
///
/// # Errors
/// [`argon2::Error`] if the salt has less than 8 bytes, the output would have more than 64 bytes, or there is
/// not enough memory.
pub(super) fn hash(
    algorithm: Algorithm,
    params: Params,
    password: &[u8],
    salt: &[u8],
) -> Result<Output, argon2::Error> {
    let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    let count = params.block_count();
    let argon2 = Argon2::new(algorithm, Version::V0x13, params);
    let mut blocks = BLOCKS.lock().unwrap_or_else(PoisonError::into_inner);
    let more = count.saturating_sub(blocks.len());
    blocks.try_reserve_exact(more).map_err(|_| argon2::Error::OutOfMemory)?;
    blocks.extend(std::iter::repeat_n(Block::default(), more));
    let mut bytes = [0; Output::MAX_LENGTH];
    let bytes = bytes.get_mut(..length).ok_or(argon2::Error::OutputTooLong)?;
    let hashed = argon2.hash_password_into_with_memory(password, salt, bytes, &mut blocks[..count]);
    if blocks.len() > MEMORY_KIB as usize {
        // The hash was imported and has larger parameters than ours; the sign-in replaces it.
        *blocks = Vec::new();
    }
    drop(blocks);
    hashed?;
    Output::new(bytes).map_err(|_| argon2::Error::OutputTooShort)
}

/// Whether `hash` was made from `password`, compared in constant time.
pub(super) fn matches(hash: &PasswordHash, password: &[u8]) -> bool {
    let compute = || {
        let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
        let salt = hash.salt.as_ref()?;
        self::hash(algorithm, Params::try_from(hash).ok()?, password, salt).ok()
    };
    // `Output` compares in constant time.
    compute().is_some_and(|computed| hash.hash == Some(computed))
}
