//! How a function starts: its settings, the common set-up of its AWS clients, its services and its logs.
//!
//! This crate serves no HTTP requests, which `http` does, and contains no client of a single AWS service: `table`,
//! `objects`, `mail` and `auth` build their own. Start reading at [`app!`] and [`Wiring`].

mod aws;
mod signed_service;
mod start;
pub mod telemetry;
mod wiring;

/// The error of a failed invocation, as Lambda reports it and stores it in a queue.
pub use lambda_runtime::{Diagnostic, Error};

pub use aws::{Aws, PutError};
pub use signed_service::{CallError, SignedService};
pub use start::{Invocation, StartError, serve_event, start};
pub use telemetry::{Metric, Metrics};
pub use wiring::{Wired, Wiring};
