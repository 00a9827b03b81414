//! The one place where the local stack reads the clock.

use jiff::Timestamp;

/// The present instant.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the stand-ins for AWS stamp what they store, as AWS does")]
pub fn now() -> Timestamp {
    Timestamp::now()
}
