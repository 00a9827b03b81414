//! Random bytes, whose source is passed in to services.

use aws_lc_rs::rand;
use jiff::Timestamp;
use uuid::Uuid;

/// The source of random bytes: the system's generator, or a constant byte in tests.
#[derive(Debug, Clone, Copy)]
pub enum Random {
    System,
    Fixed(u8),
}

impl Random {
    /// Returns `N` random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(self) -> [u8; N] {
        let mut bytes = [0; N];
        match self {
            Self::System => rand::fill(&mut bytes).expect("the system's random generator works"),
            Self::Fixed(byte) => bytes = [byte; N],
        }
        bytes
    }

    /// Generates a UUIDv7 (RFC 9562) for the time `now`; such ids sort by creation time.
    #[must_use]
    pub fn uuid(self, now: Timestamp) -> Uuid {
        let millis = u64::try_from(now.as_millisecond()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }
}
