//! Time, passed in rather than read.

use jiff::{SignedDuration, Timestamp};

/// Where the current time comes from: the system, or a test.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    System,
    Fixed(Timestamp),
}

impl Clock {
    /// The current time, to the millisecond: what is stored and what is shown agree.
    #[must_use]
    pub fn now(self) -> Timestamp {
        let now = match self {
            #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
            Self::System => Timestamp::now(),
            Self::Fixed(time) => time,
        };
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }
}

/// `time` moved by `seconds`; at the edge of what can be written, the edge.
#[must_use]
pub fn later(time: Timestamp, seconds: i64) -> Timestamp {
    time.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(time)
}
