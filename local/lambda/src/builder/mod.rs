//! Builds the functions' binaries by a nested `cargo build`.

mod background;
mod build;
mod cargo;
mod error;
mod progress;
mod report;
mod target;
#[cfg(test)]
mod tests;

pub use background::Background;
pub use build::Build;
pub use error::BuildError;
