//! How a function starts: its settings, the AWS clients' common set-up, its services and its logs.
//!
//! Nothing here knows HTTP or a single service of AWS: `http` serves requests, and `table`, `objects` and `mail` build
//! their own clients. Start reading at [`Wiring`].

mod aws;
mod start;
pub mod telemetry;
mod wiring;

/// What Lambda shows and queues of a failed invocation.
pub use lambda_runtime::{Diagnostic, Error};

pub use aws::{Aws, PutError};
pub use start::{Invocation, StartError, serve_event, start};
pub use wiring::{Wired, Wiring};
