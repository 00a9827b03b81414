//! The options of a share link, as its owner sends them.

use satchel_model::secret::Secret;
use satchel_model::{LINK_SECONDS, Refusal, Tier};

use crate::{Fields, Input};

const MAX_PASSWORD_CHARS: usize = 128;

/// What a request says about one option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change<T> {
    /// The request does not name the option.
    Keep,
    /// The option is null.
    Clear,
    Set(T),
}

/// The options of a share link that is to be created or changed.
#[derive(Debug)]
pub struct ShareOptions {
    /// Seconds until the link expires; never if cleared.
    pub expires_in: Change<i64>,
    pub password: Change<Secret>,
    pub max_downloads: Change<u32>,
}

impl<T> Change<T> {
    /// The value of the option after the change, if it was `before`.
    #[must_use]
    pub fn applied_to(self, before: Option<T>) -> Option<T> {
        match self {
            Self::Keep => before,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }

    /// Whether the request names the option.
    #[must_use]
    pub fn is_named(&self) -> bool {
        !matches!(self, Self::Keep)
    }

    /// Changes the type of the value.
    #[must_use]
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Change<U> {
        match self {
            Self::Keep => Change::Keep,
            Self::Clear => Change::Clear,
            Self::Set(value) => Change::Set(change(value)),
        }
    }

    /// A change to the value that was read; null clears the option.
    fn of(input: &Input, name: &str, read: Option<T>) -> Self {
        match read {
            Some(value) => Self::Set(value),
            None if input.has(name) => Self::Clear,
            None => Self::Keep,
        }
    }
}

impl ShareOptions {
    /// Reads `expires_in`, `password` and `max_downloads`, all of them optional, for an owner in `tier`.
    ///
    /// # Errors
    /// All field errors together.
    pub fn from_json(input: &Input, tier: &Tier) -> Result<Self, Refusal> {
        let mut fields = Fields::of(input);
        let expires_in = lifetime(input, &mut fields, tier);
        let password = password(input, &mut fields);
        let max_downloads = max_downloads(&mut fields);
        fields.finish(Some(Self {
            expires_in: Change::of(input, "expires_in", expires_in),
            password: Change::of(input, "password", password),
            max_downloads: Change::of(input, "max_downloads", max_downloads),
        }))
    }
}

fn lifetime(input: &Input, fields: &mut Fields<'_>, tier: &Tier) -> Option<i64> {
    let sent = input.value("expires_in")?;
    if sent.is_null() {
        if tier.max_link_seconds.is_some() {
            fields.refuse("expires_in", "Your account tier does not include links without an expiry.");
        }
        return None;
    }
    let most = tier.max_link_seconds.unwrap_or(*LINK_SECONDS.end());
    fields.number("expires_in", *LINK_SECONDS.start()..=most).and_then(|seconds| seconds.try_into().ok())
}

fn password(input: &Input, fields: &mut Fields<'_>) -> Option<Secret> {
    if !input.has("password") {
        return None;
    }
    fields.untrimmed_or_null("password", |text| match text.chars().count() {
        _ if text.trim().is_empty() => Err(vec!["This field may not be blank.".to_owned()]),
        ..=MAX_PASSWORD_CHARS => Ok(Secret::new(text.to_owned())),
        _ => Err(vec![format!("Ensure this field has no more than {MAX_PASSWORD_CHARS} characters.")]),
    })
}

fn max_downloads(fields: &mut Fields<'_>) -> Option<u32> {
    let number = fields.optional_integer("max_downloads")?;
    let in_range = u32::try_from(number).ok().filter(|number| *number > 0);
    if in_range.is_none() {
        fields.refuse("max_downloads", &format!("Ensure this value is between 1 and {}.", u32::MAX));
    }
    in_range
}
