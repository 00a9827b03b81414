//! What tests talk to: a stack, and users of it.

mod alone;
mod answer;
mod files;
mod image;
mod mail;
mod objects;
mod odd;
mod permissions;
mod redact;
mod refusals;
mod stack;
mod table;
mod together;
mod token;
mod user;
mod waiting;
mod watch;
mod ways;

pub use alone::{Alone, stack_alone};
pub use answer::Answer;
pub use files::{id, part};
pub use image::{colour_name, corners, decoded, fixture};
pub use mail::{Applicant, mailing_stack};
pub use objects::{parameter, upload_key};
pub use odd::{Body, odd_bodies};
pub use permissions::note_permissions;
pub use redact::redacted;
pub use refusals::{not_found, not_signed_in, token_not_valid};
pub use stack::{PASSWORD, TestStack, stack, stack_with, throttled_stack};
pub use together::at_once;
pub use token::{SigningKey, jwt, parts};
pub use user::User;
pub use waiting::Waiting;
pub use watch::{note_passwords, secret_in, watch};
pub use ways::each_way;
