//! DynamoDB: an embedded store, its HTTP endpoint, and table streams.
//!
//! The store is the crate `dynoxide`, which implements DynamoDB on `SQLite`. The endpoint calls its Rust functions. The
//! alternative, to forward requests to dynoxide's own HTTP server, was measured on 2 cores with one client. The median
//! of `GetItem` was 340 µs instead of 140 µs, and that of a transaction with two items 950 µs instead of 350 µs. With
//! eight clients, the throughput was half.
//!
//! # What it emulates
//!
//! - The operations on items and tables that dynoxide implements, over JSON 1.0; `ClientRequestToken` of transactions;
//!   consumed capacity; removal of expired items within a minute.
//! - On request of a test: stale reads ([`Frozen`]), conflicts, throttling and lost answers.
//! - Event source mappings of table streams: batches, filters, retries, bisection, partial failures, parallel batches
//!   that keep the records of each item in order, and on-failure queues ([`follow`]).
//!
//! # What it leaves out
//!
//! Throughput limits, conflicts that no test injects, backups, global tables and exports. Signatures are not verified:
//! the access key alone identifies the caller. `LATEST` as the start of a stream, batching windows and tumbling
//! windows.
//!
//! # How it was checked
//!
//! Against the Amazon DynamoDB API Reference,
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html>, "Error
//! handling with DynamoDB", <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>,
//! and "Using AWS Lambda with Amazon DynamoDB", <https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html>, with its
//! pages on filters (<https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html>) and failed batches
//! (<https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html>). The tests use the wire
//! protocol.
//!
//! Start reading in `endpoint`, which handles every call, then `operations`, and `streams/follower` for streams.

mod endpoint;
mod errors;
mod frozen;
mod json;
mod operations;
mod partition_keys;
mod reads;
mod start_error;
mod store;
mod streams;
mod sweep;
mod tables;
mod tokens;
mod writes;

pub use endpoint::{DynamoDb, start};
pub use frozen::Frozen;
pub use start_error::StartError;
pub use streams::{Streams, StreamsError, follow};

#[cfg(test)]
mod tests;
