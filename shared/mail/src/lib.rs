//! Mail: what we write to people, and SES, which carries it.

mod letter;
mod mailer;

pub use letter::{Letter, address_taken, verification};
pub use mailer::{MailError, Mailer};
