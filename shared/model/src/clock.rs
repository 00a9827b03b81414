//! The current time, which services get passed in rather than read themselves.

use jiff::{SignedDuration, Timestamp};

/// The source of the current time: the system, or a fixed time in tests.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    System,
    Fixed(Timestamp),
}

impl Clock {
    /// The current time, truncated to milliseconds, so that stored and displayed times are equal.
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

/// Adds `seconds` to `time`; a result out of range becomes the nearest possible time.
#[must_use]
pub fn later(time: Timestamp, seconds: i64) -> Timestamp {
    time.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(time)
}
