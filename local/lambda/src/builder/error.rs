//! Why functions did not build.

/// The functions did not build.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// The compiler refused these.
    #[error("{} did not build{detail}", .names.join(", "))]
    Broken { names: Vec<String>, detail: String },
    /// Cargo itself refused, with its own words.
    #[error("cargo build failed{0}")]
    Cargo(String),
    #[error("cannot run {cargo}: {reason}")]
    NoCargo { cargo: String, reason: String },
    #[error("cannot tell where the functions' binaries belong: {0} is in no target folder of cargo")]
    NoTarget(String),
}
