//! What the unit tests of functions share: events as requests, AWS with canned answers, and callers with tokens.
//!
//! Only ever a dev-dependency. The SDK's own doubles would need its feature `test-util` in normal builds as well,
//! since features are named once for the whole workspace; a server on loopback needs none, and lets everything
//! run that a function brings: clients, signing, retries.

mod answer;
mod aws;
mod config;
mod event;
mod mails;
mod promises;
mod records;
mod replies;
mod sign_in;
mod tokens;

pub use answer::Answer;
pub use aws::{Call, CannedAws};
pub use config::config;
pub use event::Event;
pub use mails::asks_for_a_mail;
pub use promises::{hides_failures, refuses_strangers};
pub use records::{FILE, IMAGE, NOW, RESOURCE, SESSION, USER, VERSION, file, image, resource, session, user};
pub use replies::{
    Reply, cancelled, count_changed, counted, denied, done, empty_tiers, found, found_all, page,
    page_that_goes_on, secret_keys, seen, signed_in, signed_in_as_staff,
};
pub use sign_in::{limits_sign_ins, login, signs_in};
pub use tokens::{access_token, refresh_token};
