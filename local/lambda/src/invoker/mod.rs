//! Invoking functions: what the gateway, the streams, the buckets and `/_local/invoke` have in common.

mod asynchronous;
mod outcome;
mod queues;
#[cfg(test)]
mod tests;

pub use asynchronous::Invoker;
pub use outcome::{Invocation, Outcome, UnknownFunction};
