//! The JSON view of an account.

use jiff::Timestamp;
use serde::Serialize;

use satchel_model::{Tier, User, UserId};

/// The view of an account for its owner and for staff.
#[derive(Debug, Serialize)]
pub struct AccountView<'a> {
    id: UserId,
    username: &'a str,
    email: Option<&'a str>,
    email_verified: bool,
    tier: &'a str,
    is_staff: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_active: Option<bool>,
    used_bytes: u64,
    kept_bytes: u64,
    max_total_bytes: u64,
    created_at: Timestamp,
}

impl<'a> AccountView<'a> {
    /// The view for the account's owner.
    #[must_use]
    pub fn of(user: &'a User, tier: &'a Tier) -> Self {
        Self {
            id: user.id,
            username: &user.username,
            email: user.email.as_deref(),
            email_verified: user.email_verified,
            tier: &tier.name,
            is_staff: user.is_staff,
            is_active: None,
            used_bytes: user.used_bytes,
            kept_bytes: user.kept_bytes.try_into().unwrap_or_default(),
            max_total_bytes: tier.max_total_bytes,
            created_at: user.created_at,
        }
    }

    /// The view for staff: with `is_active`, which an owner could only ever read as true.
    #[must_use]
    pub fn for_staff(user: &'a User, tier: &'a Tier) -> Self {
        Self { is_active: Some(user.is_active), ..Self::of(user, tier) }
    }
}
