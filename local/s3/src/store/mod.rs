//! The metadata of the object store, in SQLite. Every change is one transaction.

mod objects;
mod outbox;
mod schema;
mod uploads;
mod versions;

pub(super) use schema::Store;
pub(super) use versions::{Found, Removal};
