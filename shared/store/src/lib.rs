//! Metadata in one DynamoDB table; keys and access patterns stand in `docs/architecture.md`.

mod auth;
mod error;
mod keys;
mod mail;
mod sessions;
mod table;
mod tiers;
mod uploads;
mod users;
mod write;

pub use auth::{Auth, Caller};
pub use error::StoreError;
pub use mail::{MailKind, MailLinks, OutgoingMail, VerificationLink};
pub use sessions::{Refreshed, Sessions};
pub use table::Table;
pub use tiers::{Tiers, of as tier_of};
pub use uploads::{Filter, Settled, Uploads};
pub use users::{NewUser, Users};
