//! The DynamoDB table: its keys, conditional writes, transactions and lists; `docs/table.md` shows all keys.
//!
//! This crate decides what an answer of DynamoDB means; no other crate looks at a status.

pub mod due;
mod error;
pub mod keys;
pub mod listing;
mod stream;
mod table;
pub mod write;

pub use error::StoreError;
pub use stream::{Failure, Failures, work_through};
pub use table::{Outcome, Table, codes, failed, item, read};
