//! Metadata in one DynamoDB table; keys and access patterns stand in `docs/architecture.md`.

mod accounts;
mod addresses;
mod auth;
mod directory;
mod erasure;
mod error;
mod import;
mod keys;
mod links;
mod listing;
mod mail;
mod sessions;
mod stream;
mod table;
mod throttle;
mod tiers;
mod uploads;
mod users;
mod write;

pub use accounts::{Accounts, Change};
pub use addresses::{Addresses, Undeliverable};
pub use auth::{Auth, Caller};
pub use directory::{Address, Directory, Holder};
pub use erasure::{Erasure, Erasures};
pub use error::StoreError;
pub use import::{Imported, ImportedUser, UserImport};
pub use links::{MailLink, MailLinks, Purpose};
pub use mail::{MailKind, Outbox, OutgoingMail};
pub use sessions::{Learnt, Refreshed, Sessions};
pub use stream::{Failure, Failures, work_through};
pub use table::Table;
pub use throttle::{Attempt, Attempts, Refused};
pub use tiers::{Tiers, of as tier_of};
pub use uploads::{Filter, Settled, Uploads};
pub use users::{NewUser, Users};
