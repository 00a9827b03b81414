//! The AWS calls that functions make: recorded, counted and, on request, made to fail.

mod call;
mod record;
#[cfg(test)]
mod tests;

pub use call::{Call, Cancellation, Fault, Service};
pub use record::{Begun, Calls, Permit};
