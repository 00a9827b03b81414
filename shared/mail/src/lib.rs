//! Mail: what we write to people, and SES, which carries it.

mod letter;
mod mailer;
mod refusal;

pub use letter::{
    Letter, address_changes, address_taken, already_verified, new_address, password_reset, verification,
    verification_again, verification_before_reset,
};
pub use mailer::Mailer;
pub use refusal::MailError;
