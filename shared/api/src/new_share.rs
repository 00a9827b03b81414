//! Requests for new share links.

use satchel_model::Refusal;
use satchel_model::secret::Secret;

use crate::{Fields, Input};

const LIFETIMES: std::ops::RangeInclusive<i64> = 300..=30_000;
const MAX_PASSWORD_CHARS: usize = 128;

/// A share link to be created.
#[derive(Debug)]
pub struct NewShare {
    /// Seconds until it expires.
    pub expires_in: i64,
    pub password: Option<Secret>,
    pub max_downloads: Option<u32>,
}

impl NewShare {
    /// Reads `expires_in`, `password`? and `max_downloads`?.
    ///
    /// # Errors
    /// All field errors together.
    pub fn from_json(input: &Input) -> Result<Self, Refusal> {
        let mut fields = Fields::of(input);
        let expires_in = fields.integer("expires_in");
        if let Some(seconds) = expires_in.filter(|seconds| !LIFETIMES.contains(seconds)) {
            let (least, most) = (LIFETIMES.start(), LIFETIMES.end());
            let (way, bound) = if seconds < *least { ("greater", least) } else { ("less", most) };
            fields.refuse("expires_in", &format!("Ensure this value is {way} than or equal to {bound}."));
        }
        let password = if input.has("password") {
            fields.untrimmed_or_null("password", |text| match text.chars().count() {
                _ if text.trim().is_empty() => Err(vec!["This field may not be blank.".to_owned()]),
                ..=MAX_PASSWORD_CHARS => Ok(Secret::new(text.to_owned())),
                _ => {
                    Err(vec![format!("Ensure this field has no more than {MAX_PASSWORD_CHARS} characters.")])
                }
            })
        } else {
            None
        };
        let max_downloads = fields.optional_integer("max_downloads");
        let in_range =
            max_downloads.and_then(|number| u32::try_from(number).ok().filter(|number| *number > 0));
        if max_downloads.is_some() && in_range.is_none() {
            fields.refuse("max_downloads", &format!("Ensure this value is between 1 and {}.", u32::MAX));
        }
        let expires_in = fields.finish(expires_in)?;
        Ok(Self { expires_in, password, max_downloads: in_range })
    }
}
