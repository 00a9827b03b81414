//! How a function starts and what it may know: its settings, the AWS clients' common set-up, and its logs.
//!
//! Nothing here knows HTTP or a service of AWS; the crates `http`, `table`, `objects` and `mail` do. Start reading at
//! [`Wiring`].

mod aws;
pub mod config;
pub mod telemetry;

pub use aws::{Aws, PutError};
