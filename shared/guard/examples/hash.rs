//! Reads lines from stdin and, for each line, verifies one password against its hash and prints the time it
//! took in microseconds.
//!
//! `bench/sign-in` compares the time of a whole sign-in with this.

use std::io::{Write, stdin, stdout};
use std::time::Instant;

use satchel_guard::Hasher;
use satchel_model::secret::Secret;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let password = Secret::new("correct horse battery".to_owned());
    let hash = Hasher.hash(&password).await;
    for line in stdin().lines() {
        line?;
        let started = Instant::now();
        assert!(Hasher.verify(&password, Some(&hash)).await, "the hash is of this password");
        writeln!(stdout(), "{}", started.elapsed().as_micros())?;
        stdout().flush()?;
    }
    Ok(())
}
