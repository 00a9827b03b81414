//! The one place where the local stack reads the clock.

use jiff::Timestamp;

/// The current time.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "like AWS, the emulators record when an item was stored")]
pub fn now() -> Timestamp {
    Timestamp::now()
}
