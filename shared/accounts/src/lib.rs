//! Accounts from sign-up to erasure: names, addresses and their verification, the outbox of mails, staff's
//! changes, and imports.
//!
//! Passwords and sessions are in `guard` and `auth`; the words and the sending of mails are in `mail`.
//!
//! Start reading at [`SignUps`] for a new account, and at [`Erasures`] for the end of one.

mod accounts;
mod addresses;
mod directory;
mod due;
mod erasure;
mod import;
mod link_use;
mod mail_links;
mod mail_request;
mod mailing;
mod outbox;
mod registration;
mod restore;
mod roster;
mod sign_up;
mod users;

pub use accounts::{Accounts, Change};
pub use addresses::{Address, Addresses, Undeliverable};
pub use directory::{Directory, Holder};
pub use due::{Agenda, Due, Place};
pub use erasure::{Erasure, Erasures};
pub use import::{Imported, ImportedUser, UserImport};
pub use link_use::LinkUse;
pub use mail_links::{FoundLink, LinkOutcome, MailLink, MailLinks, Purpose};
pub use mail_request::MailRequest;
pub use mailing::Mailing;
pub use outbox::{MailKind, Outbox, OutgoingMail};
pub use registration::{Registration, SignUpPolicy};
pub use restore::RestoredAccounts;
pub use roster::{NameKey, Roster};
pub use sign_up::SignUps;
pub use users::{NewUser, Users};
