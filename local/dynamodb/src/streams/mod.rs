//! Table streams: deliver the changes of a table, in order, to the functions that the template names.

mod delivery;
mod event;
mod failed_batch;
mod filter;
mod follower;
mod lanes;
mod positions;
mod progress;
mod reader;
mod target;

#[cfg(test)]
mod tests;

pub use follower::{Streams, StreamsError, follow};
