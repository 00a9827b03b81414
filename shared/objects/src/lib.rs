//! Bytes in S3: two buckets, written and read by signed URLs wherever a caller is involved.

mod access;
mod disposition;
mod error;
mod listing;
mod parts;
mod presign;
mod store;
mod view;

pub use disposition::content_disposition;
pub use error::ObjectError;
pub use listing::{Bucket, Listed, PartsUnderWay};
pub use parts::{Completed, StoredPart};
pub use presign::{Download, SignedUrl};
pub use store::{Found, Objects};
