//! Invoking functions: what the gateway, the streams, the buckets and `/_local/invoke` have in common.

mod asynchronous;
mod held;
mod queues;
#[cfg(test)]
mod tests;

pub use asynchronous::Invoker;
