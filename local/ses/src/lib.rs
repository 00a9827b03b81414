//! SES: the wire protocol, an inbox for all sent mail, and a page that shows the inbox.
//!
//! # What it emulates
//!
//! - `SendEmail` and `SendRawEmail` of the Query protocol ([`endpoint`]), with SES's checks of addresses and its
//!   errors.
//! - Bounces and complaints for the addresses of the mailbox simulator, published through the configuration sets and
//!   topics of the template to the functions that subscribe ([`Feedback`]).
//!
//! Mail is not delivered. It is stored in an [`Inbox`]. `GET /_local/mail` shows it as a page, and with `?to=` as JSON
//! ([`inbox_page`]).
//!
//! # What it leaves out
//!
//! Every other action, the version 2 API (`sesv2`), verified identities and the sandbox, sending limits, templates,
//! attachments, suppression lists, delivery and open events, and DKIM.
//!
//! # How it was checked
//!
//! Against the Amazon SES API Reference, <https://docs.aws.amazon.com/ses/latest/APIReference/API_SendEmail.html> and
//! <https://docs.aws.amazon.com/ses/latest/APIReference/API_SendRawEmail.html>, the page about the mailbox simulator,
//! <https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html>, and "Examples of event data that Amazon
//! SES publishes to Amazon SNS",
//! <https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html>.
//!
//! Start reading in `ses`, which handles a call from the request to the feedback.

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
