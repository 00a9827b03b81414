//! Account tiers: limits on an account's storage, and the thumbnails of its images.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::folding::folded;

const MIB: u64 = 1024 * 1024;
const GIB: u64 = 1024 * MIB;
const MAX_NAME_CHARS: usize = 64;
const DAY: u64 = 86_400;

/// The lifetimes, in seconds, that a share link can have in a tier that limits them: five minutes to a hundred
/// years of 365 days.
pub const LINK_SECONDS: RangeInclusive<u64> = 300..=36_500 * DAY;
/// The lifetime of a share link, in seconds, where neither its owner nor the tier says anything else.
pub const DEFAULT_LINK_SECONDS: u64 = 7 * DAY;

/// The id of a tier, such as `basic`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TierId(String);

impl TierId {
    /// The tier of a new account.
    #[must_use]
    pub fn basic() -> Self {
        Self("basic".to_owned())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the id of a built-in tier, which every deployment has at first.
    #[must_use]
    pub fn is_built_in(&self) -> bool {
        built_in().iter().any(|tier| tier.id == *self)
    }
}

impl From<&str> for TierId {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// The name of a tier: 1 to 64 characters in Unicode form NFKC, with at least one letter or digit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierName(String);

impl TierName {
    /// Converts the text to NFKC and removes control characters.
    ///
    /// # Errors
    /// The message, if the name is too long or has no letter or digit.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        let name: String = text.nfkc().filter(|c| !c.is_control()).collect();
        let name = Self(name.trim().to_owned());
        if name.0.chars().count() > MAX_NAME_CHARS {
            return Err(vec![format!("Ensure this field has no more than {MAX_NAME_CHARS} characters.")]);
        }
        if name.id().0.is_empty() {
            return Err(vec!["Enter a name with a letter or a digit.".to_owned()]);
        }
        Ok(name)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id of a new tier with this name; names with the same id count as the same name.
    #[must_use]
    pub fn id(&self) -> TierId {
        Self::id_of(&self.0)
    }

    /// Derives an id from a tier's name, like [`id`](Self::id).
    #[must_use]
    pub fn id_of(name: &str) -> TierId {
        let name = folded(name);
        let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        TierId(words.collect::<Vec<_>>().join("-"))
    }
}

/// An account tier. Limits are in bytes, thumbnail sizes in pixels of the longer side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    pub id: TierId,
    pub name: String,
    /// Ascending, 16 to 2000.
    pub thumbnail_sizes: Vec<u32>,
    pub link_to_original: bool,
    /// Whether accounts have share links.
    pub expiring_links: bool,
    /// The longest lifetime of a share link in seconds; `None` if links may have no expiry.
    pub max_link_seconds: Option<u64>,
    pub max_file_bytes: u64,
    pub max_total_bytes: u64,
}

impl Tier {
    /// The lifetime of a share link in seconds if its owner does not choose one.
    #[must_use]
    pub fn default_link_seconds(&self) -> u64 {
        self.max_link_seconds.unwrap_or(DEFAULT_LINK_SECONDS).min(DEFAULT_LINK_SECONDS)
    }
}

/// The `max_link_seconds` of a tier that was stored before tiers had this limit: that of the built-in tier with
/// the same id, or else of the smallest one.
#[must_use]
pub fn earlier_link_seconds(id: &TierId) -> Option<u64> {
    let tiers = built_in();
    let tier = tiers.iter().find(|tier| tier.id == *id).or(tiers.first());
    tier.map_or(Some(DEFAULT_LINK_SECONDS), |tier| tier.max_link_seconds)
}

/// The tiers that every deployment starts with, smallest first.
#[must_use]
pub fn built_in() -> Vec<Tier> {
    let tier = |id: &str, name: &str, sizes: &[u32], original: bool, links: Option<u64>, file, total| Tier {
        id: id.into(),
        name: name.to_owned(),
        thumbnail_sizes: sizes.to_vec(),
        link_to_original: original,
        expiring_links: true,
        max_link_seconds: links,
        max_file_bytes: file,
        max_total_bytes: total,
    };
    vec![
        tier("basic", "Basic", &[200], false, Some(7 * DAY), 100 * MIB, GIB),
        tier("premium", "Premium", &[200, 400], true, Some(90 * DAY), GIB, 50 * GIB),
        tier("enterprise", "Enterprise", &[200, 400], true, None, 50 * GIB, 1024 * GIB),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_consists_of_the_letters_and_digits_of_a_name() {
        for (name, id) in [
            ("Gold", "gold"),
            (" Gold  Plus (2026)! ", "gold-plus-2026"),
            ("GR\u{d6}\u{df}E", "gr\u{f6}sse"),
            ("\u{6771}\u{4eac}", "\u{6771}\u{4eac}"),
            ("a\u{0}b", "ab"),
        ] {
            assert_eq!(TierName::parse(name).unwrap().id().as_str(), id, "{name}");
        }
        for tier in built_in() {
            assert_eq!(TierName::parse(&tier.name).unwrap().id(), tier.id);
        }
    }

    #[test]
    fn a_name_that_is_too_long_or_has_no_letter_or_digit_is_refused() {
        assert!(TierName::parse(&"x".repeat(64)).is_ok());
        let long = vec!["Ensure this field has no more than 64 characters.".to_owned()];
        assert_eq!(TierName::parse(&"x".repeat(65)), Err(long.clone()));
        assert_eq!(TierName::parse(&"\u{fdfa}".repeat(4)), Err(long), "18 characters each");
        assert_eq!(TierName::parse("-"), Err(vec!["Enter a name with a letter or a digit.".to_owned()]));
    }
}
