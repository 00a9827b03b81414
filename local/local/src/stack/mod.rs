//! The whole stack as one value: what starts together, and what tests see of it.

mod answers;
mod containers;
mod cron;
mod custom;
#[cfg(test)]
mod denial_tests;
mod deployed;
mod error;
mod lambda_api;
#[cfg(test)]
mod permission_tests;
mod ports;
mod presign;
mod ready;
mod routes;
mod running;
mod schedules;
mod signals;
mod start;
mod tasks;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod update_tests;

pub use containers::Containers;
pub use error::StartError;
pub use presign::Presign;
pub use running::Stack;
pub use signals::SignalMark;
