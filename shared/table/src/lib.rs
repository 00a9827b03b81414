//! The DynamoDB table: its keys, conditional writes, transactions and lists; `docs/table.md` shows all keys.
//!
//! This crate interprets DynamoDB's responses; no other crate looks at their status. It does not know the
//! rules for files or accounts: their crates build the records and conditions.
//!
//! Start reading at [`Table`] and [`keys::Key`].

pub mod due;
mod error;
pub mod keys;
pub mod listing;
pub mod roster;
mod stream;
mod table;
pub mod write;

pub use error::StoreError;
pub use stream::{Failure, Failures, work_through};
pub use table::{Outcome, Table, codes, failed, item, read};
