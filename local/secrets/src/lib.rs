//! Secrets Manager: values kept in the data folder, and the wire protocol that serves them.

mod endpoint;
mod generate;
mod operations;
mod store;
mod versions;

pub use endpoint::router;
pub(crate) use store::write;
pub use store::{Secrets, SecretsError};

#[cfg(test)]
mod tests;
