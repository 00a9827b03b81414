//! DynamoDB: the embedded store, the public endpoint in front of it, and the table streams behind it.
//!
//! The store is `dynoxide`, a `SQLite` database that speaks DynamoDB, called in this process: the endpoint turns a request
//! into a call of a Rust function. Forwarding to dynoxide's own HTTP server on a second port was measured beside it (2
//! cores, medians, one client): `GetItem` 140 µs here and 340 µs forwarded, a transaction of two items 350 µs and 950 µs,
//! and eight clients at once were answered half as often.
//!
//! # What it emulates
//!
//! - The operations on items and tables that dynoxide has, over JSON 1.0; `ClientRequestToken` of transactions; consumed
//!   capacity; expiry of items, within a minute.
//! - What tests ask for: stale reads ([`Frozen`]), conflicts, throttling and lost answers.
//! - Event source mappings of table streams: batches, filters, retries, bisection, partial failures, parallel batches with
//!   the order of each item kept, and on-failure queues ([`follow`]).
//!
//! # What it leaves out
//!
//! Throughput and its limits, conflicts that nobody asked for, backups, global tables, exports, and the signature itself:
//! the access key says who calls. `LATEST` as the start of a stream, batching windows and tumbling windows.
//!
//! # How it was checked
//!
//! Against the Amazon DynamoDB API Reference,
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html>, "Error handling with
//! DynamoDB", <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>, and "Using AWS Lambda
//! with Amazon DynamoDB", <https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html>, with its pages on filters
//! (<https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html>) and failed batches
//! (<https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html>). The tests speak the wire
//! protocol.
//!
//! Start reading in `endpoint`, through which every call goes, then `operations`, and `streams/follower` for streams.

mod endpoint;
mod errors;
mod frozen;
mod json;
mod operations;
mod reads;
mod start_error;
mod store;
mod streams;
mod sweep;
mod tables;
mod tokens;

pub use endpoint::{DynamoDb, start};
pub use frozen::Frozen;
pub use start_error::StartError;
pub use streams::{Streams, StreamsError, follow};

#[cfg(test)]
mod tests;
