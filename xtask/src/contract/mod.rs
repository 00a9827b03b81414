//! The HTTP contract, `openapi.yaml`, and the commands of `cargo xtask contract`.
//!
//! [`document`] reads it. [`seen`] compares it with what the tests have seen, and [`compare`] with its former versions
//! from [`history`].

pub mod compare;
pub mod document;
pub mod history;
pub mod seen;

pub use document::{Document, Operation};

/// The path of the contract.
pub const OPENAPI: &str = "openapi.yaml";
