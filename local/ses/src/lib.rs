//! SES: the wire protocol, the inbox that takes its mail, and the page that shows it.
//!
//! # What it emulates
//!
//! - `SendEmail` and `SendRawEmail` of the Query protocol ([`endpoint`]), with SES's checks of addresses and its refusals.
//! - Bounces and complaints for the addresses of the mailbox simulator, published through the configuration sets and
//!   topics of the template to the functions that subscribe ([`Feedback`]).
//!
//! Mail is delivered to nobody. It is kept in an [`Inbox`], which `GET /_local/mail` shows to people and, with `?to=`, to
//! programs ([`inbox_page`]).
//!
//! # What it leaves out
//!
//! Every other action, the version 2 API (`sesv2`), verified identities and the sandbox, sending limits, templates,
//! attachments, suppression lists, delivery and open events, and DKIM.
//!
//! # How it was checked
//!
//! Against the Amazon SES API Reference,
//! <https://docs.aws.amazon.com/ses/latest/APIReference/API_SendEmail.html> and
//! <https://docs.aws.amazon.com/ses/latest/APIReference/API_SendRawEmail.html>, the page on the
//! mailbox simulator, <https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html>, and "Examples of event data that Amazon SES
//! publishes to Amazon SNS", <https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html>.
//!
//! Start reading in `ses`, which takes a mail through all of this.

mod address;
mod answers;
mod feedback;
mod html;
mod inbox;
mod message;
mod page;
mod ses;

pub use feedback::Feedback;
pub use html::PageWords;
pub use inbox::{Inbox, InboxError, Mail};
pub use page::router as inbox_page;
pub use ses::router as endpoint;
