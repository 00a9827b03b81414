//! The functions' processes: started on demand, spoken to over the Lambda Runtime API.

mod environment;
mod link;
mod memory;
mod pool;
mod process;
mod processes;
mod runtime_api;
mod service;

#[cfg(test)]
mod fake;
#[cfg(test)]
pub(crate) mod tests;

pub use environment::Endpoints;
pub use service::{Functions, Setup};
