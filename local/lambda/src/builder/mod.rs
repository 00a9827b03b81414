//! Builds the functions' binaries by a nested `cargo build`.

mod build;
mod cargo;
mod error;
mod report;
mod target;

pub use build::Build;
pub use error::BuildError;
