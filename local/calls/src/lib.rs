//! The AWS calls that functions make: recorded, counted and, on request, made to fail.
//!
//! Every stand-in for a service asks [`Calls::begin`] before it does anything, and [`Permit::finish`]es before it answers.
//!
//! # What it emulates
//!
//! The failures that AWS's services may have at any call: throttling, internal errors, exceptions of a service, reasons
//! for which DynamoDB cancels transactions, a lost answer, a process that dies after the call ([`Fault`]). Which
//! permissions a call needs is judged by `local-policy`; this crate carries the judge to the services.
//!
//! # What it leaves out
//!
//! Failures of the network between callers and the stack, and any failure that nobody asked for.
//!
//! # How it was checked
//!
//! The reasons of cancelled transactions are those of the API reference of `TransactWriteItems`,
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>. How each service words a
//! failure is in the crate of the service.
//!
//! Start reading in `record`.

mod call;
mod record;
#[cfg(test)]
mod tests;

pub use call::{Call, Cancellation, Fault, Service};
pub use record::{Begun, Calls, Permit};
