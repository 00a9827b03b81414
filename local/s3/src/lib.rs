//! Stand-in for S3: objects as files, what is known about them in SQLite, the protocol by the `s3s` crate.

mod auth;
mod body;
mod checksums;
mod conditional;
mod core;
mod cors;
mod errors;
mod events;
mod files;
mod listing;
mod multipart;
mod objects;
mod operations;
mod reading;
mod record;
mod server;
mod service;
mod store;
#[cfg(test)]
mod tests;
mod upload_listing;

pub use events::SentEvent;
pub use record::Facts;
pub use service::{S3, StartError, start};
