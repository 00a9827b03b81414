//! Account tiers: what an account may store and what is made of its images.

use serde::{Deserialize, Serialize};

const MIB: u64 = 1024 * 1024;
const GIB: u64 = 1024 * MIB;

/// The id of a tier, `basic`.
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
}

impl From<&str> for TierId {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// One tier; sizes in bytes, thumbnail sizes in pixels of the longer side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    pub id: TierId,
    pub name: String,
    /// Ascending, 16 to 2000.
    pub thumbnail_sizes: Vec<u32>,
    pub link_to_original: bool,
    pub expiring_links: bool,
    pub max_file_bytes: u64,
    pub max_total_bytes: u64,
}

/// The tiers that every deployment starts with, smallest first.
#[must_use]
pub fn built_in() -> Vec<Tier> {
    let tier = |id: &str, name: &str, sizes: &[u32], more: bool, links: bool, file, total| Tier {
        id: id.into(),
        name: name.to_owned(),
        thumbnail_sizes: sizes.to_vec(),
        link_to_original: more,
        expiring_links: links,
        max_file_bytes: file,
        max_total_bytes: total,
    };
    vec![
        tier("basic", "Basic", &[200], false, false, 100 * MIB, GIB),
        tier("premium", "Premium", &[200, 400], true, false, GIB, 50 * GIB),
        tier("enterprise", "Enterprise", &[200, 400], true, true, 50 * GIB, 1024 * GIB),
    ]
}
