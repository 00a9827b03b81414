//! S3: an object store with its bytes in files and its metadata in `SQLite`. The protocol is implemented by the crate
//! `s3s`.
//!
//! # What it emulates
//!
//! - `GetObject`, `HeadObject`, `PutObject`, `CopyObject`, `DeleteObject`, `DeleteObjects`, `ListObjectsV2`,
//!   `HeadBucket`, `ListBuckets` and multipart uploads, with conditional reads and writes, ranges and checksums. A
//!   write is one transaction. Of two writers with `If-None-Match: *`, exactly one succeeds.
//! - Signature Version 4 in headers and in presigned URLs, and the policies of the signer. A missing key is a 403
//!   unless the caller may list the bucket.
//! - Event notifications with an increasing `sequencer`. They are stored in the transaction of their change and sent
//!   afterwards.
//! - Versions: PUT and DELETE in buckets whose versioning is enabled or suspended, delete markers, `ListObjectVersions`,
//!   and GET, HEAD and DELETE of one version. Removing a delete marker brings the object back.
//! - CORS of buckets.
//!
//! # What it leaves out
//!
//! ACLs, bucket policies, copies and deletions of several versions, tags, lifecycle, encryption, object lock, storage classes, POST uploads, `s3:*`
//! events other than `ObjectCreated` and `ObjectRemoved`, and virtual-hosted addressing. The bucket is always the first
//! segment of the path.
//!
//! # How it was checked
//!
//! Against the Amazon S3 API Reference,
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html>, "Event message
//! structure", <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>, and
//! "Authenticating Requests: Using Query Parameters",
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>. The tests use the AWS SDK, and plain
//! HTTP where the SDK would hide the response.
//!
//! Start reading in `operations`, which has all operations, then `objects` and `multipart`.

mod auth;
mod body;
mod checksums;
mod conditional;
mod core;
mod cors;
mod dispatcher;
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
mod version_listing;

pub use dispatcher::{Invoke, SentEvent};
pub use record::ObjectMetadata;
pub use service::{S3, StartError, StoredVersion, start};
