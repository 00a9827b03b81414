//! Helpers for the unit tests of functions: events as requests, AWS with canned responses, and callers with
//! tokens.
//!
//! This crate is only ever a dev-dependency. It does not use the SDK's own test doubles, because their
//! feature `test-util` would also be enabled in normal builds of the workspace. A server on loopback needs no
//! such feature, and tests everything that a function contains: clients, signing, retries. Start reading at
//! [`CannedAws`].

mod answer;
mod attributes;
mod aws;
mod call;
mod event;
mod invocation;
mod mails;
mod objects;
mod promises;
mod records;
mod replies;
mod settings;
mod sign_in;
mod tokens;

pub use answer::Answer;
pub use aws::CannedAws;
pub use call::Call;
pub use event::Event;
pub use invocation::invocation;
pub use mails::asks_for_a_mail;
pub use objects::{
    beginning_of, begun, completed, listed, no_object, object, refused_object, s3_error, stored_parts,
    stored_parts_that_go_on, under_way,
};
pub use promises::{hides_failures, refuses_strangers};
pub use records::{
    FILE, IMAGE, NOW, RESOURCE, SESSION, SHARE, USER, VERSION, file, image, large_file, resource, session,
    share, share_token, user, with,
};
pub use replies::{
    Reply, cancelled, cancelled_on, count_changed, counted, denied, done, empty_tiers, found, found_all,
    link_secret, page, page_that_goes_on, scanned, secret_keys, seen, share_entry, signed_in,
    signed_in_as_staff,
};
pub use sign_in::{limits_sign_ins, login, signs_in};
pub use tokens::{access_token, refresh_token};
