//! The functions' processes: built once, started on demand, spoken to over the Lambda Runtime API.

pub mod builder;
mod environment;
mod memory;
mod pool;
mod process;
mod report;
mod runtime_api;
mod service;

#[cfg(test)]
pub(crate) mod fake;
#[cfg(test)]
pub(crate) mod tests;

pub use environment::Endpoints;
pub(crate) use report::{KILLED, timed_out};
pub use service::{Functions, Setup};
