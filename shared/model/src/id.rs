//! Identifiers: UUIDv7, opaque to callers, with a type for each kind of record.

use std::cmp::Ordering;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::random::Random;

/// The id of a `K`, such as `OfUser`: as text, 36 characters that sort by creation time.
pub struct Id<K>(Uuid, PhantomData<fn() -> K>);

/// Marks ids of users.
pub enum OfUser {}
/// Marks ids of sessions.
pub enum OfSession {}
/// Marks ids of files and images.
pub enum OfFile {}
/// Marks ids of one version of a file's content: a replaced file keeps its id and gets a new version.
pub enum OfVersion {}
/// Marks ids of queued mails.
pub enum OfMail {}
/// Marks ids of resources.
pub enum OfResource {}
/// Marks ids of share links.
pub enum OfShare {}

pub type UserId = Id<OfUser>;
pub type SessionId = Id<OfSession>;
pub type FileId = Id<OfFile>;
pub type VersionId = Id<OfVersion>;
pub type MailId = Id<OfMail>;
pub type ResourceId = Id<OfResource>;
pub type ShareId = Id<OfShare>;

impl<K> Id<K> {
    /// Generates a new id for the time `now`.
    #[must_use]
    pub fn new(random: Random, now: Timestamp) -> Self {
        Self(random.uuid(now), PhantomData)
    }

    /// The creation time, in milliseconds.
    #[must_use]
    pub fn made_at(&self) -> Timestamp {
        let bytes = self.0.as_bytes();
        let millis = bytes[..6].iter().fold(0_i64, |millis, byte| millis << 8 | i64::from(*byte));
        Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The id that sorts before all ids created at `time` or later, and after all ids created before.
    #[must_use]
    pub fn first_at(time: Timestamp) -> Self {
        let millis = u64::try_from(time.as_millisecond()).unwrap_or_default();
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid(), PhantomData)
    }
}

/// A text that is not a valid id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId;

impl<K> FromStr for Id<K> {
    type Err = NotAnId;

    /// Accepts only the canonical form: lower case with hyphens.
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let uuid = Uuid::try_parse(text).map_err(|_| NotAnId)?;
        let id = Self(uuid, PhantomData);
        if id.to_string() == text { Ok(id) } else { Err(NotAnId) }
    }
}

impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Id<K> {}

impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<K> Eq for Id<K> {}

impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Ids sort by creation time, as their texts do.
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl<K> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|NotAnId| serde::de::Error::custom("not an id"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_parsed_only_in_its_canonical_form() {
        let id = FileId::new(Random::Fixed(0xab), Timestamp::UNIX_EPOCH);
        let text = id.to_string();
        assert_eq!(text.parse(), Ok(id));
        for other in [text.to_uppercase(), text.replace('-', ""), format!("{{{text}}}"), String::new()] {
            assert_eq!(other.parse::<FileId>(), Err(NotAnId), "{other}");
        }
    }
}
