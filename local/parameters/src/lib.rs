//! Parameter Store of Systems Manager: parameters in the data folder, and the wire protocol.
//!
//! # What it emulates
//!
//! `GetParameter`, `PutParameter` and `DeleteParameter` over JSON 1.1, with the types `String`, `StringList` and
//! `SecureString`, versions, `Overwrite` and `WithDecryption`.
//!
//! # What it leaves out
//!
//! Every other operation, labels, tiers other than `Standard`, policies of parameters, `AllowedPattern`, tags, data types,
//! shared parameters and KMS: a `SecureString` is readable in the file of the data folder, which only its owner can read.
//! The documented limits that it enforces are the 4 KB of a value, the form of a name and the 100 versions that are kept.
//!
//! # How it was checked
//!
//! Against the AWS Systems Manager API Reference,
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html>,
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html> and
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteParameter.html>.
//!
//! Start reading in `operations`, then `store`.

mod endpoint;
mod operations;
mod store;

pub use endpoint::router;
pub use store::{Parameters, ParametersError};

#[cfg(test)]
mod tests;
