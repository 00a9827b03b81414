//! Records the AWS calls that functions make, and injects faults into them.
//!
//! Every emulated service calls [`Calls::begin`] before it carries out a call, and [`Permit::finish`] before it
//! answers.
//!
//! # What it emulates
//!
//! The failures that any call to an AWS service can have: throttling, internal errors, exceptions of the service,
//! cancelled DynamoDB transactions, a lost answer, and the death of the calling process ([`Fault`]). [`Calls`] also
//! carries the functions' permissions to the services; `local-policy` checks them.
//!
//! # What it leaves out
//!
//! Failures of the network between functions and services, and random failures: only injected faults occur.
//!
//! # How it was checked
//!
//! The reasons for cancelled transactions are those in the API reference of `TransactWriteItems`,
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>. The crate of each
//! service defines how a fault is worded.
//!
//! Start reading in `record`.

mod call;
mod measures;
mod record;
#[cfg(test)]
mod tests;
mod usage;

pub use call::{Call, Cancellation, Fault, Service};
pub use measures::{Measure, Measures};
pub use record::{Begun, Calls, Permit};
pub use usage::Usage;
