//! The objects in S3: one bucket for originals, one for renditions. Callers' clients read and write them by
//! signed URLs. A third bucket has the journal.
//!
//! This crate also builds the JSON views that contain such URLs. It does not store records or apply quotas:
//! `files` decides what is stored and deleted. Start reading at [`Objects`].

mod access;
mod disposition;
mod error;
mod journal;
mod listing;
mod parts;
mod presign;
mod store;
mod view;

pub use disposition::content_disposition;
pub use error::ObjectError;
pub use journal::JournalBucket;
pub use listing::{Bucket, Listed, PartsUnderWay};
pub use parts::{Completed, StoredPart};
pub use presign::{Download, SignedUrl};
pub use store::{Found, Objects};
