//! Mail: what we write to people, and SES, which carries it.

mod letter;
mod mailer;

pub use letter::{
    Letter, address_changes, address_taken, already_verified, new_address, password_reset, verification,
    verification_again,
};
pub use mailer::{MailError, Mailer};
