//! Mails: their words, and sending them through Amazon SES.
//!
//! The outbox in `accounts` queues mails, and the function `send-mail` sends them. Start reading at
//! [`Letter`] and [`Mailer`].

mod letter;
mod mailer;
mod refusal;

pub use letter::{
    Letter, address_changes, address_taken, already_verified, new_address, password_reset, verification,
    verification_again, verification_before_reset,
};
pub use mailer::Mailer;
pub use refusal::MailError;
