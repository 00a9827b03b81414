//! Tests of the store over HTTP, with the AWS SDK and with a plain client.

mod cors;
mod events;
mod faults;
mod listing;
mod multipart;
mod objects;
mod presigned;
mod test_store;
mod uploads;
mod versions;

use test_store::{ORIGINALS, RENDITIONS, SUSPENDED, TestStore, VERSIONED, refusal};
