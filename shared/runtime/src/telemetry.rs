//! Logs: JSON lines on standard output, one for each request.

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Registry, fmt};

/// Sends events of level INFO and above to standard output as JSON, without a time, because Lambda adds one.
pub fn init() {
    let json = fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .without_time()
        .with_ansi(false);
    Registry::default().with(LevelFilter::INFO).with(json).init();
}

/// Formats an error with all its causes; the SDK's outermost message alone is only "service error".
#[must_use]
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
