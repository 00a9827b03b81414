//! The functions' processes: started on demand, spoken to over the Lambda Runtime API.

mod busy;
mod ending;
mod environment;
mod link;
mod memory;
mod pool;
mod process;
mod processes;
mod runtime_api;
mod service;

#[cfg(test)]
pub(crate) mod bench;
#[cfg(test)]
mod building_tests;
#[cfg(test)]
mod fake;
#[cfg(test)]
mod tests;

pub use environment::Endpoints;
pub use service::{Functions, Setup};
