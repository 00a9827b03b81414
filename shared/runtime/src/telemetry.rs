//! Logs: JSON lines on standard output, one for each request or event, and more for what went wrong.
//!
//! docs/operations.md has the fields. No line contains a body, a token, an address, a name or a path.

mod line;
mod metrics;
mod run;

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer as _, Registry};

pub use metrics::{Metric, Metrics};
pub use run::{Run, note_caller};

/// Sends events of level INFO and above to standard output as JSON.
pub fn init() {
    Registry::default().with(line::Lines.with_filter(LevelFilter::INFO)).init();
}

/// Formats an error with all its causes; the SDK's outermost message alone is only "service error".
#[must_use]
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
