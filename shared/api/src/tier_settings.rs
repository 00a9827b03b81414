//! Settings of a tier, as staff sends them.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use satchel_model::{DEFAULT_LINK_SECONDS, LINK_SECONDS, Refusal, Tier, TierId, TierName};

use crate::{Fields, Input};

const MAX_SIZES: usize = 10;
const SIZES: RangeInclusive<u64> = 16..=2000;
/// The largest object that S3 documents: 5 TiB (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>).
const MAX_OBJECT_BYTES: u64 = 5 << 40;

/// The settings of a tier, without its id.
#[derive(Debug, Clone)]
pub struct TierSettings {
    pub name: TierName,
    /// A set, so that the sizes are distinct and in ascending order.
    thumbnail_sizes: BTreeSet<u64>,
    link_to_original: bool,
    expiring_links: bool,
    max_link_seconds: Option<u64>,
    max_file_bytes: u64,
    max_total_bytes: u64,
}

impl TierSettings {
    /// Reads `name`, `thumbnail_sizes`, `link_to_original`?, `expiring_links`?, `max_link_seconds`?,
    /// `max_file_bytes` and `max_total_bytes`.
    ///
    /// `max_link_seconds` is null if links may have no expiry, and a week if it is absent.
    ///
    /// # Errors
    /// All field errors together.
    pub fn of_json(input: &Input) -> Result<Self, Refusal> {
        let mut fields = Fields::of(input);
        let name = fields.required("name", TierName::parse);
        let sizes = fields.numbers("thumbnail_sizes", MAX_SIZES, SIZES);
        let flags = fields.flag("link_to_original").zip(fields.flag("expiring_links"));
        let links = match input.value("max_link_seconds") {
            None => Some(Some(DEFAULT_LINK_SECONDS)),
            Some(sent) if sent.is_null() => Some(None),
            Some(_) => fields.number("max_link_seconds", LINK_SECONDS).map(Some),
        };
        let file = fields.number("max_file_bytes", 1..=MAX_OBJECT_BYTES);
        let total = fields.number("max_total_bytes", 1..=i64::MAX.unsigned_abs());
        let read = name.zip(sizes).zip(flags.zip(links)).zip(file.zip(total));
        let (((name, sizes), (flags, max_link_seconds)), (max_file_bytes, max_total_bytes)) =
            fields.finish(read)?;
        Ok(Self {
            name,
            thumbnail_sizes: sizes.into_iter().collect(),
            link_to_original: flags.0,
            expiring_links: flags.1,
            max_link_seconds,
            max_file_bytes,
            max_total_bytes,
        })
    }

    /// Builds the tier with this id and these settings.
    #[must_use]
    pub fn into_tier(self, id: TierId) -> Tier {
        let pixels = |size| u32::try_from(size).expect("sizes are in their range");
        Tier {
            id,
            name: self.name.as_str().to_owned(),
            thumbnail_sizes: self.thumbnail_sizes.into_iter().map(pixels).collect(),
            link_to_original: self.link_to_original,
            expiring_links: self.expiring_links,
            max_link_seconds: self.max_link_seconds,
            max_file_bytes: self.max_file_bytes,
            max_total_bytes: self.max_total_bytes,
        }
    }
}
