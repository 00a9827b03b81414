//! CloudWatch: what the functions' logs and the services' figures come to as metrics, and which alarms they raise.
//!
//! # What it emulates
//!
//! - Metrics of log lines: the embedded metric format, and metric filters of the template ([`Filter`]).
//! - The metrics `Invocations`, `Errors` and `Duration` of `AWS/Lambda`, from Lambda's own lines, and those that the
//!   other parts of the stack put into [`Measures`](local_calls::Measures).
//! - Alarms with a static threshold, and the part of metric math that they use ([`raised`]).
//!
//! # What it leaves out
//!
//! - Time: an alarm is evaluated over all figures since a moment that the caller names. Periods, and the number of
//!   periods that must breach, make no difference.
//! - Log groups (a filter applies to every line), filter patterns that are not about JSON, anomaly detection, composite
//!   alarms, actions, and the rest of metric math.
//!
//! # How it was checked
//!
//! Against "Filter and pattern syntax", <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html>,
//! "Specification: Embedded metric format",
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>,
//! and "Using metric math", <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html>.
//!
//! Start reading in `metrics`.

mod alarms;
mod expression;
mod filter;
mod metrics;
mod scan;

pub use alarms::{ACCOUNT_CONCURRENCY, raised};
pub use filter::Filter;
pub use metrics::{Key, Metrics};
